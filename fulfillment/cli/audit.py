"""`fulfillment audit`: every invariant, checked now."""

import sys

import click

from fulfillment.cli.edge import in_app
from fulfillment.inventory import audit as stock
from fulfillment.platform import audit
from fulfillment.platform.db import transaction


@click.command("audit")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    help="Findings shown per search.",
)
@click.option("--repair", is_flag=True, help="Propose what would mend the stock levels.")
@click.option("--apply", "applies", is_flag=True, help="With --repair: do it.")
@in_app
def command(limit: int, repair: bool, applies: bool) -> None:
    """Check every invariant; exit status 1 when one is broken.

    A stock level sums up the ledger and the promises, which are never rewritten. Where it differs
    from them, --repair says what they make it, and --repair --apply sets it so.
    """
    if applies and not repair:
        raise click.UsageError("--apply goes with --repair")
    report = audit.run(limit)
    for check in report.invariants:
        click.echo(f"{'ok    ' if check.ok else 'BROKEN'} {check.number}. {check.sentence}")
        for finding in check.findings:
            click.echo(f"         {finding['subject']}: {finding['detail']}")
    if repair:
        mend(applies)
    sys.exit(0 if report.ok else 1)


def mend(applies: bool) -> None:
    with transaction():
        repairs = stock.proposed_repairs()
        for one in repairs:
            click.echo(f"repair {one.sku} at {one.facility}: {one.before} -> {one.after}")
        if applies:
            stock.repair(repairs)
    done = "repaired" if applies else "proposed (--apply does it)"
    click.echo(f"{len(repairs)} stock levels {done}.", err=True)
