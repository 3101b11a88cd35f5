from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.network.ends import Ends
from fulfillment.network.offers import Services, best_of_any
from fulfillment.network.service_rates import Band, Prices, ServiceRates, rise_of
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


@given(
    services(),
    st.lists(st.tuples(st.sampled_from(["residence", "business"]), weights), max_size=6),
    st.lists(st.floats(0, 3_000), min_size=1, max_size=4),
)
def test_the_best_offers_of_many_orders_are_those_of_each_alone(loaded, orders, km):
    ways = [
        Services(loaded, Ends([], replace(HOUSTON, kind=kind), np.roll(np.array(km), turn)))
        for turn, (kind, _) in enumerate(orders)
    ]
    grams = [weight for _, weight in orders]
    for way, weight, many in zip(ways, grams, best_of_any(ways, grams), strict=True):
        alone = way.best(weight)
        assert many.fixed.tolist() == alone.fixed.tolist()
        assert many.per_g.tolist() == alone.per_g.tolist()
        for i in np.flatnonzero(way.reached()).tolist():
            assert many.at(i) == alone.at(i)
            prices = [offer.fixed + offer.per_g * max(weight, 1) for offer in way.each(i, weight)]
            best = many.at(i)
            assert best.fixed + best.per_g * max(weight, 1) == pytest.approx(min(prices))
