from uuid import UUID

import pytest

from fulfillment.planning import runs
from tests.world import world

__all__ = ["world"]


@pytest.fixture
def plan(world):
    """Ask for a wave, let a worker take it up, and return the plan as it stands then."""

    def ask(**body):
        asked = world.post("plans", {"kind": "allocation", **body})
        assert (asked.status_code, asked.get_json()["status"]) == (202, "queued")
        assert runs.execute(UUID(asked.get_json()["id"]))
        return world.get(asked.headers["Location"].removeprefix("/v1/"))

    return ask


@pytest.fixture
def wait(world):
    """Place an order that waits for the wave."""

    def place(ref, lines, **more):
        answer = world.order(ref, lines, allocate="wave", **more)
        assert (answer.status_code, answer.get_json()["status"]) == (201, "waiting")
        return answer.get_json()

    return place
