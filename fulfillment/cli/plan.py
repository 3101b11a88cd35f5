"""`fulfillment plan`: solve a plan now, in this process."""

import json
from collections.abc import Mapping

import click
from rich.console import Console

from fulfillment.cli.edge import in_app
from fulfillment.cli.finite import Finite
from fulfillment.planning import outlook, runs
from fulfillment.platform.db import transaction


@click.group("plan")
def command() -> None:
    """Solve a plan now, and record or apply it."""


apply_option = click.option("--apply/--propose", "apply", default=True, show_default="apply")
seconds_option = click.option("--seconds", type=Finite(min=0, min_open=True), help="Time to solve.")
gap_option = click.option("--gap", type=Finite(0, 1), help="Stop within this of the best.")


@command.command()
@apply_option
@seconds_option
@gap_option
@click.option("--limit", type=click.IntRange(1), help="At most so many orders that wait.")
@click.option(
    "--reconsider",
    type=click.IntRange(0),
    help="Look again at so many allocated orders that are not released yet; 0: none.",
)
@click.option(
    "--move-threshold", type=Finite(0), help="Move an order only if that saves this much money."
)
@in_app
def allocation(apply: bool, **given: float | None) -> None:
    """Allocate all waiting orders jointly, and look again at allocated ones.

    Prints the plan's summary as JSON: objective, lower bound, gap, what serving the orders in
    their order of arrival would cost, shipments, split orders and cost per order, what moving
    allocated orders saves, which stock and capacity bind and what one more unit of each is worth,
    and what was applied. With --propose nothing is promised; the plan can be looked at and applied
    later (POST /v1/plans/ID/apply).
    """
    run("allocation", "Allocating", apply, given)


@command.command()
@apply_option
@seconds_option
@gap_option
@click.option("--horizon-days", type=click.IntRange(1), help="Weigh the demand of so many days.")
@click.option(
    "--keep", type=Finite(0, 0.999), help="A sender keeps what it needs with this probability."
)
@click.option("--max-lanes", type=click.IntRange(0), help="Use at most so many ways.")
@in_app
def rebalancing(apply: bool, **given: float | None) -> None:
    """Propose transfers that bring stock to where it will be asked for.

    Needs forecasts (`fulfillment forecast`). Prints the plan's summary as JSON: what the transfers
    cost and save against doing nothing, beside a greedy rule and a lower bound. With --propose the
    plan can be looked at and its transfers made later (POST /v1/plans/ID/apply); a transfer
    reserves its units when it is approved.
    """
    run("rebalancing", "Rebalancing", apply, given)


@command.command()
@apply_option
@seconds_option
@gap_option
@click.option("--budget", type=Finite(0), help="Money that all orders may cost.")
@in_app
def replenishment(apply: bool, **given: float | None) -> None:
    """Propose purchase orders, and transfers from where a facility is resupplied from.

    Needs forecasts (`fulfillment forecast`) and the suppliers' terms. Prints the plan's summary as
    JSON: what is ordered and what it costs, what stays short and why, what a limit is worth. With
    --propose nothing is ordered; the plan can be looked at and applied later.
    """
    run("replenishment", "Replenishing", apply, given)


def run(kind: str, doing: str, apply: bool, given: Mapping[str, float | None]) -> None:
    """Plan, and print what came of it."""
    parameters = {name: value for name, value in given.items() if value is not None}
    with transaction():
        plan_id = runs.request(kind, parameters, apply).id
    with Console(stderr=True).status(doing):
        plan = runs.execute_or_wait(plan_id)
    if plan.status == "failed":
        raise click.ClickException(f"plan {plan_id} failed: {(plan.problem or {}).get('detail')}")
    click.echo(
        json.dumps({"id": str(plan_id), "plan_status": plan.status, **plan.summary}, indent=2)
    )


@command.command("outlook")
@in_app
def estimate_outlook() -> None:
    """Estimate demand by SKU and place, and the next receipts; sourcing prices stock by them.

    The timetable does it, too (`fulfillment schedules list`). Prints what was published.
    """
    with Console(stderr=True).status("Estimating"):
        told = outlook.refresh()
    click.echo(told)
