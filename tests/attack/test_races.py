"""A rival in the midst of every use case: right before a statement of it, another one runs.

Every pair of use cases is tried, on a scene where both want the same things. By default each pair
is tried once: on which engine, which of the two is disturbed, and where is drawn with a fixed seed.
What they leave must be what one of the two orders leaves: so it is for those that are compared.
FULFILLMENT_TEST_EVERY_POINT=1 tries every pair on both, both ways round and at every point.
"""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from fulfillment.inventory import reservations
from fulfillment.platform import audit
from fulfillment.platform.db import db
from tests.attack.copies import written_by
from tests.attack.endings import Ending, Endings, stock_of
from tests.attack.scenes import Scene, add_supplier, parts_of, set_scene
from tests.attack.use_cases import USE_CASES, WHO_DOES
from tests.attack.wires import Tap, tap
from tests.world import World, world

__all__ = ["world"]

EVERY_POINT = os.environ.get("FULFILLMENT_TEST_EVERY_POINT") == "1"
# A rival waits for our locks on PostgreSQL only: there it may do more harm.
ENGINES = ("postgresql", "postgresql", "sqlite")
FIRST = "first-scene"
PATIENCE_SECONDS = 30
LOOK_SECONDS = 0.002
WAITING_FOR_A_LOCK = text(
    "SELECT COUNT(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Race:
    """Runs one use case, and lets a rival in before one of its statements."""

    def __init__(self, stage: World, wire: Tap) -> None:
        self.stage, self.wire = stage, wire
        self.first, self.original = written_by(lambda: set_scene(stage, FIRST), FIRST)
        self.scenes = 0
        self.endings = Endings(self.scene)
        self.rivals = ThreadPoolExecutor(1)
        self.watch = create_engine(db.engine.url, isolation_level="AUTOCOMMIT").connect()

    def scene(self, about: str) -> Scene:
        """Return a fresh scene; what is in it is named for what it is about."""
        self.scenes += 1
        names = self.original.copy(f"{self.scenes}-{about}"[:60].replace(" ", "-"))
        return replace(self.first, **names.of(parts_of(self.first)))

    def alone(self, name: str) -> tuple[int, list[int]]:
        """Run a use case undisturbed; return its status and where a rival could come in."""
        for _ in range(2):  # what is remembered from the first time is not read the second time
            scene = self.scene(name)
            self.wire.listen(lambda number: None)
            status = USE_CASES[name](scene)
            self.wire.stop()
        # On SQLite nobody else can write within a transaction that does.
        return status, [i for i, locked in enumerate(self.wire.locked) if not locked]

    def run(self, name: str, rival: str, at: int) -> Ending | None:
        """Return how both end; None where the use case had no such statement this time."""
        scene = self.scene(f"{name} {rival} {at}")
        let_in: list[Future[int]] = []

        def before(number: int) -> None:
            if number >= at and not let_in and not self.wire.holds_write_lock:
                let_in.append(self.rivals.submit(USE_CASES[rival], scene))
                self.wait_until_done_or_blocked(let_in[0])

        self.wire.listen(before)
        status = USE_CASES[name](scene)
        self.wire.stop()
        if not let_in:
            return None
        return Ending((status, let_in[0].result(PATIENCE_SECONDS)), stock_of(scene))

    def wait_until_done_or_blocked(self, rival: "Future[int]") -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not rival.done() and not self.somebody_is_blocked():
            assert time.monotonic() < deadline, "the rival neither ends nor waits for us"
            time.sleep(LOOK_SECONDS)

    def somebody_is_blocked(self) -> bool:
        return db.engine.dialect.name == "postgresql" and bool(
            self.watch.scalar(WAITING_FOR_A_LOCK)
        )

    def end(self) -> None:
        self.rivals.shutdown()
        self.watch.close()
        self.watch.engine.dispose()


@pytest.fixture
def race(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Race]:
    world.has({"W1": {"S1": 0}, "W2": {"S1": 0}}, km={"W1": 10, "W2": 900})
    add_supplier()
    race = Race(world, tap(db.engine, monkeypatch))
    yield race
    race.end()


def rivals_of(name: str) -> list[str]:
    """Return the rivals of a use case: by default each pair of two is tried one way round."""
    every = list(USE_CASES)
    here = db.engine.dialect.name
    return every if EVERY_POINT else [one for one in every if drawn(name, one) == (name, here)]


def drawn(one: str, other: str) -> tuple[str, str]:
    """Draw which of a pair is disturbed, and on which engine."""
    pair = sorted((one, other))
    lots = random.Random(" and ".join(pair))
    return lots.choice(pair), lots.choice(ENGINES)


def points(name: str, rival: str, possible: list[int]) -> list[int]:
    return possible if EVERY_POINT else [random.Random(f"{name} {rival}").choice(possible)]


def is_compared(name: str, rival: str) -> bool:
    """Draw the pairs that are also run one after the other: by default one of three."""
    return EVERY_POINT or random.Random(f"{name} or {rival}").random() < 1 / 3


def no_findings() -> bool:
    db.session.rollback()
    broken = [v for v in audit.run().invariants if not v.ok]
    assert not broken, broken
    return True


@pytest.mark.parametrize("who", WHO_DOES)
def test_a_rival_in_the_midst_of_a_use_case_breaks_nothing(race, who):
    for name in WHO_DOES[who]:
        status, possible = race.alone(name)
        assert status < 300, (name, status)
        for rival in rivals_of(name):
            for at in points(name, rival, possible):
                ending = race.run(name, rival, at)
                assert ending, (name, rival, at)
                assert all(status < 500 for status in ending.statuses), (name, rival, at, ending)
                if is_compared(name, rival):
                    assert race.endings.allow(name, rival, ending), (name, rival, at, ending)
                reservations.sweep_expired()
    assert no_findings()
