"""JSON documents from strangers: parsed strictly, what is wrong named by its path."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from functools import cache
from itertools import islice
from typing import Any

MOST_FAULTS = 20
LONGEST_SHOWN = 60
GZIP = b"\x1f\x8b"


class Fault(ValueError):
    """One thing wrong with a document; `path` is where, as in orders[3].lines[0].quantity."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path} {message}".strip())
        self.path = path


class Refused(ValueError):
    """A document that cannot be used; `faults` says why, the first twenty of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(islice(faults, MOST_FAULTS))
        super().__init__("\n".join(map(str, self.faults)))


class Repeated(dict[str, Any]):
    """A JSON object that says `name` twice; it is refused where it is read, by its path."""

    name: str


def parse(raw: bytes) -> Any:
    """Parse JSON from UTF-8 text, perhaps compressed by gzip; 2.0 is the whole number 2.

    NaN and Infinity pass as what they are: no field takes them, and its refusal has the path.
    Raises Refused for what is no JSON document at all.
    """
    try:
        text = (gzip.decompress(raw) if raw.startswith(GZIP) else raw).decode("utf-8-sig")
        if not text.strip():
            raise Refused([Fault("", "is empty")])
        return json.loads(text, parse_float=_float, object_pairs_hook=_object)
    except (EOFError, OSError, zlib.error) as error:
        raise Refused([Fault("", f"is no sound gzip file: {error}")]) from error
    except UnicodeDecodeError as error:
        raise Refused([Fault("", f"is not UTF-8 text: see byte {error.start + 1}")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused([Fault("", f"is not JSON: {error.msg} at {where}")]) from error
    except RecursionError as error:
        raise Refused([Fault("", "is nested too deep")]) from error
    except Refused:
        raise
    except ValueError as error:
        raise Refused([Fault("", "has a number of thousands of digits")]) from error


def shown(value: object) -> str:
    """The value as JSON has it, cut where it is long."""
    if isinstance(value, list | dict):
        return "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value, default=repr)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def entries(
    kind: type,
    value: object,
    path: str,
    faults: list[Fault],
    optional: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield path and fields of an array's objects that have the fields of the dataclass `kind`.

    Fields with a default in `kind` and those in `optional` may be missing. Whatever else is
    wrong goes to `faults`.
    """
    for i, entry in enumerate(array(value, path, faults)):
        where = f"{path}[{i}]"
        if fits(kind, entry, where, faults, optional):
            yield where, entry


def array(value: object, path: str, faults: list[Fault]) -> list[Any]:
    """The array; what is none goes to `faults` and counts as empty."""
    if isinstance(value, list):
        return value
    faults.append(Fault(path, f"must be an array, not {shown(value)}"))
    return []


def fits(
    kind: type,
    value: object,
    path: str,
    faults: list[Fault],
    optional: frozenset[str] = frozenset(),
) -> bool:
    """Whether `value` is an object with the fields of `kind`; if not, `faults` grows."""
    known, needed = _fields(kind)
    if type(value) is dict and needed <= value.keys() <= known:
        return True
    before = len(faults)
    if not isinstance(value, dict):
        faults.append(Fault(path, f"must be an object, not {shown(value)}"))
        return False
    if isinstance(value, Repeated):
        faults.append(Fault(_join(path, value.name), "stands twice in one object"))
    faults += [Fault(_join(path, name), "is unknown") for name in value if name not in known]
    missing = sorted(needed - value.keys() - optional)
    faults += [Fault(_join(path, name), "is missing") for name in missing]
    return len(faults) == before


@cache
def _fields(kind: type) -> tuple[frozenset[str], frozenset[str]]:
    """The names of all fields, and of those without a default."""
    known = fields(kind)
    needed = (f.name for f in known if f.default is MISSING and f.default_factory is MISSING)
    return frozenset(f.name for f in known), frozenset(needed)


def _join(path: str, name: str) -> str:
    if not name.isidentifier():
        return f"{path}[{shown(name)}]"
    return f"{path}.{name}" if path else name


def _float(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated, times = Repeated(found), Counter(name for name, _ in pairs)
    repeated.name = times.most_common(1)[0][0]
    return repeated
