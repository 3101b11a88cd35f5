"""Three users with keys of their own, in front of the service as it runs in production."""

from dataclasses import dataclass

import pytest

from fulfillment import worker
from tests.world import world

__all__ = ["world"]


@dataclass(frozen=True)
class User:
    """Somebody with a key, who expects an answer of a kind."""

    client: object
    headers: dict

    def sends(self, method, path, body, expected):
        answer = self.client.open(f"/v1{path}", method=method, json=body, headers=self.headers)
        assert answer.status_code == expected, answer.get_json()
        return answer.get_json() if answer.data else None

    def reads(self, path, expected=200):
        return self.sends("GET", path, None, expected)

    def posts(self, path, body=None, expected=200):
        return self.sends("POST", path, body or {}, expected)

    def puts(self, path, body, expected=201):
        return self.sends("PUT", path, body, expected)

    def deletes(self, path, expected=204):
        return self.sends("DELETE", path, None, expected)


@pytest.fixture
def user(client, auth):
    """`user("warehouse", facilities=["RENO"])` is somebody with such a key."""
    return lambda role, **binding: User(client, auth(role, **binding))


@pytest.fixture
def worker_at_work(app):
    """Let the worker process what waits, as it does all the time in production."""

    def work():
        while worker.work_once(app) == 0:
            pass

    return work


@pytest.fixture
def network(user):
    """Two facilities, a carrier, and a catalogue of two items: what a planner sets up first."""
    planner = user("planner")
    planner.puts("/facilities/RENO", {"country": "US", "postal_code": "89502"})
    planner.puts("/facilities/COLUMBUS", {"country": "US", "postal_code": "43217"})
    planner.puts("/items/MUG", {"name": "Mug", "weight_g": 350})
    planner.puts("/items/TEAPOT", {"name": "Teapot", "weight_g": 1200})
    planner.puts("/carriers/PARCEL", {"name": "Parcel Post", "tracking_prefix": "PP"})
    rates = [
        {"service": "ground", "max_weight_g": g, "max_distance_km": km, "price": price}
        | {"transit_days": days}
        for km, days, dear in ((1000, 2, 0), (5000, 5, 4))
        for g, price in ((1000, f"{7 + dear}.50"), (20_000, f"{12 + dear}.00"))
    ]
    planner.posts("/carriers/PARCEL/rates", {"rates": rates})
    return planner
