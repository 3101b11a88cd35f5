"""Values as nearly all bodies have them, told at a glance; the fields of `fields` say the rest."""

from typing import Any


def is_text(value: Any, longest: int) -> bool:
    """Tell whether `fields.text(longest)` takes a value."""
    if type(value) is not str or not 0 < len(value) <= longest:
        return False
    return value.isprintable() and value == value.strip()


def is_whole(value: Any, least: int, most: int) -> bool:
    """Tell whether a value is a whole number from `least` to `most`; true and 1.0 are none."""
    return type(value) is int and least <= value <= most
