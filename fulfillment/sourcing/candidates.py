"""Candidates: every facility, with what it could ship, or the reason why it is out."""

from collections.abc import Mapping

from fulfillment.network.lanes import Lane
from fulfillment.network.sites import Site
from fulfillment.sourcing.eligibility import may_ship_item, may_ship_order
from fulfillment.sourcing.question import Candidate, Question, is_free, is_full, may_ship
from fulfillment.sourcing.strategies.strategy import FORBID
from fulfillment.sourcing.ways import network_of


def candidates(question: Question) -> list[Candidate]:
    """Return a candidate for every facility, in the order of their codes."""
    ask, state, network = question.ask, question.state, network_of(question)
    ways = network.place(ask.destination).reach.lanes(network.when(question), question.grams)
    units = {sku: units_by_facility(question, sku) for sku in ask.lines}
    return [candidate(question, f, ways.get(f.code), units) for f in state.facilities]


def candidate(
    question: Question, facility: Site, lane: Lane | None, units: Mapping[str, Mapping[str, int]]
) -> Candidate:
    promisable = {sku: there.get(facility.code, 0) for sku, there in units.items()}
    out = reason_out(question, facility, lane, promisable)
    return Candidate(facility.code, promisable, lane, out)


def units_by_facility(question: Question, sku: str) -> Mapping[str, int]:
    """Return the units of a SKU that each facility could promise and may ship."""
    there = question.state.promisable.get(sku, {})
    if is_free(question, sku):
        return there
    places = {site.code: site for site in question.state.facilities if site.code in there}
    return {code: n for code, n in there.items() if may_ship(question, sku, places[code])}


def reason_out(
    question: Question, facility: Site, lane: Lane | None, promisable: Mapping[str, int]
) -> str | None:
    """Return why a facility cannot serve, or None; the first reason that holds is told."""
    if not facility.active:
        return "inactive"
    if lane is None:
        return "no-coordinates" if facility.lat is None else "no-lane"
    if question.rules and not may_ship_order(question.rules, facility):
        return "not-eligible"
    if is_full(facility, lane.ship_by, question.state):
        return "capacity"
    if is_late(question, lane) and question.strategy.late == FORBID:
        return "late"
    return None if any(promisable.values()) else reason_without_units(question, facility)


def reason_without_units(question: Question, facility: Site) -> str:
    if any(facility.code in codes for codes in question.ask.excluded.values()):
        return "rejected"
    tags = [question.items[sku].tags for sku in question.ask.lines]
    barred = any(not may_ship_item(question.rules, of_item, facility) for of_item in tags)
    return "not-eligible" if barred else "no-stock"


def is_late(question: Question, lane: Lane) -> bool:
    wanted = question.ask.deliver_by
    return wanted is not None and lane.deliver_by > wanted
