"""Quantiles and chances of transit times, against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.tracking.chances import chance_late, quantile, risky_after

SAMPLES = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=40).map(sorted)
DAYS = st.integers(0, 22).map(float)


def counted_chance(samples, allowed, elapsed):
    left = [days for days in samples if days > elapsed]
    return sum(days > allowed for days in left) / len(left)


@given(SAMPLES, DAYS, DAYS)
def test_the_chance_to_be_late_is_the_share_of_those_still_out_that_were(samples, allowed, elapsed):
    if elapsed >= allowed or elapsed >= samples[-1]:
        assert chance_late(samples, allowed, elapsed) == 1.0
    else:
        chance = chance_late(samples, allowed, elapsed)
        assert chance == counted_chance(samples, allowed, elapsed)


@given(SAMPLES, DAYS, st.floats(0.05, 0.99))
def test_a_shipment_is_at_risk_from_the_first_moment_at_which_its_chance_is_too_high(
    samples, allowed, limit
):
    moments = sorted({0.0, *(days for days in samples if days < allowed)})
    risky = [e for e in moments if e < samples[-1] and counted_chance(samples, allowed, e) > limit]
    after = risky_after(samples, allowed, limit)
    if samples[-1] <= allowed:
        assert after is None
    elif after is None:
        assert risky == []
    else:
        assert after == min(risky, default=after)
        if after < allowed:
            assert chance_late(samples, allowed, after) > limit


@given(SAMPLES, st.floats(0.05, 1.0), DAYS)
def test_a_quantile_is_the_least_time_by_which_that_share_had_come(samples, share, elapsed):
    left = [days for days in samples if days > elapsed] if elapsed else samples
    found = quantile(samples, share, elapsed)
    if not left:
        assert found is None
        return
    shares = {days: sum(other <= days for other in left) / len(left) for days in left}
    assert found == min(days for days in left if shares[days] >= share - 1e-12)
