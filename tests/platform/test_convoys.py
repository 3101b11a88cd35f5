"""Those who would wait for each other go together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from fulfillment.platform import convoys
from fulfillment.platform.convoys import Convoys
from tests.rivals import wait_until


class Road:
    """A place to go to: it keeps those who go until it is opened, and who went together."""

    def __init__(self):
        self.open, self.trips = Event(), []
        self.convoys = Convoys()

    def go(self, loads):
        self.trips.append(list(loads))
        assert self.open.wait(10)
        return [load * 2 for load in loads]

    def start(self, pool, *loads, place="here"):
        """Send travellers off, one after the other, each once the one before is on its way."""
        return [self.sent(pool, load, place) for load in loads]

    def sent(self, pool, load, place):
        before = self.on_the_way()
        trip = pool.submit(self.convoys.travel, place, load, self.go)
        wait_until(lambda: self.on_the_way() > before)
        return trip

    def on_the_way(self):
        return len(self.trips) + sum(map(len, self.convoys.waiting.values()))


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as threads:
        yield threads


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(convoys, "PATIENCE_SECONDS", 10)


def test_who_goes_alone_waits_for_nobody():
    went = Convoys()
    assert went.travel("here", 2, lambda loads: [load * 2 for load in loads]) == 4
    assert went.waiting == {}


def test_those_who_wait_go_together_and_each_has_its_own_result(pool):
    road = Road()
    sent = road.start(pool, 1, 2, 3)
    road.open.set()
    assert [one.result(10) for one in sent] == [2, 4, 6]
    assert road.trips == [[1], [2, 3]]
    assert road.convoys.waiting == {}


def test_other_places_are_not_waited_for(pool):
    road, other = Road(), Road()
    other.convoys = road.convoys
    other.open.set()
    held_up = road.start(pool, 1)
    assert pool.submit(other.convoys.travel, "there", 5, other.go).result(10) == 10
    road.open.set()
    assert held_up[0].result(10) == 2


def test_no_more_than_so_many_go_at_once(pool, monkeypatch):
    monkeypatch.setattr(convoys, "MOST", 2)
    road = Road()
    sent = road.start(pool, 1, 2, 3, 4, 5, 6)
    road.open.set()
    assert [one.result(10) for one in sent] == [2, 4, 6, 8, 10, 12]
    assert road.trips == [[1], [2, 3], [4, 5], [6]]


def test_where_nothing_was_done_each_goes_alone(pool):
    road = Road()
    road.go = lambda loads: road.trips.append(loads) or (road.open.wait(10) and None)
    sent = road.start(pool, 1, 2, 3)
    road.open.set()
    assert [one.result(10) for one in sent] == [None, None, None]
    assert road.convoys.waiting == {}


def test_what_fails_is_told_to_who_led_and_the_others_go_alone(pool):
    road = Road()

    def go(loads):
        road.trips.append(loads)
        assert road.open.wait(10)
        raise OSError(str(loads))

    road.go = go
    first, second, third = road.start(pool, 1, 2, 3)
    road.open.set()
    for leader in (first, second):
        with pytest.raises(OSError, match=r"\["):
            leader.result(10)
    assert third.result(10) is None
    assert road.convoys.waiting == {}


def test_who_has_waited_long_enough_goes_alone(pool, monkeypatch):
    monkeypatch.setattr(convoys, "PATIENCE_SECONDS", 0.01)
    road = Road()
    first, second = road.start(pool, 1, 2)
    assert second.result(10) is None
    road.open.set()
    assert first.result(10) == 2
    assert road.trips == [[1]]
    assert road.convoys.waiting == {}


def test_whose_turn_comes_as_the_patience_ends_goes(monkeypatch):
    """Whatever the clock says, each arrives once."""
    monkeypatch.setattr(convoys, "PATIENCE_SECONDS", 0.0005)
    went, seen, lock = Convoys(), [], threading.Lock()

    def go(loads):
        time.sleep(0.0004)
        with lock:
            seen.extend(loads)
        return loads

    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(lambda n: went.travel("here", n, go), range(1, 1_001)))
    assert sorted(seen) == sorted(n for n in told if n is not None)
    assert all(got in (None, n) for n, got in enumerate(told, start=1))
    assert went.waiting == {}
