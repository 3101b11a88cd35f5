"""`fulfillment forecast`: bring demand up to date and forecast it now."""

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from fulfillment.cli.edge import in_app
from fulfillment.planning.demand import history
from fulfillment.planning.forecasts import runs
from fulfillment.planning.forecasts.models import ForecastRun


@click.command("forecast")
@in_app
def command() -> None:
    """Work out the history of demand from orders, and forecast each SKU at each facility.

    The timetable does it, too. Prints for each kind of demand which model was chosen and its error
    beside that of the naive forecast, over the lead time, in the backtest.
    """
    console = Console(stderr=True)
    console.print(history.refresh())
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Forecasting", total=1.0)
        done = runs.run(lambda share: bar.update(task, completed=share))
    if done is None:
        raise click.ClickException("there is no demand yet: take orders, or `import demand`")
    click.echo(f"{done.series} series, {done.weeks} weeks up to {done.as_of}")
    Console(width=100).print(table_of(done))


def table_of(done: ForecastRun) -> Table:
    table = Table("demand", "series", "weeks ahead", "model", "WAPE", "naive", "loss", "naive")
    for kind in done.accuracy:
        scores = kind["scores"]
        mine, naive = scores.get(kind["model"], {}), scores.get("naive", {})
        figures = [mine.get("wape"), naive.get("wape"), mine.get("loss"), naive.get("loss")]
        named = [kind["pattern"], str(kind["series"]), str(kind["lead_weeks"]), kind["model"]]
        table.add_row(*named, *("" if f is None else f"{f:.3f}" for f in figures))
    return table
