"""Who asks too often costs no choice."""

from dataclasses import replace

import pytest
import time_machine
from msgspec import structs

from fulfillment.platform import clock
from fulfillment.sourcing.checkout import quick
from tests.world import admin_headers


@pytest.fixture
def settings(settings):
    return structs.replace(settings, rate_limit="4/minute")


@pytest.fixture
def searched(monkeypatch):
    """The questions that took a search; none here is plain."""
    questions, real = [], quick.choose

    def choose(question):
        questions.append(question)
        return real(question)

    monkeypatch.setattr(quick, "plain_choice", lambda question: None)
    monkeypatch.setattr(quick, "choose", choose)
    return questions


def test_a_call_above_the_limit_is_refused_before_it_is_chosen_for(stocked, searched):
    shop = replace(stocked, headers=admin_headers())
    with time_machine.travel(clock.now(), tick=False):
        shop.get("facilities")  # its key is known from now on
        answers = [shop.reserve(f"c{number}", {"S1": 1}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert len(searched) == 3
