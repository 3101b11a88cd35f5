"""Tables on paper: a heading, columns, and as many sheets as the rows need."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.shipping.documents.marks import (
    MM_PER_POINT,
    Bars,
    Mark,
    Page,
    Rule,
    Text,
    block,
    folded,
)

# What A4 and US Letter have in common, so that either paper takes it.
WIDTH, HEIGHT = 210.0, 279.4
MARGIN, GUTTER = 15.0, 3.0
LEFT_WIDTH = WIDTH - 2 * MARGIN
TITLE_POINTS, POINTS = 16.0, 9.0
STEP = POINTS * 1.35 * MM_PER_POINT
HEADING_ROOM = 60.0
# In mm: for a hand scanner at arm's length, not for the conveyor that labels are made for.
MODULE, BARS = 0.25, 8.0
FOOT = HEIGHT - MARGIN


@dataclass(frozen=True)
class Column:
    """A column's title, and its width in mm.

    With the `identifier` of a GS1 application, which says what its numbers are, each of them is
    printed as a GS1-128 symbol, too; an SSCC takes 39 mm.
    """

    title: str
    width: float
    identifier: str | None = None


@dataclass(frozen=True)
class Table:
    """What stands on the sheets; a row of a single cell is a headline across all columns."""

    title: str
    heading: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


def sheets(table: Table) -> list[Page]:
    """Return a table as pages, the first with its heading, each with its column titles."""
    marks, y = heading(table)
    pages: list[list[Mark]] = []
    for row in table.rows:
        cells = cells_of(table, row)
        above = symbols(table, row, y)
        height = len(max(cells, key=len)) * STEP + (BARS + 1 if above else 0)
        if y + height > FOOT - STEP:
            pages.append(marks)
            marks, y = titles(table, MARGIN)
            above = symbols(table, row, y)
        marks += [*above, *placed(table, cells, y + BARS + 1 if above else y)]
        y += height + (3 if above else 1)
    pages.append(marks)
    return [numbered(marks, n, len(pages)) for n, marks in enumerate(pages, 1)]


def heading(table: Table) -> tuple[list[Mark], float]:
    texts = block(table.heading, MARGIN, MARGIN + 8, (10, 8, 6, 4), (LEFT_WIDTH, HEADING_ROOM))
    title = Text(MARGIN, MARGIN + 5, TITLE_POINTS, table.title)
    marks, y = titles(table, (texts[-1].y if texts else title.y) + 4)
    return [title, *texts, *marks], y


def titles(table: Table, y: float) -> tuple[list[Mark], float]:
    cells = [[column.title] for column in table.columns]
    return [*placed(table, cells, y), Rule(MARGIN, y + STEP + 1, LEFT_WIDTH)], y + STEP + 2


def cells_of(table: Table, row: Sequence[str]) -> list[Sequence[str]]:
    """Return the lines of each cell."""
    if len(row) == 1:
        return [folded(row[0], POINTS, LEFT_WIDTH)]
    columns = zip(table.columns, row, strict=True)
    return [folded(text, POINTS, column.width - GUTTER) for column, text in columns]


def symbols(table: Table, row: Sequence[str], y: float) -> list[Mark]:
    """Return the symbols that stand above a row's text."""
    marks: list[Mark] = []
    x = MARGIN
    for column, number in zip(table.columns, row, strict=False):
        if column.identifier and len(row) > 1 and number:
            marks.append(Bars(x, y + 1, MODULE, BARS, column.identifier + number))
        x += column.width
    return marks


def placed(table: Table, cells: Sequence[Sequence[str]], y: float) -> list[Mark]:
    marks: list[Mark] = []
    x = MARGIN
    for column, lines in zip(table.columns, cells, strict=False):
        marks += [Text(x, y + STEP * n, POINTS, line) for n, line in enumerate(lines, 1)]
        x += column.width
    return marks


def numbered(marks: Sequence[Mark], number: int, count: int) -> Page:
    foot = Text(MARGIN, FOOT + 5, 7, f"Page {number} of {count}")
    return Page(WIDTH, HEIGHT, [*marks, foot])
