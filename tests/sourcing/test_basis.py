"""What is kept beside a brief explanation says what prices were made from, and is little."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from fulfillment.inventory.models import Hold
from fulfillment.platform.db import db
from tests.retellings import (
    WEDNESDAY,
    alike,
    by_facility,
    expect,
    follow,
    reserved,
    same,
    standing_clock,
    wave,
)

__all__ = ["expect", "follow", "reserved", "same", "standing_clock", "wave"]


@pytest.fixture
def busy(world):
    """The customer between two facilities, a little nearer to the one whose zone is busy."""
    world.has(
        {"BUSY": {"S1": 2, "S2": 9}, "CALM": {"S1": 20, "S2": 9}},
        km={"BUSY": 900, "CALM": -1000},
        weight_g=20_000,
    )
    return world


def test_marginal_values_say_what_they_were_made_from(busy, same, expect):
    expect(S1={"BUSY": 2.0, "CALM": 1.5}, S2={"CALM": 0.4})
    told = same({"S1": 1, "S2": 1})
    [why, *_] = by_facility(told)["BUSY"]["priced_by"]
    assert (why["source"], why["stock"], why["demand"]) == ("marginal", 2, 14.0)
    assert told["terms"]["price"] > 0


def test_prices_stay_those_of_their_moment_when_others_are_published(
    busy, same, reserved, expect, wave, follow
):
    follow(prices={"source": "blend", "weight": 2})
    expect(S1={"BUSY": 2.0, "CALM": 1.0})
    wave({"BUSY": 3.0}, {"BUSY": 1.5, "CALM": 0.5})
    before = same({"S1": 1})
    tell = reserved({"S1": 1}, cart="kept")
    sources = [why["source"] for why in by_facility(before)["BUSY"]["priced_by"]]
    assert sources == ["wave", "wave"]
    with time_machine.travel(WEDNESDAY + timedelta(minutes=5), tick=False):
        told = tell()
        expect(S1={"BUSY": 0.1}, S2={"BUSY": 1.0})
        wave({"CALM": 9.0})
        assert tell() == told
    assert alike(told["terms"], before["terms"])
    assert by_facility(told)["BUSY"]["priced_by"] == [
        why | {"age_minutes": 0.0} for why in by_facility(before)["BUSY"]["priced_by"]
    ]


def test_without_a_price_anywhere_nothing_is_kept_beside_the_plan(busy, same, expect, reserved):
    expect(S1={"CALM": 0.001})
    told = same({"S1": 1})
    assert by_facility(told)["BUSY"]["priced_by"] == []
    [plan] = db.session.scalars(select(Hold.plan))
    assert "basis" not in plan["explanation"]
    assert "limits" not in plan
