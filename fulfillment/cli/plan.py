"""`fulfillment plan`: solve a plan now, in this process."""

import json
from math import isfinite
from typing import Any

import click
from rich.console import Console

from fulfillment.cli.edge import in_app
from fulfillment.planning import runs
from fulfillment.platform.db import transaction


class Finite(click.FloatRange):
    """A number within bounds; neither nan, which every comparison lets through, nor inf."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is no finite number", param, ctx)
        return number


@click.group("plan")
def command() -> None:
    """Solve a plan now, and record or apply it."""


@command.command()
@click.option("--apply/--propose", "apply", default=True, show_default="apply")
@click.option("--seconds", type=Finite(min=0, min_open=True), help="Time to solve.")
@click.option("--gap", type=Finite(0, 1), help="Stop within this of the best.")
@click.option("--limit", type=click.IntRange(1), help="At most so many orders.")
@in_app
def allocation(apply: bool, seconds: float | None, gap: float | None, limit: int | None) -> None:
    """Allocate all waiting orders jointly.

    Prints the plan's summary as JSON: objective, lower bound, gap, what serving the orders in
    their order of arrival would cost, and what was applied. With --propose nothing is promised;
    the plan can be looked at and applied later (POST /v1/plans/ID/apply).
    """
    given = {"seconds": seconds, "gap": gap, "limit": limit}
    parameters = {name: value for name, value in given.items() if value is not None}
    with transaction():
        plan_id = runs.request("allocation", parameters, apply).id
    with Console(stderr=True).status("Allocating"):
        plan = runs.execute_or_wait(plan_id)
    if plan.status == "failed":
        raise click.ClickException(f"plan {plan_id} failed: {(plan.problem or {}).get('detail')}")
    click.echo(json.dumps({"id": str(plan_id), "status": plan.status, **plan.summary}, indent=2))
