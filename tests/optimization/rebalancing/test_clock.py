"""Time is shared out, and a stop ends it."""

import time

from fulfillment.optimization.rebalancing import clock


def test_no_seconds_are_over_at_once():
    now = clock.start(0, None)
    assert now.over()
    assert (now.left(), now.share()) == (0.0, 1.0)


def test_a_phase_ends_before_all_of_the_time_does():
    whole = clock.start(100, None)
    phase = whole.until(0.25)
    assert 24 < phase.left() <= 25
    assert whole.left() > 99
    assert not phase.over()


def test_a_phase_that_should_have_ended_is_over():
    began = time.monotonic() - 10
    assert clock.Clock(began, began + 20, lambda: False).until(0.4).over()


def test_a_stop_ends_a_clock_and_its_phases():
    asked = []
    whole = clock.start(100, lambda: bool(asked))
    phase = whole.until(0.5)
    assert not phase.over()
    asked.append(True)
    assert whole.over()
    assert phase.over()
    assert phase.left() == 0
