"""Time a hundred labels, as PDF and as ZPL, against reportlab drawing the same by itself.

The peer knows no GS1 and no letters beyond its built-in font: it draws the same lines of text and a
Code 128 of the same digits on as many pages.
"""

import io
import statistics
import time
from collections.abc import Callable

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from fulfillment.platform.check_digits import check_digit
from fulfillment.shipping.documents import labels, pdf, zpl
from fulfillment.shipping.documents.labels import HEIGHT, WIDTH, Label
from fulfillment.shipping.documents.marks import Page, Text

COUNT, ROUNDS = 100, 5
SENDER = ["Acme", "Dock 4", "Łódź"]
STREET = ["742 Evergreen Terrace", "Springfield, OR 97403", "US"]
NAMES = {"Latin": "Zoë Müller", "Kanji": "山田太郎"}


def pages(name: str) -> list[Page]:
    return [labels.page(label(name, n)) for n in range(COUNT)]


def label(name: str, n: int) -> Label:
    digits = str(36_000_000_000_000_000 + n)
    notes = ["UPS Ground", f"Package {n + 1} of {COUNT}, 1.20 kg", "Order 1001", "From W1"]
    return Label(SENDER, [name, *STREET], notes, digits + check_digit(digits))


def by_reportlab() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(pdf.points(WIDTH), pdf.points(HEIGHT)))
    for page in pages("Zoe Muller"):
        for mark in page.marks:
            if isinstance(mark, Text):
                canvas.drawString(
                    pdf.points(mark.x), pdf.points(page.height - mark.y), plain(mark.text)
                )
        Code128("00" + "3" * 18, barHeight=pdf.points(32)).drawOn(canvas, 20, 40)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def plain(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print the CPU of each, and its ratio to the peer's, by medians of rounds taken in turn."""
    ways: dict[str, Callable[[], object]] = {"reportlab by itself": by_reportlab}
    for script, name in NAMES.items():
        ways[f"PDF, {script}"] = lambda name=name: pdf.written("Labels", pages(name))
        ways[f"ZPL, {script}"] = lambda name=name: zpl.written(pages(name))
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, work in ways.items():
            taken[way].append(seconds(work))
    middle = {way: statistics.median(times) for way, times in taken.items()}
    peer = middle["reportlab by itself"]
    for way, time_taken in middle.items():
        print(f"{way:<22} {time_taken:7.3f} s of CPU for {COUNT}   {time_taken / peer:5.2f} x")


if __name__ == "__main__":
    main()
