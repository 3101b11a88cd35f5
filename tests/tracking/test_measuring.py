"""What deliveries took becomes the promise of the next ones, in the carrier's working days."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update

from fulfillment.network.models import Carrier
from fulfillment.network.transit_models import LaneTransit
from fulfillment.platform import migrations
from fulfillment.platform.db import db, transaction
from fulfillment.tracking import lanes, measuring
from fulfillment.tracking.models import Journey

TUESDAY = datetime(2026, 7, 14, 16, tzinfo=UTC)  # noon in New York, before the cut-off in Chicago


@pytest.fixture
def clock(world):
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def delivered(ship, tell, *left):
    """Deliver now what left so many calendar days ago."""
    for days in left:
        tell(ship(), ("in_transit", -24 * days), ("delivered", 0))


def option(world):
    """Return what a customer is told of one unit."""
    answer = world.source({"S1": 1}, options=1)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["options"][0]["shipments"][0]


def promise(world):
    told = option(world)
    return told["deliver_by"], told["transit"]


def measured():
    db.session.rollback()
    return [(one.days, one.samples) for one in db.session.scalars(select(LaneTransit))]


def test_thirty_deliveries_make_a_promise_and_twenty_nine_do_not(clock, fast, ship, tell):
    delivered(ship, tell, *[1] * (lanes.ENOUGH - 1))
    assert measuring.refresh() == "0 lanes measured, 0 of them with other days than before"
    assert promise(fast) == ("2026-07-17", "brochure")
    delivered(ship, tell, 1)
    assert measuring.refresh() == "1 lanes measured, 1 of them with other days than before"
    assert measuring.refresh() == "1 lanes measured, 0 of them with other days than before"
    assert promise(fast) == ("2026-07-15", "measured")


@pytest.mark.engine("sqlite")
def test_a_promise_is_what_nine_of_ten_deliveries_kept(clock, fast, ship, tell):
    # On Tuesday, what left a week ago took five working days, or what left on Monday one.
    delivered(ship, tell, *[1] * 27, *[7] * 3)
    measuring.refresh()
    assert measured() == [(1, 30)]
    delivered(ship, tell, 7)
    measuring.refresh()
    assert measured() == [(5, 31)]
    assert promise(fast) == ("2026-07-21", "measured")


@pytest.mark.engine("sqlite")
def test_a_weekend_is_no_slowness(clock, fast, ship, tell):
    clock.move_to(TUESDAY - timedelta(days=1))
    delivered(ship, tell, *[3] * 30)  # Friday to Monday
    measuring.refresh()
    assert measured() == [(1, 30)]


@pytest.mark.engine("sqlite")
def test_a_carrier_that_works_on_saturdays_took_longer_over_one(clock, fast, ship, tell):
    with transaction() as session:
        session.execute(update(Carrier).values(working_days=[1, 2, 3, 4, 5, 6]))
    clock.move_to(TUESDAY - timedelta(days=1))
    delivered(ship, tell, *[3] * 30)
    measuring.refresh()
    assert measured() == [(2, 30)]


@pytest.mark.engine("sqlite")
def test_a_history_of_long_ago_says_nothing(clock, fast, ship, tell):
    delivered(ship, tell, *[1] * 30)
    measuring.refresh()
    clock.shift(lanes.MEMORY + timedelta(days=1))
    assert measuring.refresh() == "0 lanes measured, 1 of them with other days than before"
    assert promise(fast)[1] == "brochure"


def test_a_delivery_that_is_corrected_is_measured_no_more(clock, fast, ship, tell):
    shipment = ship()
    tell(shipment, ("in_transit", -24), ("delivered", 0))
    event = fast.get(f"shipments/{shipment['id']}/events")["items"][-1]
    assert db.session.scalars(select(Journey.days)).all() == [1]
    tell(shipment, ("in_transit", 0), corrects=event["event_id"])
    db.session.rollback()
    assert db.session.scalars(select(Journey.days)).all() == [None]


@pytest.mark.engine("sqlite")
def test_a_promise_once_given_stays_whatever_is_measured_or_sold_later(clock, fast, ship, tell):
    held = fast.reserve("c-1", {"S1": 1}).get_json()
    order = fast.order("early", {"S1": 1}).get_json()
    delivered(ship, tell, *[7] * 30)
    measuring.refresh()
    slow = {"service": "ground", "max_weight_g": 100_000, "price": "1.00", "transit_days": 9}
    assert fast.post("carriers/FAST/rates", {"rates": [slow]}).status_code == 200
    assert promise(fast) == ("2026-07-21", "measured")

    def told(document):
        return [(one["deliver_by"], one["transit"]) for one in document["shipments"]]

    as_given = [("2026-07-17", "brochure")]
    assert told(fast.get(f"reservations/{held['id']}")) == as_given
    assert told(fast.get(f"orders/{order['id']}")) == as_given
    later = fast.post("orders", {"order_ref": "later", "reservation_id": held["id"]}).get_json()
    assert told(later) == as_given
    assert later["promised_by"] == "2026-07-17"
    shipment = fast.get(f"shipments/{order['shipments'][0]['id']}")
    assert (shipment["deliver_by"], shipment["transit"]) == as_given[0]


def test_reservations_orders_and_shipments_say_what_their_promise_is_made_from(
    clock, fast, ship, tell
):
    delivered(ship, tell, *[1] * 30)
    fast.reserve("c-0", {"S1": 1})  # the world as it was is in memory
    measuring.refresh()
    held = fast.reserve("c-1", {"S1": 1}).get_json()
    order = fast.post("orders", {"order_ref": "o", "reservation_id": held["id"]}).get_json()
    shipment = fast.get(f"shipments/{order['shipments'][0]['id']}")
    told = [held["shipments"][0], order["shipments"][0], shipment]
    assert {(one["deliver_by"], one["transit"]) for one in told} == {("2026-07-15", "measured")}
    [candidate] = fast.get(f"orders/{order['id']}/decision")["decision"]["candidates"]
    assert (candidate["deliver_by"], candidate["transit"]) == ("2026-07-15", "measured")


def test_availability_and_the_explanation_count_with_the_measure(clock, fast, ship, tell):
    delivered(ship, tell, *[1] * 30)
    measuring.refresh()
    place = {"lat": 30.0, "lng": -90.0}
    found = fast.post("availability", {"skus": ["S1"], "destination": place}).get_json()
    assert found["items"][0]["deliver_by"] == "2026-07-15"
    [chosen] = fast.source({"S1": 1}, options=1).get_json()["options"]
    [candidate] = chosen["explanation"]["candidates"]
    assert (candidate["deliver_by"], candidate["transit"]) == ("2026-07-15", "measured")


def test_what_was_measured_in_calendar_days_becomes_weekdays(clock, fast, ship, tell):
    delivered(ship, tell, 5)  # Thursday to Tuesday
    db.session.rollback()
    db.session.remove()
    migrations.downgrade("0020")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE journeys SET days = 4.97"))
    migrations.upgrade()
    assert db.session.scalars(select(Journey.days)).all() == [3]
