"""Fonts: which of them has which character, and what none of them has.

The Noto fonts come as packages of font files only. Chinese, Japanese and Korean are in the extra
"labels", since they are larger than all other scripts together.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from PIL import ImageFont, features

from fulfillment.platform.errors import Invalid

PACKAGES = ("manimgx_fonts", "noto_cjk_sans_jp_regular")
PLAIN = "NotoSans[wght]"
# Letters of these stand side by side as they are; those of all others join, or run from the right.
UNSHAPED = ("Armenian", "CJK", "Emoji", "Ethiopic", "Georgian", "Symbols")
PROBE_PX = 16
NO_CHARACTER = "\uffff"
REPLACEMENT = "\N{WHITE SQUARE}"


@dataclass(frozen=True)
class Run:
    """Neighbouring characters in one font, named by its file."""

    face: Path
    text: str


@cache
def faces() -> tuple[Path, ...]:
    """Return the font files that can be used, the plain one first."""
    found = [path for package in PACKAGES for path in files_of(package) if usable(path.stem)]
    return tuple(sorted(found, key=lambda path: (path.stem != PLAIN, "Emoji" in path.stem)))


def files_of(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        yield from sorted(Path(folder).glob("*.[ot]tf"))


def usable(name: str) -> bool:
    """Tell whether text in a font can be set: most scripts need Raqm with FriBiDi for that."""
    if "Italic" in name:
        return False
    simple = name == PLAIN or any(script in name for script in UNSHAPED)
    return simple or bool(features.check("raqm") and features.check("fribidi"))


@cache
def opened(face: Path, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face, px)


def ink(face: Path, character: str) -> tuple[tuple[int, int], bytes]:
    drawn = opened(face, PROBE_PX).getmask(character, mode="L")
    return drawn.size, bytes(drawn)


@lru_cache(maxsize=100_000)
def has(face: Path, character: str) -> bool:
    """Tell whether a font has a character: what it has not, it draws as it draws no character."""
    return ink(face, character) != ink(face, NO_CHARACTER)


@lru_cache(maxsize=100_000)
def face_of(character: str) -> Path | None:
    """Return the first font that has a character."""
    return next((face for face in faces() if has(face, character)), None)


def is_plain(text: str) -> bool:
    """Tell whether the plain font (Latin, Greek, Cyrillic) has all of a text."""
    return all(has(faces()[0], character) for character in text)


def runs(text: str) -> list[Run]:
    """Return a text in stretches of one font each, in the order of reading."""
    chosen: list[tuple[Path, str]] = []
    for character in text:
        before = chosen[-1][0] if chosen else None
        face = before if before and has(before, character) else face_of(character)
        chosen.append((face or faces()[0], character if face else REPLACEMENT))
    grouped = groupby(chosen, key=lambda pair: pair[0])
    return [Run(face, "".join(character for _, character in some)) for face, some in grouped]


def leftwards(text: str) -> bool:
    """Tell whether a text is read from the right: whether its first letter is."""
    strong = (unicodedata.bidirectional(c) for c in text)
    return next((kind != "L" for kind in strong if kind in ("L", "R", "AL")), False)


def refuse_unprintable(texts: Mapping[str, str]) -> None:
    """Refuse texts, by field, with characters that no font at hand has.

    Raises:
        Invalid: naming each of these characters.
    """
    errors = {}
    for field, text in texts.items():
        missing = sorted({c for c in text if face_of(c) is None})
        if missing:
            named = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing)
            errors[field] = [f"No font here has: {named}."]
    if errors:
        told = 'The address cannot be printed; more scripts need the extra "labels", or FriBiDi.'
        raise Invalid(errors, told)
