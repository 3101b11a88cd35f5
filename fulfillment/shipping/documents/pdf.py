"""Pages as PDF."""

import io
from collections.abc import Sequence
from functools import cache

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from fulfillment.shipping.documents import faces, lettering
from fulfillment.shipping.documents.marks import MM_PER_POINT, Bars, Page, Rule, Text

# Files of ASCII letters only are larger, and most of the time goes into making them so.
rl_config.useA85 = 0
DOTS_PER_MM = 300 / 25.4
RULE_POINTS = 0.6
SEEN_THROUGH = [250, 255]  # the white of a picture would cover the line above


@cache
def plain_font() -> str:
    """Register the plain font, and return the name that it has in a document."""
    pdfmetrics.registerFont(TTFont("Plain", faces.faces()[0]))
    return "Plain"


def written(title: str, pages: Sequence[Page]) -> bytes:
    """Return pages as one document; the same pages are always the same bytes."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setTitle(title)
    for page in pages:
        canvas.setPageSize((points(page.width), points(page.height)))
        for mark in page.marks:
            draw(canvas, page.height, mark)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def points(mm: float) -> float:
    return mm / MM_PER_POINT


def draw(canvas: Canvas, height: float, mark: Text | Bars | Rule) -> None:
    # A PDF counts from below.
    match mark:
        case Text():
            draw_text(canvas, height, mark)
        case Bars():
            draw_bars(canvas, height, mark)
        case Rule():
            canvas.setLineWidth(RULE_POINTS)
            y = points(height - mark.y)
            canvas.line(points(mark.x), y, points(mark.x + mark.width), y)


def draw_text(canvas: Canvas, height: float, mark: Text) -> None:
    if faces.is_plain(mark.text):
        canvas.setFont(plain_font(), mark.points)
        canvas.drawString(points(mark.x), points(height - mark.y), mark.text)
        return
    width, tall = lettering.size_mm(mark)
    lower = height - lettering.top_mm(mark) - tall
    image = ImageReader(lettering.picture(mark, DOTS_PER_MM))
    size = points(width), points(tall)
    canvas.drawImage(image, points(mark.x), points(lower), *size, mask=SEEN_THROUGH)


def draw_bars(canvas: Canvas, height: float, mark: Bars) -> None:
    path, module = canvas.beginPath(), points(mark.module_mm)
    left, lower = points(mark.x), points(height - mark.y - mark.height)
    for start, count in black(mark.modules):
        path.rect(left + start * module, lower, count * module, points(mark.height))
    canvas.drawPath(path, stroke=0, fill=1)


def black(modules: str) -> list[tuple[int, int]]:
    """Return where each bar begins and how many modules wide it is."""
    bars, at = [], 0
    for bar in modules.replace("01", "0 1").replace("10", "1 0").split(" "):
        if bar[0] == "1":
            bars.append((at, len(bar)))
        at += len(bar)
    return bars
