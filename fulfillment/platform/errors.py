"""Refusals: few kinds, each with a code of a closed list and the data that explains it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FieldErrors = Mapping[str, Sequence[str]]


class Refusal(Exception):
    """A request that the business refuses; the HTTP edge and the command line render it."""

    status = 400
    headers: Mapping[str, str] = {}

    def __init__(
        self, code: str, detail: str, errors: FieldErrors | None = None, **data: Any
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.data = data


class NotFound(Refusal):
    """What was asked for does not exist."""

    status = 404

    def __init__(self, what: str, name: object) -> None:
        super().__init__("not-found", f"There is no {what} {name}.")


class Conflict(Refusal):
    """The request contradicts the present state; it may succeed later or in another form.

    `may_pass` says that a plan made from a fresh look at the state may not meet it again.
    """

    status = 409
    may_pass = False


class WrongStatus(Conflict):
    """The resource is in a status that does not allow this."""

    def __init__(self, what: str, present: str, allowed: Iterable[str]) -> None:
        names = [str(status) for status in allowed]
        detail = f"The {what} is {present}; this takes one that is {' or '.join(names)}."
        super().__init__("wrong-status", detail, present=str(present), allowed=names)


class Invalid(Refusal):
    """The request itself is wrong, at the fields named in `errors`."""

    status = 422

    def __init__(
        self, errors: FieldErrors, detail: str = "The request has invalid fields."
    ) -> None:
        super().__init__("invalid-fields", detail, errors)


class Forbidden(Refusal):
    """The caller may not do this."""

    status = 403

    def __init__(self, detail: str) -> None:
        super().__init__("forbidden", detail)
