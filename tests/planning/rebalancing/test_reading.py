"""What a unit costs that is asked for where it is not."""

from datetime import UTC, datetime

import pytest

from fulfillment.catalog import items as catalog
from fulfillment.planning.rebalancing import reading
from fulfillment.platform.db import transaction
from fulfillment.sourcing.prices import outlooks
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def told(world):
    """Publish how many lines travel in company, and return the parcels of a unit of each SKU."""
    world.has({"W1": {"S1": 4, "S2": 4}, "W2": {"S1": 0}})

    def tell(companions, **line_units):
        rows = [SkuOutlook(sku, {"W1": 1.0}, {}, units) for sku, units in line_units.items()]
        with transaction():
            outlooks.publish(rows, Baskets(companions, 100.0, {}), NOW)
        skus = sorted(catalog.find(["S1", "S2"]).values(), key=lambda item: item.sku)
        return reading.parcels(skus).tolist()

    return tell


def test_a_line_that_leaves_its_company_is_one_parcel_shared_by_its_units(told):
    assert told((0.5, 0.3), S1=1.0, S2=10.0) == pytest.approx([0.8, 0.08])


def test_an_order_of_one_line_is_one_parcel_wherever_it_ships_from(told):
    assert told((), S1=1.0, S2=10.0) == [0.0, 0.0]


def test_what_no_order_tells_is_taken_as_usual(told):
    assert told((1.0,), S1=2.0) == [0.5, reading.USUAL_PARCELS]
