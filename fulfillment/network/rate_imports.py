"""Rate tables and zone charts, each replaced as a whole from a CSV table or a JSON list."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from marshmallow import Schema
from sqlalchemy import delete, insert, select
from sqlalchemy.orm.attributes import flag_modified

from fulfillment.network import carriers, zones
from fulfillment.network.models import Carrier, CarrierRate
from fulfillment.network.rate_schemas import RateRow, ZoneRow
from fulfillment.network.zone_models import CarrierZone
from fulfillment.platform import clock, imports
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.ids import new_id
from fulfillment.platform.imports import Subject
from fulfillment.platform.reports import Refused, Report
from fulfillment.platform.tables import CSV, Row, read
from fulfillment.platform.upserts import Key, Values, table_of

RATES = Subject(CarrierRate, ("service", "zone", "max_distance_km", "max_weight_g"), RateRow)
ZONES = Subject(CarrierZone, ("country", "origin_prefix", "destination_prefix"), ZoneRow)

Good = Mapping[Key, tuple[Row, Values]]


def read_rates(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of rates."""
    return read_filled(raw, media_type, "rates", RateRow)


def read_zones(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of zones."""
    return read_filled(raw, media_type, "zones", ZoneRow)


def read_filled(raw: bytes, media_type: str, noun: str, schema: type[Schema]) -> list[Row]:
    """Return the rows, refusing a CSV table of none: an export that failed must not end prices."""
    rows = read(raw, media_type, noun, schema)
    if not rows and media_type == CSV:
        told = f'The table has no rows. To remove all {noun}, send {{"{noun}": []}} as JSON.'
        raise Invalid({noun: [told]})
    return rows


def replace_rates(carrier: str, rows: Sequence[Row], *, dry_run: bool = False) -> Report:
    """Put a new rate table in the place of the carrier's present one.

    Raises:
        Invalid: a row is bad; then the present table stays, since half a table prices wrongly.
    """
    locked = carriers.locked(carrier)
    good, refused = imports.judged(RATES, rows)
    charted = set(zones.names_of(carrier))
    imports.refuse_all([*refused, *lost(good, charted)])
    return replace(locked, RATES, good, dry_run)


def replace_zones(carrier: str, rows: Sequence[Row], *, dry_run: bool = False) -> Report:
    """Put a new zone chart in the place of the carrier's present one.

    Raises:
        Invalid: a row is bad; then the present chart stays.
    """
    locked = carriers.locked(carrier)
    good, refused = imports.judged(ZONES, rows)
    imports.refuse_all(refused)
    return replace(locked, ZONES, good, dry_run)


def lost(good: Good, charted: set[str]) -> Iterator[Refused]:
    """Yield the rates that no parcel would ever find, or that two would find at once."""
    of_services = sorted(good.values(), key=lambda one: (one[1]["service"], one[0].number))
    for _, group in groupby(of_services, key=lambda one: one[1]["service"]):
        some = list(group)
        if charted and zones.are_meant((rate["zone"], rate["max_distance_km"]) for _, rate in some):
            yield from outside_of_chart(some, charted)
        else:
            yield from ambiguous(some)


def outside_of_chart(some: Sequence[tuple[Row, Values]], charted: set[str]) -> Iterator[Refused]:
    # A chart of few origins may lack a zone; one that lacks all of them names them otherwise.
    if charted.isdisjoint(rate["zone"] for _, rate in some):
        known = ", ".join(sorted(charted)[:10])
        told = f"None of this service's zones is in the carrier's chart, which has {known}."
        yield Refused(some[0][0].number, {"zone": [told]})


def ambiguous(some: Sequence[tuple[Row, Values]]) -> Iterator[Refused]:
    """Yield the rows that give a distance another zone than a row before."""
    first: dict[Any, tuple[Row, Values]] = {}
    for row, rate in some:
        before, named = first.setdefault(rate["max_distance_km"], (row, rate))
        if named["zone"] != rate["zone"]:
            told = f"Row {before.number} names another zone for the same max_distance_km."
            if rate["max_distance_km"] is None:
                told += " Zones without a distance need the carrier's zone chart, loaded before."
            yield Refused(row.number, {"zone": [told]})


def replace(locked: Carrier, subject: Subject, good: Good, dry_run: bool) -> Report:
    """Write the rows in the place of the carrier's present ones, unless they are the same."""
    new = {key: {**values, "carrier": locked.code} for key, (_, values) in good.items()}
    old = present(subject, locked.code)
    same = sum(old.get(key) == values for key, values in new.items())
    if not dry_run and new != old:
        write(subject, locked.code, list(new.values()))
        locked.updated_at = clock.now()
        flag_modified(locked, "updated_at")  # a new version even within one tick of the clock
    created = len(new.keys() - old.keys())
    return Report(len(new), created, len(new) - created - same, same, [], dry_run)


def present(subject: Subject, carrier: str) -> dict[Key, Values]:
    table = table_of(subject.model)
    columns = [column for column in table.c if column.name != "id"]
    rows = db.session.execute(select(*columns).where(table.c.carrier == carrier)).mappings()
    return {tuple(row[name] for name in subject.key): dict(row) for row in rows}


def write(subject: Subject, carrier: str, rows: Sequence[Values]) -> None:
    table = table_of(subject.model)
    db.session.execute(delete(table).where(table.c.carrier == carrier))
    if "id" in table.c:
        rows = [{"id": new_id(), **row} for row in rows]
    if rows:
        db.session.execute(insert(table), rows)
