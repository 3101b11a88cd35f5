"""How much of the time is used: of all of it, or of what one phase of the search may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Wall clock between two moments; a `stop` ends it at once."""

    began: float
    ends: float
    stop: Callable[[], bool]

    def share(self) -> float:
        """The share of the time that is used; 1 or more once it is over."""
        if self.stop() or self.ends <= self.began:
            return 1.0
        return (time.monotonic() - self.began) / (self.ends - self.began)

    def over(self) -> bool:
        """Whether there is no time left."""
        return self.share() >= 1

    def left(self) -> float:
        """Seconds that are left."""
        return 0.0 if self.over() else self.ends - time.monotonic()

    def until(self, share: float) -> "Clock":
        """From now to when that share of this clock's time is used."""
        ends = self.began + share * (self.ends - self.began)
        return Clock(time.monotonic(), ends, self.stop)


def start(seconds: float, stop: Callable[[], bool] | None) -> Clock:
    """A clock of so many seconds from now on."""
    now = time.monotonic()
    return Clock(now, now + seconds, stop or (lambda: False))
