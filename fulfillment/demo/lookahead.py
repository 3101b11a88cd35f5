"""The part of the demo's screen that looks ahead: forecasts, what to move and what to buy."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from fulfillment.demo.planning import Planned
from fulfillment.demo.suppliers import SUPPLIERS
from fulfillment.optimization.forecasting.models import NAIVE

Document = Mapping[str, Any]


def sections(planned: Planned) -> Iterable[RenderableType]:
    """Yield what the planner found."""
    yield Text(history(planned))
    yield forecasts(planned.forecast)
    yield Text(moving(planned))
    yield Text(buying(planned))


def history(planned: Planned) -> str:
    rows, run = planned.history, planned.forecast
    skus, days = {row.sku for row in rows}, {row.day for row in rows}
    units = sum(row.quantity for row in rows)
    return (
        f"Looking ahead: {units:,} units that households really bought in the"
        f" {(max(days) - min(days)).days + 1} days before that week, of the {len(skus):,} products"
        f" sold most; forecast as {run['series']:,} series of {run['weeks']} weeks, by product and"
        " nearest site."
    )


def forecasts(run: Document) -> Table:
    """Return a line for each kind of demand: the error of the model chosen, beside the naive."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("forecasts, tried on the past")
    for name in ("series", "error", "naive", "quantile loss"):
        table.add_column(name, justify="right")
    table.add_column("model", overflow="fold")
    for kind in run["accuracy"]:
        table.add_row(kind["pattern"], f"{kind['series']:,}", *errors(kind), kind["model"])
    return table


def errors(kind: Document) -> tuple[str, str, str]:
    """Return the error of the model chosen and of the naive, as shares of demand, and the losses.

    A kind of demand that is too young to be judged has none.
    """
    chosen, naive = (kind["scores"].get(name, {}) for name in (kind["model"], NAIVE.name))
    loss, other = chosen.get("loss"), naive.get("loss")
    change = f"{loss / other - 1:+.0%}" if loss is not None and other else "-"
    return share(chosen.get("wape")), share(naive.get("wape")), change


def share(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"


def buying(planned: Planned) -> str:
    found, made = planned.replenishment["summary"], planned.purchase_orders
    lines = [line for order in made for line in order["lines"]]
    units = sum(line["quantity"] for line in lines)
    cost = sum(float(order["cost"]) for order in made)
    return (
        f"To buy: {len(made)} purchase orders to {len(SUPPLIERS)} suppliers with {len(lines):,}"
        f" lines and {units:,} units for ${cost:,.0f}. Until the next ones could arrive, customers"
        f" who find nothing are expected to cost ${found['do_nothing']:,.0f} without them and"
        f" ${found['objective']:,.0f} with them, {proof(found)}."
    )


def moving(planned: Planned) -> str:
    found, made = planned.rebalancing["summary"], planned.transfers
    lines = [line for transfer in made for line in transfer["lines"]]
    units = sum(line["quantity"] for line in lines)
    days = f"in the next {found['horizon_days']} days if nothing were bought"
    nothing = f"${found['do_nothing']:,.0f} {days}"
    if not made:
        return (
            f"To move: nothing is worth its truck. What sites lack is expected to cost {nothing},"
            f" {proof(found)}."
        )
    return (
        f"To move: {len(made)} transfers with {len(lines):,} lines and {units:,} units. What sites"
        f" lack is expected to cost {nothing}; moving stock costs ${found['costs']:,.0f} and spares"
        f" ${found['costs'] + found['saves']:,.0f} of that: ${found['saves']:,.0f} saved,"
        f" {proof(found)}. Both are proposals, each weighed without the other, for a planner to"
        " approve."
    )


def proof(found: Document) -> str:
    return f"proven within {found['gap']:.3%} of the best"
