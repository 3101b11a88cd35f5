"""Figures that are made when they are first used."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import prometheus_client
import pytest

from fulfillment.platform import figures

AT_ONCE = 4


@pytest.fixture
def registry(monkeypatch):
    """A client that is empty, and slow to make a counter."""
    registry = prometheus_client.CollectorRegistry()

    def counter(*given, **options):
        time.sleep(0.02)
        return kind(*given, registry=registry, **options)

    kind = prometheus_client.Counter
    monkeypatch.setattr(prometheus_client, "Counter", counter)
    return registry


def test_a_figure_is_not_there_before_it_is_used(registry):
    boxes = figures.Counter("boxes", "Boxes.", ["colour"])
    assert list(registry.collect()) == []
    boxes.labels("red").inc(2)
    assert registry.get_sample_value("boxes_total", {"colour": "red"}) == 2


def test_threads_that_come_first_at_once_count_with_one_figure(registry):
    boxes, together = figures.Counter("boxes", "Boxes."), Barrier(AT_ONCE)

    def count(_):
        together.wait()
        boxes.inc()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(count, range(AT_ONCE)))
    assert registry.get_sample_value("boxes_total") == AT_ONCE


def test_what_the_client_refuses_is_told_where_it_is_used(registry):
    with pytest.raises(ValueError, match="label"):
        figures.Counter("boxes", "Boxes.", ["colour"]).labels("red", "large")
