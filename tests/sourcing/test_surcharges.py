"""What a carrier asks by zone, and on top for a residence, is in every promise."""

import pytest

from tests.world import CUSTOMER, world

__all__ = ["world"]

RATE = {"service": "G", "max_weight_g": 1_000, "transit_days": 2}


@pytest.fixture
def carrier(world):
    """A facility in Reno, and a carrier that goes by zones and asks more of residences."""
    world.has({"W1": {"S1": 9}}, weight_g=900, W1={"postal_code": "89502"})
    world.client.put("/v1/carriers/C1", json={}, headers=world.headers)
    ends = (("770", "2"), ("981", "8"))
    zones = [{"origin_prefix": "895", "destination_prefix": a, "zone": zone} for a, zone in ends]
    assert world.post("carriers/C1/zones", {"zones": zones}).status_code == 200
    more = {"fuel_percent": 10, "residential_surcharge": "4"}
    rates = [RATE | more | {"zone": "2", "price": "5"}, RATE | {"zone": "8", "price": "12"}]
    assert world.post("carriers/C1/rates", {"rates": rates}).status_code == 200
    world.get("facilities")


@pytest.mark.usefixtures("carrier")
def test_two_destinations_at_one_place_have_their_own_prices(world):
    home, far = CUSTOMER | {"postal_code": "77002"}, CUSTOMER | {"postal_code": "98101"}
    shop = home | {"kind": "business"}
    asked = [(home, "9.50"), (far, "12.00"), (home, "9.50"), (shop, "5.50"), (far, "12.00")]
    for number, (place, price) in enumerate(asked):
        found = world.source({"S1": 1}, destination=place).json["options"][0]
        held = world.reserve(f"C{number}", {"S1": 1}, destination=place).json
        assert (shipping(found), shipping(held)) == ([price], [price])


def shipping(plan):
    return [shipment["cost"]["shipping"] for shipment in plan["shipments"]]
