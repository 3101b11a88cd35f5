"""A printed page as data: marks at their places, before it is PDF or ZPL.

Places are mm from the top left corner, sizes of letters points; a text stands on its `y`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from barcode.codex import Gs1_128

from fulfillment.shipping.documents import faces

MM_PER_POINT = 25.4 / 72
MEASURE_PX = 100


@dataclass(frozen=True)
class Text:
    """One line of letters."""

    x: float
    y: float
    points: float
    text: str


@dataclass(frozen=True)
class Bars:
    """A GS1-128 symbol of an element string that is digits only; `y` is its upper edge."""

    x: float
    y: float
    module_mm: float
    height: float
    data: str

    @property
    def modules(self) -> str:
        """The symbol as 1 for a black and 0 for a white module."""
        return modules_of(self.data)


@dataclass(frozen=True)
class Rule:
    """A thin horizontal line."""

    x: float
    y: float
    width: float


Mark = Text | Bars | Rule


@dataclass(frozen=True)
class Page:
    """One sheet or label."""

    width: float
    height: float
    marks: Sequence[Mark]


@cache
def modules_of(data: str) -> str:
    modules: str = Gs1_128(data).build()[0]
    return modules


def width_of(text: str, points: float) -> float:
    """Return how many mm a line of letters takes."""
    pixels = sum(faces.opened(r.face, MEASURE_PX).getlength(r.text) for r in faces.runs(text))
    return pixels / MEASURE_PX * points * MM_PER_POINT


@lru_cache(maxsize=256)  # the labels of a shipment say the same but for a few lines
def folded(text: str, points: float, room: float) -> Sequence[str]:
    """Return a text in lines that are no wider than `room`, broken at spaces where there are."""
    lines: list[str] = []
    while text:
        fitting = longest_that_fits(text, points, room)
        if fitting < len(text):
            fitting = text.rfind(" ", 1, fitting + 1) if " " in text[1 : fitting + 1] else fitting
        lines.append(text[:fitting].strip())
        text = text[fitting:].strip()
    return lines


def longest_that_fits(text: str, points: float, room: float) -> int:
    """Return how many characters fit, at least one, found by halving."""
    least, most = 1, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if width_of(text[:middle], points) <= room:
            least = middle
        else:
            most = middle - 1
    return least


def block(
    texts: Sequence[str], x: float, y: float, sizes: Sequence[float], room: tuple[float, float]
) -> list[Text]:
    """Return texts below each other in the largest of the sizes in which they fit their room."""
    width, height = room
    for points in sizes:
        lines = [line for text in texts for line in folded(text, points, width)]
        step = points * 1.25 * MM_PER_POINT
        if len(lines) * step <= height:
            break
    return [Text(x, y + step * n, points, line) for n, line in enumerate(lines, 1)]
