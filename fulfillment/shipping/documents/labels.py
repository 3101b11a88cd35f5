"""The label of a package: 4 by 6 inches, sender, address, and the GS1-128 symbol of its SSCC."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.shipping.documents.marks import Bars, Mark, Page, Rule, Text, block

WIDTH, HEIGHT = 101.6, 152.4
MARGIN = 5.0
ROOM = WIDTH - 2 * MARGIN
SSCC_AI = "00"
# GS1 General Specifications, symbol specification table 5: X at least 0.495 mm, bars 31.75 mm high.
MODULE, BARS = 0.5, 32.0
MODULES = 156  # start, FNC1, ten pairs of digits, check and stop characters


@dataclass(frozen=True)
class Label:
    """What a label says, line by line."""

    sender: Sequence[str]
    recipient: Sequence[str]
    notes: Sequence[str]
    sscc: str


def page(label: Label) -> Page:
    """Return a label as a page."""
    return Page(WIDTH, HEIGHT, [*addresses(label), *facts(label), *symbol(label.sscc)])


def addresses(label: Label) -> list[Mark]:
    return [
        *block(label.sender, MARGIN, 3, (8, 6, 5), (ROOM, 20)),
        Rule(MARGIN, 25, ROOM),
        Text(MARGIN, 30, 7, "SHIP TO"),
        *block(label.recipient, MARGIN, 31, (15, 12, 9, 7, 5, 4), (ROOM, 48)),
        Rule(MARGIN, 82, ROOM),
    ]


def facts(label: Label) -> list[Mark]:
    return [*block(label.notes, MARGIN, 83, (10, 8, 6, 4), (ROOM, 21)), Rule(MARGIN, 106, ROOM)]


def symbol(sscc: str) -> list[Mark]:
    left = (WIDTH - MODULES * MODULE) / 2
    return [
        Bars(left, 109, MODULE, BARS, SSCC_AI + sscc),
        Text(left, 146, 11, f"({SSCC_AI}) {sscc[0]} {sscc[1:9]} {sscc[9:17]} {sscc[17]}"),
    ]
