"""What the files of all kinds of problems have in common, and the documents that answer them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fulfillment.optimization.bounds import Bounded
from fulfillment.optimization.documents import Fault, Refused, array, entries, fits, parse, shown

Entry = TypeVar("Entry")
Found = TypeVar("Found")

DIGITS = 9  # what is beyond comes from the order of summation


def read(
    kind: type,
    raw: bytes,
    build: Callable[[dict[str, Any], list[Fault]], Found],
    errors: Callable[[Found], Iterable[Fault]],
) -> Found:
    """Read a problem of a kind from the bytes of its file.

    Raises Refused with up to twenty faults, each with its path: those of the document's shape,
    or else those of its values, or else what does not go together.
    """
    document, faults = parse(raw), list[Fault]()
    if not fits(kind, document, "", faults):
        raise Refused(faults)
    problem = build(document, faults)
    refusal = Refused(faults or errors(problem))
    if refusal.faults:
        raise refusal
    return problem


def all_of(
    kind: type[Entry], holder: Mapping[str, Any], name: str, faults: list[Fault], path: str = ""
) -> tuple[Entry, ...]:
    """Return the entries of an array that may be missing."""
    values = holder.get(name, [])
    return tuple(kind(**entry) for _, entry in entries(kind, values, f"{path}{name}", faults))


def one_of(kind: type[Entry], holder: Mapping[str, Any], name: str, faults: list[Fault]) -> Entry:
    """Return an object all of whose fields have defaults, and that may be missing itself."""
    values = holder.get(name, {})
    return kind(**values if fits(kind, values, name, faults) else {})


def pairs(value: object, path: str, words: str, faults: list[Fault]) -> tuple[Any, ...]:
    """Return an array of pairs as tuples; what is none goes to `faults` and counts as empty."""
    found = array(value, path, faults)
    for i, pair in enumerate(found):
        if not (isinstance(pair, list) and len(pair) == 2):
            faults.append(Fault(f"{path}[{i}]", f"must be [{words}], not {shown(pair)}"))
            return ()
    return tuple(map(tuple, found))


def bounded(solution: Bounded) -> dict[str, Any]:
    """The head of every answer: how good it is, and how good any could be."""
    return {
        "status": solution.status,
        "objective": round(solution.objective, DIGITS),
        "lower_bound": round(solution.lower_bound, DIGITS),
        "gap": round(solution.gap, DIGITS),
    }


def seconds(
    phases: Sequence[str], solving: Mapping[str, float], reading: float
) -> dict[str, float]:
    """Seconds by phase, those that are always spoken of first; `read` and all count the reading."""
    spent = dict.fromkeys(("read", *phases), 0.0) | dict(solving)
    total = spent.pop("total", 0.0) + reading
    spent["read"] += reading
    rounded = {name.replace(" ", "_"): round(each, 6) for name, each in spent.items()}
    return rounded | {"total": round(total, 6)}
