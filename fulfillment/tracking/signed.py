"""Events that carriers sign instead of sending a key: Standard Webhooks, in our direction."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request

from fulfillment.network import carriers
from fulfillment.platform import access, clock, context
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.errors import Refusal
from fulfillment.platform.webhooks.signing import ID, SIGNATURE, STAMP, new_secret, signature

TOLERANCE_SECONDS = 300
LONGEST_STAMP = 12
# Signed with when there is no carrier of that code: the answer takes as long, and is the same.
NOBODYS = new_secret()


class BadSignature(Refusal):
    """Not signed by this carrier's secret, or not in the last minutes."""

    status = 401

    def __init__(self) -> None:
        told = f"Sign with the carrier's secret: {ID}, {STAMP} (within 5 minutes), {SIGNATURE}."
        super().__init__("unauthorized", told)


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let through only what the carrier in the path has signed; it is the author of what follows.

    A replay within the tolerance finds its events recorded, and changes nothing.
    """

    @wraps(view)
    def guarded(code: str) -> Any:
        check(code)
        actor = Actor(f"carrier:{code}", Role.CARRIER, carrier=code)
        token = context.actor.set(access.admitted(actor))
        try:
            return view(code)
        finally:
            context.actor.reset(token)

    return guarded


def check(code: str) -> None:
    """Refuse a request that is not signed as it must be.

    Raises:
        BadSignature: always the same, whatever is wrong.
    """
    secret = carriers.event_secret(code)
    message_id, stamp = (request.headers.get(name, "") for name in (ID, STAMP))
    wanted = signature(secret or NOBODYS, message_id, stamp, request.get_data()).encode()
    given = request.headers.get(SIGNATURE, "").split(" ")
    matches = [hmac.compare_digest(one.encode(), wanted) for one in given]
    if not (secret and message_id and is_fresh(stamp) and any(matches)):
        raise BadSignature


def is_fresh(stamp: str) -> bool:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > LONGEST_STAMP:
        return False
    return abs(clock.now().timestamp() - int(stamp)) <= TOLERANCE_SECONDS
