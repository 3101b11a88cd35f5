import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fulfillment.network.ends import Ends
from fulfillment.network.offers import Services
from fulfillment.network.service_rates import Band, Prices, ServiceRates, price_by_weight, rise_of
from tests.network.test_lanes import HOUSTON

EDGES_KM = np.array([500.0, 2_000.0])
weights = st.integers(0, 5_000)
bands = st.tuples(*[st.integers(1, 40)] * 2).map(lambda ends: ((900, ends[0]), (2_500, sum(ends))))


@st.composite
def services(draw):
    """Some services by distance, dearer to residences; beyond the last edge nothing goes."""

    def priced(more):
        near_and_far = draw(st.lists(bands, min_size=2, max_size=2))
        steps = [
            tuple((up_to, float(price + more)) for up_to, price in one) for one in near_and_far
        ]
        return Prices([Band(None, draw(st.integers(1, 3)), rise_of(one), one) for one in steps])

    names = [f"S{n}" for n in range(draw(st.integers(1, 3)))]
    return [ServiceRates("C", name, None, EDGES_KM, priced(3), priced(0)) for name in names]


@given(services(), st.sampled_from(["residence", "business"]), weights | st.none())
def test_the_best_offer_of_each_way_is_the_first_by_price_days_and_name(loaded, kind, grams):
    km = np.array([10.0, 500.0, 501.0, 2_000.0, 2_001.0])
    ways = Services(loaded, Ends([], replace(HOUSTON, kind=kind), km))
    best, weight = ways.best(grams), 1_000 if grams is None else max(grams, 1)
    assert np.isfinite(best.price).tolist() == [True] * 4 + [False]
    for i, at in enumerate([0, 0, 1, 1]):
        prices = [service.prices_to(kind).bands[at] for service in loaded]
        price, days, name = min(
            (price_by_weight(band.bands, weight), band.transit_days, service.service)
            for band, service in zip(prices, loaded, strict=True)
        )
        told = best.at(i)
        assert (best.price[i], told.band.transit_days, told.service) == (price, days, name)
        assert (told.fixed, told.per_g) == (best.fixed[i], best.per_g[i])
        assert told.fixed + told.per_g * weight == pytest.approx(price)
        assert {one.service for one in ways.each(i, grams)} == {s.service for s in loaded}
