"""Tables on the terminal, as wide as they need: what is cut off cannot be copied."""

from rich.console import Console
from rich.table import Table

WIDEST = 10_000


def show(table: Table) -> None:
    """Print a table whole, whatever the width of the terminal."""
    console = Console()
    roomy = console.options.update(max_width=WIDEST)
    console.width = max(console.width, console.measure(table, options=roomy).maximum)
    console.print(table)
