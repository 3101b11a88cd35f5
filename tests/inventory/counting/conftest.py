from datetime import timedelta

import pytest

from fulfillment.platform import clock
from tests.world import stockroom, world

__all__ = ["stockroom", "world"]


@pytest.fixture
def later(monkeypatch):
    """Let days pass."""
    start, passed = clock.now(), [timedelta()]
    monkeypatch.setattr(clock, "now", lambda: start + passed[0])

    def pass_on(**time):
        passed[0] += timedelta(**time)

    return pass_on
