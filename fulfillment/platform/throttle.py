"""A limit on how often one key may call; each process counts for itself."""

import time
from math import ceil
from typing import TYPE_CHECKING

from flask import Flask, current_app
from msgspec import Struct

from fulfillment.platform.errors import Refusal
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import limits
else:
    limits = Later("limits")

EXTENSION = "fulfillment.throttle"


class TooMany(Refusal):
    """The key has used up its calls for now."""

    status = 429

    def __init__(self, rate: "limits.RateLimitItem", seconds: int) -> None:
        super().__init__("rate-limited", f"This key may call {rate}; wait {seconds} s.")
        self.headers = {"Retry-After": str(seconds)}


class Throttle(Struct, frozen=True):
    """One rate, and how often each key has called lately."""

    rate: "limits.RateLimitItem"
    limiter: "limits.strategies.MovingWindowRateLimiter"


def init_app(app: Flask, rate: str) -> None:
    """Limit the calls of each key to `rate`, for example 100/second; "" is no limit."""
    app.extensions[EXTENSION] = throttled(rate) if rate else None


def throttled(rate: str) -> Throttle:
    limiter = limits.strategies.MovingWindowRateLimiter(limits.storage.MemoryStorage())
    return Throttle(limits.parse(rate), limiter)


def count(key: str) -> None:
    """Count a call of this key.

    Raises:
        TooMany: it called too often; the answer says when to come back.
    """
    throttle: Throttle | None = current_app.extensions[EXTENSION]
    if throttle is None or throttle.limiter.hit(throttle.rate, key):
        return
    free_at = throttle.limiter.get_window_stats(throttle.rate, key).reset_time
    raise TooMany(throttle.rate, max(1, ceil(free_at - time.time())))
