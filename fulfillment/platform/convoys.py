"""Convoys: those who would wait for each other anyway go together.

Whoever comes while somebody is under way to the same place waits, and all who have waited go as one
after that. Where nobody is under way nobody waits.
"""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any

from msgspec import Struct, field

# They share what becomes of them: when one fails, all go alone.
MOST = 16
# Whoever has waited this long goes alone: the one under way may be held up by something else.
PATIENCE_SECONDS = 0.05

# What is done for several at once; None: nothing was done for any of them.
Go = Callable[[Sequence[Any]], Sequence[Any] | None]


def held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


class Traveller(Struct, eq=False):
    """One who goes, or waits for it."""

    load: Any
    turn: Lock = field(default_factory=held)
    led: list["Traveller"] = field(default_factory=list)  # those to go with, at the head of them
    result: Any = None


class Convoys:
    """The convoys to all places; who waits for them, by place, while somebody is under way."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: dict[Hashable, list[Traveller]] = {}

    def travel(self, place: Hashable, load: Any, go: Go) -> Any:
        """Go with a load, and return what becomes of it; None where it must go alone."""
        with self.lock:
            waiting = self.waiting.get(place)
            if waiting is None:
                self.waiting[place] = []
            else:
                waiting.append(me := Traveller(load))
        if waiting is None:
            (result,) = self.lead(place, [load], go)
            return result
        if not me.turn.acquire(timeout=PATIENCE_SECONDS) and self.gives_up(place, me):
            return None
        if me.led:
            self.lead_on(place, me.led, go)
        return me.result

    def gives_up(self, place: Hashable, me: Traveller) -> bool:
        """Wait no more, unless it is my turn by now: then wait for the end of it."""
        with self.lock:
            waiting = self.waiting.get(place, [])
            if me in waiting:
                waiting.remove(me)
                return True
        me.turn.acquire()
        return False

    def lead(self, place: Hashable, loads: Sequence[Any], go: Go) -> Sequence[Any]:
        try:
            return go(loads) or [None] * len(loads)
        finally:
            self.let_next(place)

    def lead_on(self, place: Hashable, led: Sequence[Traveller], go: Go) -> None:
        try:
            results = self.lead(place, [one.load for one in led], go)
            for one, result in zip(led, results, strict=True):
                one.result = result
        finally:
            for one in led[1:]:
                one.turn.release()

    def let_next(self, place: Hashable) -> None:
        """Let those go who have waited; nobody else is under way any more."""
        with self.lock:
            waiting = self.waiting[place]
            following, waiting[:] = waiting[:MOST], waiting[MOST:]
            if following:
                following[0].led = following
                following[0].turn.release()
            else:
                del self.waiting[place]
