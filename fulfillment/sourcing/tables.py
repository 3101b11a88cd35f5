"""Candidates in columns, as a promise keeps them, and one by one, as they are told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = dict[str, Any]

CHOSEN, NOT_CHOSEN, OUT = "chosen", "not_chosen", "out"
# What is kept beside the lists: who ships, why others do not, and the units, a list for each SKU.
BESIDE = ("ships", "out", "promisable")
FIGURES = ("distance_km", "shipment_cost", "cost_per_kg")
LANE = frozenset({*FIGURES, "deliver_by", "transit"})


def expanded(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return an explanation with its candidates one by one."""
    shown, table = {n: v for n, v in told.items() if n != "basis"}, told.get("candidates")
    if not isinstance(table, dict):
        return shown
    rows = rows_of(table) if "ships" in table else map(without_lane, transposed(table))
    return {**shown, "candidates": list(rows)}


def columns_of(rows: Sequence[Row], ships: Sequence[str]) -> dict[str, Any]:
    """Return candidates in columns, a list for each figure, null where there is no lane to tell of;
    who of them ships, and why others are out, stands beside the lists.

    When they would arrive is not kept.
    """
    first = rows[0] if rows else {"promisable": {}}
    named = FIGURES if "prices" not in first else (*FIGURES, "prices")
    return {
        "facility": [row["facility"] for row in rows],
        "ships": ships,
        "out": {row["facility"]: row["reason"] for row in rows if row["reason"]},
        "promisable": {
            sku: [row["promisable"][sku] for row in rows] for sku in first["promisable"]
        },
        **{name: [row.get(name) for row in rows] for name in named},
    }


def rows_of(table: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the candidates of columns one by one, as far as `columns_of` keeps them."""
    ships, out, units = (table[name] for name in BESIDE)
    stock = transposed(units) if units else [{} for _ in table["facility"]]
    lists = {name: column for name, column in table.items() if name not in BESIDE}
    for figures, there in zip(transposed(lists), stock, strict=True):
        facility = figures.pop("facility")
        reason = out.get(facility)
        row = {
            "facility": facility,
            "status": OUT if reason else CHOSEN if facility in ships else NOT_CHOSEN,
            "reason": reason,
            "promisable": there,
            **figures,
        }
        yield without_lane(row)


def transposed(lists: Mapping[str, Any]) -> list[Row]:
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def without_lane(row: Row) -> Row:
    """Return a candidate without the figures of a lane that it has not."""
    return (
        row if row["distance_km"] is not None else {n: v for n, v in row.items() if n not in LANE}
    )
