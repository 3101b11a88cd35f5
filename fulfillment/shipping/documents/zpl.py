"""Pages as ZPL II, the language of label printers, for 203 dots per inch.

Letters that the printer's own font may not have are sent as pictures, so that an address in any
script prints as it does in PDF. A GS1-128 symbol is ^BC with subset C and FNC1 in front.
"""

from collections.abc import Iterator, Sequence

from fulfillment.shipping.documents import lettering
from fulfillment.shipping.documents.marks import MM_PER_POINT, Bars, Page, Rule, Text

DOTS_PER_MM = 8  # what printers of 203 dots per inch have
RULE_DOTS = 2
GREY = 128
START_C, FNC1 = ">;", ">8"
# With ^FH these are written as _ and two hexadecimal digits: they would be commands.
ESCAPED = {ord(c): f"_{ord(c):02X}" for c in "^~_\\"}


def written(pages: Sequence[Page]) -> bytes:
    """Return pages as one job, a label each."""
    return "".join(line + "\n" for page in pages for line in label(page)).encode("ascii")


def label(page: Page) -> Iterator[str]:
    yield "^XA"
    yield f"^PW{dots(page.width)}^LL{dots(page.height)}^LH0,0"
    for mark in page.marks:
        yield from field(mark)
    yield "^XZ"


def dots(mm: float) -> int:
    return round(mm * DOTS_PER_MM)


def field(mark: Text | Bars | Rule) -> Iterator[str]:
    match mark:
        case Text():
            yield text_field(mark) if printers_own(mark.text) else picture_field(mark)
        case Bars():
            yield bars_field(mark)
        case Rule():
            width = dots(mark.width)
            yield f"^FO{dots(mark.x)},{dots(mark.y)}^GB{width},{RULE_DOTS},{RULE_DOTS}^FS"


def printers_own(text: str) -> bool:
    return text.isascii() and text.isprintable()


def text_field(mark: Text) -> str:
    height = round(mark.points * MM_PER_POINT * DOTS_PER_MM)
    data = mark.text.translate(ESCAPED)
    return f"^FT{dots(mark.x)},{dots(mark.y)}^A0N,{height},{height}^FH^FD{data}^FS"


def bars_field(mark: Bars) -> str:
    module = max(1, dots(mark.module_mm))
    place = f"^FO{dots(mark.x)},{dots(mark.y)}^BY{module}"
    return f"{place}^BCN,{dots(mark.height)},N,N,N,N^FD{START_C}{FNC1}{mark.data}^FS"


def picture_field(mark: Text) -> str:
    image = lettering.picture(mark, DOTS_PER_MM).point(lambda grey: grey < GREY and 255, mode="1")
    row = (image.width + 7) // 8
    data = image.tobytes()
    place = f"^FO{dots(mark.x)},{max(0, dots(lettering.top_mm(mark)))}"
    return f"{place}^GFA,{len(data)},{len(data)},{row},{data.hex().upper()}^FS"
