import pytest

from tests.world import world

__all__ = ["world"]


@pytest.fixture
def stocked(world):
    """A world that the hot path has seen."""
    world.has({"W1": {"S1": 9, "S2": 9}, "W2": {"S1": 9}}, km={"W1": 10, "W2": 900})
    world.get("facilities")
    assert world.reserve("first", {"S1": 1}).status_code == 201
    return world
