"""`fulfillment demo`: the main job on real data, on an embedded database of its own."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fulfillment.app import create_app
from fulfillment.cli.refusals import plain_errors
from fulfillment.cli.schema import bring_up
from fulfillment.demo import report
from fulfillment.demo.api import Api
from fulfillment.demo.planning import TRANSFER_FIXED, TRANSFER_PER_KM
from fulfillment.demo.planning import Progress as Told
from fulfillment.demo.run import Result, World, read_world, run
from fulfillment.platform import config
from fulfillment.platform.db import db, embedded

MOST_ORDERS = 2_000
LEAST_WIDTH = 100


@click.command("demo")
@click.option(
    "--orders",
    default=MOST_ORDERS,
    show_default=True,
    type=click.IntRange(10, MOST_ORDERS),
    help="How many of the week's orders.",
)
def command(orders: int) -> None:
    """Run a busy week of real orders on an embedded database.

    Loads twelve sites, their stock and 2,000 real orders; reserves half of them online one by one;
    allocates the other half in one wave; picks, packs, labels and hands over one site's day. Then
    it forecasts from a year of real demand, and proposes what to move and what to buy; follows the
    parcels to the door; audits; and compares with shipping from the nearest site. Runs on a SQLite
    file of its own, made anew each time: no other data is touched.
    """
    with plain_errors():
        app = demo_app()
    with app.app_context():
        bring_up()
        console = Console(stderr=True)
        with console.status("Reading the real data"):
            world = read_world(orders)
        gc.freeze()  # a hundred thousand objects that stay: the collector need not walk them
        api, result = Api(app), Result()
        with progress_bars(console, world) as told:
            run(api, world, result, papers(), told)
        url = db.engine.url.render_as_string(hide_password=False)
        out = Console()
        out.width = max(out.width, LEAST_WIDTH)
        report.show(out, result, world, api.key, url)


def demo_app() -> Flask:
    """Return the application on a fresh database of the demo's own."""
    url = embedded("demo.db")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{url.removeprefix('sqlite:///')}{suffix}").unlink(missing_ok=True)
    settings = replace(
        config.load({}),
        database_url=url,
        # A demo need not survive a power cut, so it does not wait for the disk.
        sqlite_synchronous="NORMAL",
        transfer_fixed=TRANSFER_FIXED,
        transfer_per_km=TRANSFER_PER_KM,
        log_level="ERROR",
        log_format="console",
    )
    return create_app(settings)


def papers() -> Path:
    """Return the folder for labels and manifests, beside the demo's database."""
    return Path(db.engine.url.database or "").with_suffix("")


@contextmanager
def progress_bars(console: Console, world: World) -> Iterator[Told]:
    """Show a bar for each step on a terminal, and a line where there is none."""
    totals = {
        "items": ("items", len(world.week.products)),
        "stock": ("stock levels", len(world.stock)),
        "reserve": ("orders online", len(world.online)),
        "place": ("orders for the wave", len(world.waiting)),
        "wave": ("the wave", 1),
        "handover": ("handed over", None),
        "track": ("days on the road", None),
        "history": ("days of demand", None),
        "forecast": ("forecasts, in %", 100),
        "move": ("what to move", 1),
        "buy": ("what to buy", 1),
        "audit": ("audit", 1),
    }
    columns = (TextColumn("{task.description:>20}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {}

        def told(step: str, done: int) -> None:
            name, total = totals[step]
            if step not in tasks:
                tasks[step] = bars.add_task(name, total=total)
            bars.update(tasks[step], completed=done)

        yield told
