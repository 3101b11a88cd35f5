"""A rebalancing run's problem, from an outlook made by hand."""

import numpy as np
import pytest

from fulfillment.catalog.models import Item
from fulfillment.network.calendar import DockCalendar
from fulfillment.network.sites import Site
from fulfillment.planning.rebalancing import problem
from fulfillment.planning.rebalancing.reading import Outlook, settings

DAYS = 28
pytestmark = pytest.mark.usefixtures("app")


def positions(available, mean, transit):
    """The positions of one SKU at two places so many days apart, by their codes."""
    km = (transit - 1) * settings().tariff_km_per_day
    calendar = DockCalendar("UTC", None, 0, None)
    places = [
        Site(code, 0.0, 0.0, "US", True, calendar, None, 0.0, frozenset(), 1) for code in "AB"
    ]
    shape, mean = (1, 2), np.array([mean], dtype=float)
    outlook = Outlook(
        skus=[Item(sku="S1", weight_g=100, pack_size=1)],
        places=places,
        days=np.array([DAYS]),
        km=np.array([[0.0, km], [km, 0.0]]),
        available=np.array([available], dtype=float),
        incoming=np.zeros(shape),
        safety=np.zeros(shape),
        mean=mean,
        variance=mean,
        need=np.ones(shape),
        shortage_cost=np.ones(shape),
    )
    return {one.facility: one for one in problem.positions_of(outlook, 0.8)}


@pytest.mark.parametrize(("transit", "saved"), [(1, 27.0), (7, 21.0), (28, None), (40, None)])
def test_what_is_asked_for_before_a_truck_can_be_there_is_not_saved_by_it(transit, saved):
    found = positions([500, 0], [28.0, 28.0], transit)
    if saved is None:
        assert found == {}  # nobody gets anything in time
    else:
        stock, lost = found["B"].lost_sales[0]
        assert (stock, lost) == (0.0, pytest.approx(saved, rel=0.01))


def test_stock_is_used_up_by_what_is_asked_for_before():
    lost = dict(positions([500, 10], [28.0, 28.0], 7)["B"].lost_sales)
    # Of 10 units 7 are gone when the truck comes: 21 more are asked for, and 10 - 7 there.
    assert np.interp(10, [*lost], [*lost.values()]) == pytest.approx(18.0, abs=0.3)


def test_who_gives_feels_it_at_once():
    stock, lost = positions([500, 0], [28.0, 28.0], 7)["A"].lost_sales[0]
    assert (stock, lost) == (0.0, pytest.approx(28.0, rel=0.01))
