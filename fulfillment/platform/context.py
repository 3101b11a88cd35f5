"""Who acts, and in which request: set at the edge, read where a row must name its author."""

from contextvars import ContextVar
from enum import StrEnum

from msgspec import Struct

from fulfillment.platform.errors import Forbidden


class Role(StrEnum):
    """What a key may do; `admin` may do everything."""

    WAREHOUSE = "warehouse"
    STOREFRONT = "storefront"
    PLANNER = "planner"
    CARRIER = "carrier"
    VIEWER = "viewer"
    ADMIN = "admin"


class Actor(Struct, frozen=True):
    """The author of a change: a key or a job, and the facilities it is bound to (none: all)."""

    name: str
    role: Role
    facilities: frozenset[str] = frozenset()
    carrier: str | None = None


SYSTEM = Actor("system", Role.ADMIN)

actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)
request_id: ContextVar[str] = ContextVar("request_id", default="-")


def require_facility(code: str) -> None:
    """Refuse a key that is bound to other facilities."""
    bound = actor.get().facilities
    if bound and code not in bound:
        raise Forbidden(f"This key is bound to {', '.join(sorted(bound))}, not to {code}.")


def require_supervisor(what: str) -> None:
    """Refuse anyone but an admin, for instructions that override the rules once."""
    if actor.get().role is not Role.ADMIN:
        raise Forbidden(f"Only an admin key may {what}.")
