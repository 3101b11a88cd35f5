"""How a scene may end on which two use cases ran at once: as if one had come after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from fulfillment.inventory.models import Movement, StockLevel
from fulfillment.platform.db import db
from tests.attack.scenes import Scene
from tests.attack.use_cases import USE_CASES

REFUSED = 400
LEVEL = ("facility", "on_hand", "unavailable", "reserved", "incoming", "at_risk")

Stock = Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class Ending:
    """The answers to use cases, in the order in which they were begun, and the stock after them."""

    statuses: tuple[int, ...]
    stock: Stock


def stock_of(scene: Scene) -> Stock:
    """Return the levels of a scene's SKU, and what the ledger says of it by kind."""
    db.session.rollback()
    levels = select(*(getattr(StockLevel, name) for name in LEVEL))
    moved = select(Movement.facility, Movement.kind, func.sum(Movement.quantity))
    by_kind = moved.where(Movement.sku == scene.sku).group_by(Movement.facility, Movement.kind)
    asked = (levels.where(StockLevel.sku == scene.sku), by_kind)
    return sorted(tuple(map(str, row)) for some in asked for row in db.session.execute(some))


@dataclass
class Endings:
    """The endings of use cases one after the other, each found out once."""

    set_scene: Callable[[str], Scene]
    known: dict[tuple[str, ...], Ending] = field(default_factory=dict)

    def of(self, *names: str) -> Ending:
        """Return how a scene ends after these use cases."""
        if names not in self.known:
            scene = self.set_scene("-".join(names) or "nothing")
            statuses = tuple(USE_CASES[name](scene) for name in names)
            self.known[names] = Ending(statuses, stock_of(scene))
        return self.known[names]

    def allow(self, name: str, rival: str, ending: Ending) -> bool:
        """Tell whether an ending is that of one order or the other.

        Who is refused in the crowd has changed nothing, whatever he might have had alone.
        """
        mine, other = ending.statuses
        after = self.of(rival, name)
        orders = [self.of(name, rival), Ending(after.statuses[::-1], after.stock)]
        done = [who for who, status in ((name, mine), (rival, other)) if status < REFUSED]
        told = tuple(status for status in ending.statuses if status < REFUSED)
        return ending in orders or Ending(told, ending.stock) == self.of(*done)
