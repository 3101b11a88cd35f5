"""What keeps a better plan from happening: each limit is lifted by itself, and the order solved.

One order takes the kernel a fraction of a millisecond, so that trying beats guessing.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fulfillment.network.sites import Site
from fulfillment.sourcing.question import Candidate, Question, may_hold, may_ship
from fulfillment.sourcing.trials import Counts, Trial, trial_of

# Facilities times lines: beyond, trying takes longer than sourcing the order did.
LARGEST = 240
MOST_TRIED, MOST_TOLD = 8, 3
LIFTED = ("no-stock", "capacity", "late", "not-eligible")

Limit = dict[str, Any]


def binding(question: Question, found: Sequence[Candidate]) -> list[Limit] | None:
    """Return the limits without which the best plan would be better, what saves most first.

    None where the order is too large to try.
    """
    places = [c for c in found if c.lane and (c.out is None or c.out in LIFTED)]
    if len(places) * len(question.ask.lines) > LARGEST:
        return None
    if not is_limited(question, places) and not question.most_shipments:
        return []
    trial = trial_of(question, places)
    if trial is None:
        return []
    lifted = [(trial.saved_by(row, units), row) for row, units in worth_trying(trial)]
    best = sorted(((saved, row) for saved, row in lifted if saved is not None), reverse=True)
    limits = [limit for saved, row in best[:MOST_TOLD] for limit in told(trial, row, saved)]
    return sorted([*of_shipments(trial), *limits], key=lambda limit: -limit["saves"])


def is_limited(question: Question, places: Sequence[Candidate]) -> bool:
    """Tell whether a facility is kept out, or has too little of something."""
    if any(place.out for place in places):
        return True
    asked = question.ask.lines.items()
    return any(place.promisable[sku] < units for sku, units in asked for place in places)


def worth_trying(trial: Trial) -> list[tuple[int, Counts]]:
    """Return the facilities that are limited, with the units that they had without it."""
    rows = range(min(MOST_TRIED, len(trial.places)))
    units = [(row, unlimited(trial, row)) for row in rows]
    return [(row, n) for row, n in units if (n != trial.problem.stock[row]).any()]


def unlimited(trial: Trial, row: int) -> Counts:
    """Return the units of a facility without the limit that is told of it."""
    place = trial.places[row]
    if place.out not in (None, "no-stock"):
        return units_there(trial.question, place)
    held, quantity = trial.problem.stock[row], trial.problem.quantity
    return filled(held, quantity, short_lines(trial, row))


def short_lines(trial: Trial, row: int) -> list[int]:
    """Return the lines of which a facility has too little, though it may ship them."""
    facility = facility_of(trial.question, trial.places[row])
    short = (trial.problem.stock[row] < trial.problem.quantity).tolist()
    lines = enumerate(trial.question.ask.lines)
    return [n for n, sku in lines if short[n] and may_ship(trial.question, sku, facility)]


def of_shipments(trial: Trial) -> Iterator[Limit]:
    limit = trial.problem.max_shipments
    saved = trial.saved(max_shipments=None) if limit is not None else None
    if saved is not None:
        yield {"kind": "max_shipments", "limit": limit, "saves": saved}


def told(trial: Trial, row: int, saved: float) -> Iterator[Limit]:
    """Yield what one facility lacks for a better plan that saves so much."""
    place = trial.places[row]
    if place.out in (None, "no-stock"):
        yield from of_stock(trial, row, saved)
        return
    limit: Limit = {"kind": place.out, "facility": place.facility, "saves": saved}
    if place.out == "late" and place.lane:
        limit["deliver_by"] = place.lane.deliver_by.isoformat()
    yield limit


def of_stock(trial: Trial, row: int, saved: float) -> Iterator[Limit]:
    """Yield the SKUs of which more would help; `together` where no single one does."""
    held, quantity = trial.problem.stock[row], trial.problem.quantity
    short, skus = short_lines(trial, row), list(trial.question.ask.lines)
    alone: dict[int, float | None] = dict.fromkeys(short, saved)
    if len(short) > 1:
        alone = {n: trial.saved_by(row, filled(held, quantity, [n])) for n in short}
    helping = {line: amount for line, amount in alone.items() if amount is not None}
    for line, amount in (helping or dict.fromkeys(short, saved)).items():
        limit: Limit = {"kind": "stock", "facility": trial.places[row].facility, "sku": skus[line]}
        limit |= {"promisable": int(held[line]), "saves": amount}
        yield limit if helping else limit | {"together": True}


def filled(held: Counts, quantity: Counts, lines: Sequence[int]) -> Counts:
    units = held.copy()
    units[list(lines)] = quantity[list(lines)]
    return units


def units_there(question: Question, place: Candidate) -> Counts:
    """Return the units that a facility could ship if no rule and no limit kept it out."""
    facility, promisable = facility_of(question, place), question.state.promisable
    there = {
        sku: promisable.get(sku, {}).get(place.facility, 0)
        for sku in question.ask.lines
        if may_hold(question.items[sku].tags, facility.tags)
        and place.facility not in question.ask.excluded.get(sku, ())
    }
    return np.array([there.get(sku, 0) for sku in question.ask.lines], dtype=np.int64)


def facility_of(question: Question, place: Candidate) -> Site:
    return next(f for f in question.state.facilities if f.code == place.facility)
