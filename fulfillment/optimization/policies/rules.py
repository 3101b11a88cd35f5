"""What the inputs of a formula may be; what is wrong with one is told by its path."""

from collections.abc import Callable, Iterator
from functools import partial
from math import isfinite
from typing import Any

from fulfillment.optimization import validity
from fulfillment.optimization.documents import Fault, Repeated, shown
from fulfillment.optimization.validity import told

Rule = Callable[[Any, str], Iterator[Fault]]  # of a value at a path

EVEN = 1e-6  # chances are often rounded; so much may be missing of their sum


def at_path(rule: validity.Rule) -> Rule:
    """The rule of a value, told by the path of that value."""
    return partial(told, rule)


def several(rule: Rule) -> Rule:
    """An array of at least one value, each of which the rule allows."""

    def each(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, list) or not value:
            yield Fault(path, f"must be an array that is not empty, not {shown(value)}")
            return
        for i, entry in enumerate(value):
            yield from rule(entry, f"{path}[{i}]")

    return each


def _chances(amount: Rule) -> Rule:
    """An object from amounts to their chances, which sum to 1."""

    def rule(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, dict) or not value:
            yield Fault(path, f"must be an object of amounts and chances, not {shown(value)}")
            return
        faults = list(_entries(value, path, amount))
        yield from faults
        if not faults and abs(sum(value.values()) - 1) > EVEN:
            yield Fault(path, f"must sum to 1, not {sum(value.values()):g}")

    return rule


def _entries(chances: dict[str, Any], path: str, amount: Rule) -> Iterator[Fault]:
    if isinstance(chances, Repeated):
        yield Fault(f"{path}[{shown(chances.name)}]", "stands twice in one object")
    seen = set[float]()
    for key, chance in chances.items():
        where, parsed = f"{path}[{shown(key)}]", number(key)
        if parsed is None or [*amount(parsed, where)]:
            yield Fault(where, "is no amount of demand")
        elif parsed in seen:
            yield Fault(where, "stands twice, in other words")
        else:
            seen.add(parsed)
        yield from CHANCE(chance, where)


def number(text: str) -> float | None:
    """The number that a name in an object stands for; 2.0 is the whole number 2."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() else value


POSITIVE = at_path(validity.POSITIVE)
AMOUNT = at_path(validity.AMOUNT)
REAL = at_path(validity.REAL)
SHARE = at_path(validity.SHARE)
CHANCE = at_path(validity.CHANCE)
COUNT = at_path(validity.COUNT)
UNITS = at_path(validity.UNITS)
CHANCES = _chances(AMOUNT)
CHANCES_OF_UNITS = _chances(COUNT)
