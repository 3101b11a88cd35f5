"""What each kind of plan does in its own way; the life of a plan is the same for all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, field

Stop = Callable[[], bool]
Tell = Callable[[float], None]
Piece = Sequence[tuple[int, Any]]
"""Lines that are applied in one transaction: each with its number in the plan."""


class Solved(Struct, frozen=True):
    """What came out of a plan: figures for people, a hash of what went in, and the rest.

    `record` writes lines and prices; it runs in the transaction that makes the plan ready.
    `seconds` is what the solver's phases took.
    """

    summary: Mapping[str, Any]
    inputs_hash: str
    record: Callable[[UUID], None]
    seconds: Mapping[str, float] = field(default_factory=dict)


class Kind(Struct, frozen=True):
    """The steps of a plan.

    `prepare` may write, before anything is read. `read` reads all that the plan depends on;
    `limit` tells from that how many seconds `solve` may take, which runs outside any transaction.
    `pieces` are the lines that are proposed, `publish` puts a piece into effect through the gates
    that everybody uses and returns what became of each line, by its number.
    """

    prepare: Callable[[], object]
    read: Callable[[Mapping[str, Any]], Any]
    limit: Callable[[Any], float]
    solve: Callable[[Any, Stop, Tell], Solved]
    pieces: Callable[[UUID], Sequence[Piece]]
    publish: Callable[[UUID, Piece], Mapping[int, str]]
