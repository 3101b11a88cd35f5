"""Commands: an endpoint's effect as one transaction, with its Idempotency-Key and If-Match."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from flask import Response, make_response, request
from msgspec import Struct
from sqlalchemy.orm.exc import StaleDataError

from fulfillment.platform import idempotency, outbox
from fulfillment.platform.db import db, retrying, transaction
from fulfillment.platform.errors import Conflict, Refusal

View = Callable[..., Any]

SOLVE_ATTEMPTS = 3


class PreconditionFailed(Refusal):
    """If-Match names a version that is not the present one."""

    status = 412

    def __init__(self) -> None:
        super().__init__("precondition-failed", "The resource changed; read it again.")


class Command(Struct, frozen=True):
    """An endpoint's view, rendered; what it solves first; the tag that If-Match is about."""

    rendered: View
    solve: View | None
    tag: Callable[..., str | None] | None


class Call(Struct, frozen=True):
    """One request for a command: its Idempotency-Key, and the arguments of the view."""

    key: str | None
    args: tuple[Any, ...]
    path: Mapping[str, Any]


def as_view(command: Command) -> View:
    """Return a view that runs the command; a replayed key answers without running it."""

    @wraps(command.rendered)
    def run(*args: Any, **path: Any) -> Response:
        call = Call(idempotency.key_of(request), args, path)
        try:
            answer = replay(call.key) or solve_and_record(command, call)
        except Conflict:
            # A twin of this request, under the same key, may be the one that took the stock.
            twin = replay(call.key)
            if twin is None:
                raise
            answer = twin
        outbox.dispatch_new()
        return answer

    return run


def solve_and_record(command: Command, call: Call) -> Response:
    """Solve outside, record inside a transaction; look again when stock moved between the two."""
    for _ in range(SOLVE_ATTEMPTS - 1 if command.solve else 0):
        try:
            return solve_and_record_once(command, call)
        except Conflict as conflict:
            if not conflict.may_pass:
                raise
    return solve_and_record_once(command, call)


def solve_and_record_once(command: Command, call: Call) -> Response:
    solved = (command.solve(*call.args, **call.path),) if command.solve else ()
    return retrying(partial(record, command, call, solved))


def record(command: Command, call: Call, solved: tuple[Any, ...]) -> Response:
    try:
        with transaction():
            if call.key and not idempotency.claim(call.key, idempotency.fingerprint_of(request)):
                return twin_answer(call.key)
            check_precondition(command.tag, call.path)
            answer = make_response(command.rendered(*call.args, *solved, **call.path))
            if call.key:
                idempotency.store(call.key, answer)
            return answer
    except StaleDataError as error:
        raise PreconditionFailed from error


def replay(key: str | None) -> Response | None:
    """Return the answer that was given for this key, as it is committed by now."""
    if key is None:
        return None
    db.session.rollback()
    return idempotency.stored_answer(key, idempotency.fingerprint_of(request))


def twin_answer(key: str) -> Response:
    answer = replay(key)
    if answer is None:
        raise Conflict("conflict", "A request with this Idempotency-Key has just failed; retry.")
    return answer


def check_precondition(tag: Callable[..., str | None] | None, path: Mapping[str, Any]) -> None:
    """Compare If-Match with the tag of the resource as it is inside this transaction."""
    if tag is None or not request.if_match:
        return
    present = tag(**path)
    if present is None or not request.if_match.contains(present):
        raise PreconditionFailed
