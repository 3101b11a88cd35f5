"""The demo's planner: what will be asked for, what to order for it, and what to move.

Each step is the one that the timetable does at night, on the stock that the orders have left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fulfillment.demo.api import Api, DemoFailed
from fulfillment.demo.baskets import BusyWeek
from fulfillment.demo.products import Product
from fulfillment.demo.stock import Distances
from fulfillment.demo.suppliers import SUPPLIERS, described, terms
from fulfillment.demo.year import Asked, asked
from fulfillment.planning import runs
from fulfillment.planning.forecasts import runs as forecasts
from fulfillment.platform import clock

ROWS_AT_ONCE = 10_000
# Assumed: so few units as two thousand households ask for are a pallet on somebody else's truck.
TRANSFER_FIXED, TRANSFER_PER_KM = 25.0, 0.05
SECONDS = 8  # for each of the two plans, so that the demo stays one to wait for

Document = dict[str, Any]
Progress = Callable[[str, int], None]
"""Told the step's name and how many of its units of work are done."""


@dataclass
class Planned:
    """What the planner brought along, expects and proposes."""

    history: Sequence[Asked] = ()
    forecast: Document = field(default_factory=dict)
    replenishment: Document = field(default_factory=dict)
    purchase_orders: Sequence[Document] = ()
    rebalancing: Document = field(default_factory=dict)
    transfers: Sequence[Document] = ()


def import_year(
    api: Api, week: BusyWeek, distances: Distances, progress: Progress
) -> Sequence[Asked]:
    """Bring the real history along, as a shop does that changes over; return what was imported."""
    rows = asked(week.year, distances, forecasts.last_day(clock.now()))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = [imported(row) for row in rows[start : start + ROWS_AT_ONCE]]
        api.post("demand/import?atomic=true", {"demand": some})
        progress("history", start + len(some))
    return rows


def imported(row: Asked) -> dict[str, Any]:
    return {
        "sku": row.sku,
        "facility": row.site,
        "day": row.day.isoformat(),
        "quantity": row.quantity,
    }


def forecast(api: Api, progress: Progress) -> Document:
    """Forecast every series; return the run as the service tells it."""
    forecasts.run(lambda share: progress("forecast", round(100 * share)))
    progress("forecast", 100)
    found: Document = api.all_of("forecast-runs")[-1]
    return found


def load_suppliers(api: Api, products: Sequence[Product]) -> None:
    for supplier in SUPPLIERS:
        api.put(f"suppliers/{supplier.code}", described(supplier))
        api.post(
            f"suppliers/{supplier.code}/items?atomic=true", {"items": terms(supplier, products)}
        )


def stock_plan(api: Api, kind: str, made: str) -> tuple[Document, Sequence[Document]]:
    """Let a plan for stock make its proposals; return it, and these documents."""
    plan = worked(api, kind, {"seconds": SECONDS})
    return plan, api.all_of(f"{made}?plan_id={plan['id']}")


def worked(api: Api, kind: str, parameters: Mapping[str, Any]) -> Document:
    """Ask for a plan, and be the worker that does it.

    Raises:
        DemoFailed: the plan was not applied.
    """
    asked_for = api.post("plans", {"kind": kind, "parameters": parameters, "apply": True})
    runs.execute(UUID(asked_for["id"]))
    plan: Document = api.get(f"plans/{asked_for['id']}")
    if plan["status"] != "applied":
        raise DemoFailed(f"{kind} plan {plan['status']}: {plan['problem']}")
    return plan
