"""Quantiles and chances of transit times, against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.tracking.chances import chance_late, quantile, risky_after

SAMPLES = st.lists(st.integers(0, 20), min_size=1, max_size=40).map(sorted)
DAYS = st.integers(-1, 22)


def counted_chance(samples, allowed, over):
    left = [days for days in samples if days > over]
    return sum(days > allowed for days in left) / len(left)


@given(SAMPLES, DAYS, DAYS)
def test_the_chance_to_be_late_is_the_share_of_those_still_out_that_were(samples, allowed, over):
    if over >= allowed or over >= samples[-1]:
        assert chance_late(samples, allowed, over) == 1.0
    else:
        assert chance_late(samples, allowed, over) == counted_chance(samples, allowed, over)


@given(SAMPLES, DAYS, st.floats(0.05, 0.99))
def test_a_shipment_is_at_risk_after_the_first_day_on_which_its_chance_is_too_high(
    samples, allowed, limit
):
    days = sorted({-1, *(days for days in samples if days < allowed)})
    risky = [d for d in days if d < samples[-1] and counted_chance(samples, allowed, d) > limit]
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
def test_a_quantile_is_the_least_time_by_which_that_share_had_come(samples, share, over):
    left = [days for days in samples if days > over]
    found = quantile(samples, share, over)
    if not left:
        assert found is None
        return
    shares = {days: sum(other <= days for other in left) / len(left) for days in left}
    assert found == min(days for days in left if shares[days] >= share - 1e-12)


def test_nine_of_ten_of_thirty_are_twenty_seven():
    assert quantile([1] * 26 + [4] * 4, 0.9) == 4
    assert quantile([1] * 27 + [4] * 3, 0.9) == 1
