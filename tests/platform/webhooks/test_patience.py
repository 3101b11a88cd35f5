from datetime import timedelta

from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.patience import LONGEST_PAUSE

SECOND = timedelta(seconds=1)


def test_the_pauses_triple_up_to_an_hour_and_differ():
    drawn = [[patience.pause(n) for _ in range(200)] for n in range(1, 12)]
    middles = [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600, 3600, 3600]
    for pauses, middle in zip(drawn, middles, strict=True):
        assert min(pauses) >= SECOND * middle * 0.75
        assert max(pauses) <= SECOND * middle * 1.25
        assert max(pauses) - min(pauses) > SECOND * middle * 0.3


def test_many_failures_are_no_overflow():
    assert patience.pause(10_000) <= LONGEST_PAUSE * 1.25
    assert patience.rest(10_000) <= patience.LONGEST_REST * 1.25


def test_a_webhook_rests_only_in_trouble_and_twice_as_long_each_time():
    assert patience.rest(patience.TROUBLE - 1) == timedelta(0)
    for failures, middle in enumerate((1, 2, 4, 8, 16, 32, 60, 60), patience.TROUBLE):
        rests = [patience.rest(failures) for _ in range(200)]
        assert min(rests) >= SECOND * middle * 0.75
        assert max(rests) <= SECOND * middle * 1.25
