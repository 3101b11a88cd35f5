"""Printed pages as pictures, and the barcodes that a reader finds in them."""

import re
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp
from barcode.charsets.code128 import CODES, STOP
from PIL import Image

from fulfillment.shipping.documents import faces

DOTS_PER_INCH = 203
START_C, FNC1 = 105, 102
shaping = pytest.mark.skipif(
    not faces.usable("NotoSansArabic[wght]"), reason="setting such letters needs libfribidi"
)
SHIFTS = {">;": START_C, ">8": FNC1}


def pictures(document: bytes, dots_per_inch: int = DOTS_PER_INCH) -> list[Image.Image]:
    """Return each page of a PDF as a picture."""
    with pypdfium2.PdfDocument(document) as pages:
        return [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in pages]


def text_of(document: bytes) -> str:
    with pypdfium2.PdfDocument(document) as pages:
        return "\n".join(page.get_textpage().get_text_range() for page in pages)


def pages_of(document: bytes) -> int:
    with pypdfium2.PdfDocument(document) as pages:
        return len(pages)


def codes(picture: Image.Image) -> list[tuple[str, str]]:
    """Return the symbology identifier and the text of each barcode of a picture."""
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.HRI)
    return [(code.symbology_identifier, code.text) for code in found]


@dataclass(frozen=True)
class Field:
    """One field of a ZPL label: where it stands, and its commands by name."""

    x: int
    y: int
    commands: dict[str, str]

    @property
    def data(self) -> str:
        return self.commands["FD"]


def labels(job: str) -> list[list[Field]]:
    """Read a ZPL job as its printer would."""
    return [fields(label) for label in re.findall(r"\^XA(.*?)\^XZ", job, re.DOTALL)]


def fields(label: str) -> list[Field]:
    parts = [part for part in label.split("^FS") if "^FO" in part or "^FT" in part]
    return [field(part) for part in parts]


def field(part: str) -> Field:
    commands = dict(re.findall(r"\^(A0|[A-Z]{2})([^^]*)", part.strip()))
    x, y = (commands.get("FO") or commands["FT"]).split(",")
    return Field(int(x), int(y), commands)


def symbol(barcode: Field) -> Image.Image:
    """Draw the Code 128 symbol that ^BY, ^BC and ^FD ask for, character by character."""
    parts = re.findall(r">.|..", barcode.data)
    values = [SHIFTS[part] if part in SHIFTS else int(part) for part in parts]
    check = (values[0] + sum(n * value for n, value in enumerate(values))) % 103
    modules = "".join(CODES[value] for value in [*values, check]) + STOP + "11"
    module, height = int(barcode.commands["BY"]), int(barcode.commands["BC"].split(",")[1])
    row = Image.new("L", (len(modules), 1))
    row.putdata([0 if bit == "1" else 255 for bit in modules])
    drawn = row.resize((len(modules) * module, height), Image.Resampling.NEAREST)
    quiet = Image.new("L", (drawn.width + 20 * module, height + 20), 255)
    quiet.paste(drawn, (10 * module, 10))
    return quiet


def graphic(drawn: Field) -> Image.Image:
    """Return the picture that ^GF sends."""
    _, size, _, row, data = drawn.commands["GF"].split(",")
    image = Image.frombytes("1", (int(row) * 8, int(size) // int(row)), bytes.fromhex(data))
    return image.convert("L")
