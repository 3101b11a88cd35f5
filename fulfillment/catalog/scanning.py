"""What a scanned code says: an item and how many of it, or the number of a package.

A code is read in this order: what its symbology prefix says that it is; a SKU, exactly; a GTIN of
an item, its check digit right; a GS1 element string. Readings that name different items are
refused, since a wrong guess would move the wrong stock.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from fulfillment.catalog import items
from fulfillment.catalog.schemas import GTIN_LENGTHS
from fulfillment.platform.check_digits import is_checked
from fulfillment.platform.errors import Invalid
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import biip
    from biip import gs1_element_strings, gs1_messages
else:
    biip, gs1_messages = Later("biip"), Later("biip.gs1_messages")

FNC1 = "\x1d"
SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# ISO/IEC 15424: GS1-128, DataBar, GS1 DataMatrix, GS1 QR code, GS1 DotCode; EAN/UPC and ITF.
GS1_SYMBOLS = {"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"}
GTIN_SYMBOLS = {"]E0", "]E4", "]I1"}
GTIN_AIS, COUNT_AIS, SSCC_AI = ("01", "02"), ("30", "37"), "00"


class Reading(Struct, frozen=True):
    """One way to read a code: as what, which items it names, and what else it says."""

    way: str
    skus: tuple[str, ...] = ()
    count: int | None = None
    sscc: str | None = None
    elements: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def told(self) -> str:
        """The reading in words, for who must choose among several."""
        named = " and ".join(sorted(self.skus)) or self.trouble or "no item has it"
        return f"{self.way}: {named}"


def read(code: str) -> Reading:
    """Return the one reading of a code that names an item or a package.

    Raises:
        Invalid: no reading does, or several that differ; all of them are named.
    """
    readings = list(ways(code))
    good = [one for one in readings if one.skus or one.sscc]
    if len({(one.skus, one.sscc) for one in good}) == 1 and len(good[0].skus) < 2:
        return good[0]
    found = "ambiguous" if good else "unknown"
    raise Invalid({"code": [f"The code is {found}. {'; '.join(one.told for one in readings)}."]})


def item(code: str) -> Reading:
    """Return the reading of a code that must name an item.

    Raises:
        Invalid: it names none, or a package.
    """
    reading = read(code)
    if not reading.skus:
        raise Invalid({"code": [f"{reading.way} is of a package; an item is wanted."]})
    return reading


def ways(code: str) -> Iterator[Reading]:
    """Yield the readings that the code allows, in the order in which they count."""
    prefix = SYMBOLOGY.match(code)
    symbol, data = (code[:3], code[3:]) if prefix else ("", code)
    data = data.strip(FNC1)
    if symbol in GS1_SYMBOLS or data.startswith("("):
        yield element_string(data)
    elif symbol in GTIN_SYMBOLS:
        yield gtin(data[:13] if symbol == "]E0" else data)
    else:
        yield Reading(f"SKU {data}", tuple(items.find([data])))
        if data.isascii() and data.isdigit() and len(data) in GTIN_LENGTHS:
            yield gtin(data)
        if not symbol and "00" <= data[:2] <= "99":
            yield element_string(data)


def gtin(digits: str) -> Reading:
    way = f"GTIN {digits}"
    if len(digits) not in GTIN_LENGTHS or not is_checked(digits):
        return Reading(way, trouble="its check digit is wrong")
    return Reading(way, items.of_gtin(digits))


def element_string(data: str) -> Reading:
    """Read a GS1 element string (General Specifications 3), raw or as people write it: (01)..."""
    written, reader = data.startswith("("), gs1_messages.GS1Message
    try:
        parts = (reader.parse_hri if written else reader.parse)(data)
    except biip.ParseError as error:
        told = str(error).replace(FNC1, "<FNC1>").rstrip(".")
        return Reading("element string", trouble=told)
    if written and parts.as_hri() != data:
        return Reading(f"element string {data}", trouble="it ends too early")
    elements = {part.ai.ai: part.value for part in parts.element_strings}
    way = f"element string {parts.as_hri()}"
    if trouble := next(troubles(parts.element_strings), ""):
        return Reading(way, trouble=trouble.rstrip("."))
    named = {elements[ai] for ai in GTIN_AIS if ai in elements}
    skus = tuple(sku for digits in sorted(named) for sku in items.of_gtin(digits))
    count = next((int(elements[ai]) for ai in COUNT_AIS if ai in elements), None)
    if count == 0:
        return Reading(way, trouble="it says that there are none of them")
    trouble = "" if named else "it names no item"
    # A label of a package may say what is in it: then it is about those goods.
    sscc = None if named else elements.get(SSCC_AI)
    return Reading(way, skus, count, sscc, elements, trouble)


def troubles(parts: "list[gs1_element_strings.GS1ElementString]") -> Iterator[str]:
    seen: set[str] = set()
    for part in parts:
        yield from filter(None, (part.gtin_error, part.sscc_error))
        if not part.value:
            yield f"({part.ai.ai}) is empty"
        if part.ai.ai in seen:
            yield f"({part.ai.ai}) stands twice"
        seen.add(part.ai.ai)
