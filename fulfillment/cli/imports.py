"""`fulfillment import`: tables from files."""

import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from fulfillment.catalog import imports as catalog
from fulfillment.cli.edge import in_app
from fulfillment.inventory import imports as inventory
from fulfillment.network import imports as network
from fulfillment.network import rate_imports as carriers_rates
from fulfillment.planning.demand import imports as demand
from fulfillment.platform import tables
from fulfillment.platform.db import retrying, transaction
from fulfillment.platform.errors import FieldErrors
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import CSV, JSON, Row
from fulfillment.tracking import files
from fulfillment.tracking import service as tracking

Read = Callable[[bytes, str], list[Row]]
Write = Callable[..., Report]

GZIP = b"\x1f\x8b"


@click.group("import")
def command() -> None:
    """Load a table from FILE, which may be gzipped, or from standard input when FILE is '-'.

    \b
    CSV (UTF-8, a header line that names the columns, empty cell = not given):
      sku,name,weight_g
      A-1,Lamp,1200
    JSON (a file that ends in .json, or --json):
      {"items": [{"sku": "A-1", "name": "Lamp", "weight_g": 1200}]}

    Known rows are changed where the file gives something, new ones are added. A bad row is told by
    its number (rows of data count from 1) and the others are taken, unless --atomic; the exit
    status is 1 when a row was refused.
    """


file_argument = click.argument("file", type=click.File("rb", lazy=True))
json_option = click.option("--json", "is_json", is_flag=True, help="The input is JSON.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Report; write nothing.")
atomic_option = click.option("--atomic", is_flag=True, help="One bad row refuses all.")


def table(name: str, summary: str, read: Read, write: Write) -> None:
    """Add the command that loads this kind of table."""

    @command.command(name, help=summary)
    @file_argument
    @json_option
    @atomic_option
    @dry_run_option
    @in_app
    def load(file: BinaryIO, is_json: bool, atomic: bool, dry_run: bool) -> None:
        run(file, is_json, read, partial(write, atomic=atomic, dry_run=dry_run))


table(
    "items",
    "Load items: sku, name, gtin, weight_g, unit_cost...",
    catalog.read_items,
    catalog.import_items,
)
table(
    "facilities",
    "Load facilities: code, name, postal_code, timezone, cutoff...",
    network.read_facilities,
    network.import_facilities,
)
table(
    "postal-codes",
    "Load centroids of postal codes: country, postal_code, lat, lng, timezone.",
    network.read_postal_codes,
    network.import_postal_codes,
)
table(
    "stock",
    "Load counted stock: sku, facility, quantity. On hand becomes the quantity.",
    inventory.read_stock,
    inventory.import_stock,
)
table(
    "demand",
    "Load a history of demand: sku, facility, day, quantity, shipped, stock_out.",
    demand.read_demand,
    demand.import_demand,
)


def carriers_table(name: str, summary: str, read: Read, write: Write) -> None:
    """Add the command that replaces this kind of a carrier's tables."""

    @command.command(name, help=f"{summary}\n\nOne bad row, and the present table stays.")
    @click.option("--carrier", required=True, help=f"Code of the carrier whose {name} these are.")
    @file_argument
    @json_option
    @dry_run_option
    @in_app
    def load(carrier: str, file: BinaryIO, is_json: bool, dry_run: bool) -> None:
        run(file, is_json, read, partial(write, carrier, dry_run=dry_run))


carriers_table(
    "rates",
    "Replace a carrier's rates: service, zone or max_distance_km, max_weight_g or max_weight_lb,"
    " price, transit_days, dim_divisor, fuel_percent, residential_surcharge.",
    carriers_rates.read_rates,
    carriers_rates.replace_rates,
)
carriers_table(
    "zones",
    "Replace a carrier's zone chart: country, origin_prefix, destination_prefix, zone.",
    carriers_rates.read_zones,
    carriers_rates.replace_zones,
)


@command.command("tracking")
@click.option("--carrier", help="Code of the carrier whose events these are.")
@file_argument
@json_option
@in_app
def load_tracking(carrier: str | None, file: BinaryIO, is_json: bool) -> None:
    """Record a carrier's events: event_id, tracking_number, status, occurred_at, location...

    Known events are told as such, so a file may be loaded again.
    """
    rows = tables.read(unpacked(file.read()), media_type_of(file, is_json), *tracking.TABLE)
    outcomes = files.record(rows, carrier)
    for one in outcomes:
        if one.errors:
            click.echo(f"row {one.row}: {in_words(one.errors)}", err=True)
        elif one.outcome == tracking.UNKNOWN:
            click.echo(f"row {one.row}: unknown shipment", err=True)
        elif one.problem:
            click.echo(f"row {one.row}: {one.problem}", err=True)
    count = Counter(one.outcome for one in outcomes)
    click.echo(
        f"{len(outcomes)} rows: {count[tracking.RECORDED]} recorded,"
        f" {count[tracking.DUPLICATE]} known before, {count[tracking.UNKNOWN]} of unknown"
        f" shipments, {count[tracking.REFUSED]} refused"
    )
    if count[tracking.REFUSED] or count[tracking.UNKNOWN]:
        sys.exit(1)


def run(file: BinaryIO, is_json: bool, read: Read, write: Callable[[list[Row]], Report]) -> None:
    """Read a file, write its rows in one transaction, and tell what became of them."""
    rows = read(unpacked(file.read()), media_type_of(file, is_json))
    report = retrying(lambda: written(rows, write))
    for one in report.errors:
        click.echo(f"row {one.row}: {in_words(one.errors)}", err=True)
    click.echo(
        f"{report.rows} rows: {report.created} created, {report.updated} updated,"
        f" {report.unchanged} unchanged, {report.refused} refused"
        + (" (dry run: nothing was written)" if report.dry_run else "")
    )
    if report.refused:
        sys.exit(1)


def media_type_of(file: BinaryIO, is_json: bool) -> str:
    return JSON if is_json or ".json" in Path(file.name).suffixes else CSV


def unpacked(raw: bytes) -> bytes:
    """Return the text of a file, which may be compressed by gzip."""
    if not raw.startswith(GZIP):
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise click.ClickException("The file is no sound gzip file.") from error


def written(rows: list[Row], write: Callable[[list[Row]], Report]) -> Report:
    with transaction():
        return write(rows)


def in_words(errors: FieldErrors) -> str:
    return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in errors.items())
