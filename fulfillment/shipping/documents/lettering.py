"""Letters as a picture: for scripts that a printer's or a PDF's own letters cannot set."""

from functools import lru_cache

from PIL import Image, ImageDraw

from fulfillment.shipping.documents import faces
from fulfillment.shipping.documents.marks import MM_PER_POINT, Text, width_of

WHITE, BLACK = 255, 0
# Above and below the baseline, in letter heights: marks on letters reach far in some scripts.
RISE, FALL = 1.3, 0.6


def size_mm(mark: Text) -> tuple[float, float]:
    """Return the width and height of a line's picture."""
    letters = mark.points * MM_PER_POINT
    return width_of(mark.text, mark.points), (RISE + FALL) * letters


def top_mm(mark: Text) -> float:
    """Return where the upper edge of a line's picture stands."""
    return mark.y - RISE * mark.points * MM_PER_POINT


@lru_cache(maxsize=64)  # packages of a shipment go to the same address
def picture(mark: Text, dots_per_mm: float) -> Image.Image:
    """Return a line as a picture in grey."""
    px = max(1, round(mark.points * MM_PER_POINT * dots_per_mm))
    runs = faces.runs(mark.text)
    direction = "rtl" if faces.leftwards("".join(run.text for run in runs)) else None
    if direction:
        runs.reverse()
    fonts = [faces.opened(run.face, px) for run in runs]
    widths = [font.getlength(run.text) for font, run in zip(fonts, runs, strict=True)]
    size = (max(1, round(sum(widths))), max(1, round((RISE + FALL) * px)))
    image = Image.new("L", size, WHITE)
    pen, x = ImageDraw.Draw(image), 0.0
    for font, run, width in zip(fonts, runs, widths, strict=True):
        place = x, RISE * px
        pen.text(place, run.text, font=font, fill=BLACK, anchor="ls", direction=direction)
        x += width
    return image
