"""What the values of a problem may be; what is wrong with one is told by its path."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

from fulfillment.optimization.documents import Fault, shown

Error = TypeVar("Error")

LARGEST = 2**53  # beyond, not every whole number has a float
LARGEST_SEED = 2**31 - 1  # the solver's


class InvalidProblem(Fault):
    """A field of the problem is wrong."""


class UnknownReference(InvalidProblem):
    """A field names what the problem does not list."""


class Duplicate(InvalidProblem):
    """Two entries share what should identify them."""


Rule = Callable[[Any], str | None]  # what is wrong with a value, if anything
Rules = Mapping[str, Rule]  # by field


def text(value: Any) -> str | None:
    """Refuse what is no text, or none with a letter in it."""
    return None if isinstance(value, str) and value else "must be text that is not empty"


def flag(value: Any) -> str | None:
    """Refuse what is neither true nor false."""
    return None if isinstance(value, bool) else "must be true or false"


def number(fits: Callable[[Any], bool], words: str) -> Rule:
    """Return the rule of numbers that fit, in words; NaN must fit no comparison."""

    def rule(value: Any) -> str | None:
        if not _is_a((float, int, Real), value) or not fits(value):
            return f"must be {words}"
        if abs(value) <= LARGEST:
            return None
        return f"must be at most {LARGEST}" if value > 0 else f"must be at least -{LARGEST}"

    return rule


def whole(least: int, most: int = LARGEST) -> Rule:
    """Return the rule of whole numbers from `least` to `most`."""

    def rule(value: Any) -> str | None:
        if not _is_a((int, Integral), value) or value < least:
            return f"must be a whole number of at least {least}"
        return None if value <= most else f"must be at most {most}"

    return rule


def _is_a(kinds: tuple[type, ...], value: object) -> bool:
    return isinstance(value, kinds) and value is not True and value is not False


def or_null(rule: Rule) -> Rule:
    """Return the rule that allows null as well."""

    def or_null(value: Any) -> str | None:
        complaint = None if value is None else rule(value)
        return complaint and f"{complaint}, or null"

    return or_null


AMOUNT = number(lambda value: value >= 0, "a number of at least 0")
POSITIVE = number(lambda value: value > 0, "a number above 0")
REAL = number(lambda value: value == value, "a number")
SHARE = number(lambda value: 0 < value < 1, "a number between 0 and 1, both excluded")
CHANCE = number(lambda value: 0 <= value <= 1, "a chance from 0 to 1")
COUNT, UNITS, SEED = whole(0), whole(1), whole(0, LARGEST_SEED)
LIMIT = or_null(COUNT)


def in_turn(*stages: Iterable[Error]) -> Iterator[Error]:
    """Yield what the first stage finds that finds anything: each takes those before as held."""
    for stage in stages:
        found = False
        for error in stage:
            found = True
            yield error
        if found:
            return


def each(
    path: str, entries: Sequence[object], rules: Rules, attributes: Mapping[str, str] | None = None
) -> Iterator[InvalidProblem]:
    """Yield what is wrong with the fields of entries; `attributes` are those named otherwise."""
    named = attributes or {}
    for name, rule in rules.items():
        # Hundreds of thousands of values are right, and cost no more than this.
        if not _all_hold(rule, [getattr(entry, named.get(name, name)) for entry in entries]):
            break
    else:
        return
    for i, entry in enumerate(entries):
        yield from one(f"{path}[{i}]", entry, rules, named)


def _all_hold(rule: Rule, values: list[Any]) -> bool:
    """Whether no value breaks the rule; of those that are equal and of a kind, one is asked."""
    try:
        return not any(rule(value) for _, value in {(type(value), value) for value in values})
    except TypeError:  # some value is of a kind that no set takes, and none that a rule allows
        return False


def one(
    path: str, entry: object, rules: Rules, attributes: Mapping[str, str] | None = None
) -> Iterator[InvalidProblem]:
    """Yield what is wrong with the fields of one entry."""
    for name, rule in rules.items():
        yield from told(rule, getattr(entry, (attributes or {}).get(name, name)), f"{path}.{name}")


def told(rule: Rule, value: object, path: str) -> Iterator[InvalidProblem]:
    """Yield what is wrong with the value at a path, if anything is."""
    if complaint := rule(value):
        yield InvalidProblem(path, f"{complaint}, not {shown(value)}")


def twice(path: str, key: str, values: Iterable[object]) -> Iterator[Duplicate]:
    """Yield the values that came before."""
    seen: set[object] = set()
    for i, value in enumerate(values):
        if value in seen:
            yield Duplicate(f"{path}[{i}]", f"repeats the {key} {value!r}")
        seen.add(value)


def unknown(path: str, kind: str, code: str) -> UnknownReference:
    """Return the fault of a name that stands for nothing."""
    return UnknownReference(path, f"names the unknown {kind} {code!r}")
