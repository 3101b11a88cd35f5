"""Events as they are recorded, row by row."""

import pytest
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event

AT = "2026-11-20T12:00:00+00:00"


def row(event_id="e", status="in_transit", **more):
    return {"event_id": event_id, "status": status, "occurred_at": AT, **more}


def posted(world, *rows, **headers):
    answer = world.post("tracking-events", {"events": rows}, **headers)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def news(kind):
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.kind == kind)).all()


def test_a_shipment_goes_all_the_way_and_its_order_with_it(fast, ship, tell, status):
    shipment = ship()
    for word, standing in (
        ("pre_transit", "handed_over"),
        ("in_transit", "in_transit"),
        ("out_for_delivery", "out_for_delivery"),
        ("attempt_failed", "attempted"),
        ("delivered", "delivered"),
    ):
        report = tell(shipment, (word, 0))
        assert report["recorded"] == 1
        assert status(shipment) == standing
    assert fast.get(f"orders/{shipment['order_id']}")["status"] == "delivered"
    assert len(news("shipment.in_transit")) == len(news("shipment.delivered")) == 1
    assert len(news("order.delivered")) == 1
    assert len(news("tracking.updated")) == 5


def test_a_late_in_transit_after_delivered_changes_nothing(fast, ship, tell, status):
    shipment = ship()
    tell(shipment, ("delivered", -1))
    assert tell(shipment, ("in_transit", -5), ("in_transit", 0))["recorded"] == 2
    assert status(shipment) == "delivered"
    events = fast.get(f"shipments/{shipment['id']}/events")["items"]
    assert [event["status"] for event in events] == ["in_transit", "delivered", "in_transit"]


def test_the_same_event_twice_is_one_event(fast, ship):
    shipment = ship()
    told = row(shipment_id=shipment["id"])
    report = posted(fast, told, told)
    assert [one["outcome"] for one in report["outcomes"]] == ["recorded", "duplicate"]
    assert posted(fast, told)["duplicate"] == 1
    assert len(fast.get(f"shipments/{shipment['id']}/events")["items"]) == 1


def test_each_row_has_an_outcome_of_its_own(fast, ship):
    shipment = ship()
    report = posted(
        fast,
        row("a", shipment_id=shipment["id"]),
        row("b", tracking_number="nobody's"),
        row("c"),
        row("d", sscc="12"),
        "no row",
    )
    assert [one["outcome"] for one in report["outcomes"]] == [
        "recorded",
        "unknown_shipment",
        "refused",
        "refused",
        "refused",
    ]
    assert report["outcomes"][2]["errors"].keys() == {"shipment_id"}
    assert report["outcomes"][3]["errors"].keys() == {"sscc"}
    assert (report["rows"], report["recorded"], report["refused"]) == (5, 1, 3)


def test_a_shipment_is_named_by_its_number_or_that_of_a_package(fast, ship):
    shipment = ship()
    [package] = fast.get(f"shipments/{shipment['id']}/packages")["items"]
    report = posted(
        fast,
        row("a", tracking_number=shipment["tracking_number"]),
        row("b", sscc=package["sscc"]),
        row("c", sscc=f"(00){package['sscc']}"),
        row("d", sscc=package["sscc"], shipment_id=ship()["id"]),
    )
    assert [one["outcome"] for one in report["outcomes"]] == [*["recorded"] * 3, "unknown_shipment"]
    assert {one["shipment_id"] for one in report["outcomes"]} == {shipment["id"], None}


def test_what_is_not_known_may_be_null(fast, ship):
    told = row(shipment_id=ship()["id"])
    nothing = dict.fromkeys(("tracking_number", "sscc", "carrier", "status_detail", "location"))
    assert posted(fast, told | nothing | {"message": None, "corrects": None})["recorded"] == 1


def test_csv_is_taken_as_well(fast, ship, client):
    lines = f"event_id,shipment_id,status,occurred_at\r\ne1,{ship()['id']},delivered,{AT}\r\n"
    answer = client.post(
        "/v1/tracking-events", data=lines, headers={**fast.headers, "Content-Type": "text/csv"}
    )
    assert answer.get_json()["recorded"] == 1


def test_more_than_a_thousand_rows_are_refused(fast):
    answer = fast.post("tracking-events", {"events": [row(str(n)) for n in range(1001)]})
    assert answer.status_code == 422


def test_a_moment_in_the_future_is_refused(fast, ship):
    told = row(shipment_id=ship()["id"]) | {"occurred_at": "2199-01-01T00:00:00Z"}
    assert posted(fast, told)["outcomes"][0]["errors"].keys() == {"occurred_at"}


def test_a_carrier_tells_of_its_own_shipments_only(fast, ship, auth, client):
    shipment = ship()

    def told_by(key, **more):
        body = {"events": [row(f"by {key}", shipment_id=shipment["id"], **more)]}
        headers = auth("carrier", carrier=key)
        return client.post("/v1/tracking-events", json=body, headers=headers)

    assert told_by("SLOW").get_json()["unknown_shipment"] == 1
    assert told_by("FAST", carrier="SLOW").get_json()["refused"] == 1
    assert told_by("FAST").get_json()["recorded"] == 1
    assert told_by(None).status_code == 403


@pytest.mark.parametrize("role", ["storefront", "warehouse", "planner", "viewer"])
def test_others_may_not_tell(client, auth, role):
    answer = client.post("/v1/tracking-events", json={"events": []}, headers=auth(role))
    assert answer.status_code == 403


def test_an_unknown_word_is_recorded_with_its_text(fast, ship, status):
    shipment = ship()
    report = posted(fast, row("a", "Sortation Hub 7", shipment_id=shipment["id"]))
    assert report["outcomes"][0]["status"] == "unknown"
    [event] = fast.get(f"shipments/{shipment['id']}/events")["items"]
    assert (event["status"], event["carrier_status"]) == ("unknown", "Sortation Hub 7")
    assert status(shipment) == "handed_over"


def test_a_correction_voids_one_event_and_the_state_is_derived_again(fast, ship, status):
    shipment = ship()
    named = {"shipment_id": shipment["id"]}
    posted(fast, row("a", "in_transit", **named), row("b", "delivered", **named))
    assert fast.get(f"orders/{shipment['order_id']}")["status"] == "delivered"
    posted(fast, row("c", "unknown", corrects="b", **named))
    assert status(shipment) == "in_transit"
    assert fast.get(f"shipments/{shipment['id']}")["delivered_at"] is None
    assert fast.get(f"orders/{shipment['order_id']}")["status"] == "shipped"
    events = fast.get(f"shipments/{shipment['id']}/events")["items"]
    assert {event["event_id"]: event["voided"] for event in events} == {
        "a": False,
        "b": True,
        "c": False,
    }


def test_a_correction_of_all_that_was_told_is_no_second_handover(fast, ship, status):
    shipment = ship()
    named = {"shipment_id": shipment["id"]}
    posted(fast, row("b", "unknown", corrects="a", **named))
    posted(fast, row("a", "delivered", **named))
    assert status(shipment) == "handed_over"
    posted(fast, row("c", "in_transit", **named))
    posted(fast, row("d", "unknown", corrects="c", **named))
    assert status(shipment) == "handed_over"
    assert len(news("shipment.handed_over")) == 1


def test_a_shipment_of_two_parcels_is_delivered_with_the_last(fast, ship, status):
    shipment = ship(to="pick")
    packing = {"packages": 2}
    assert fast.post(f"shipments/{shipment['id']}/pack", packing).status_code == 200
    assert fast.post(f"shipments/{shipment['id']}/handover").status_code == 200
    first, second = (p["sscc"] for p in fast.get(f"shipments/{shipment['id']}/packages")["items"])
    posted(fast, row("a", "delivered", sscc=first))
    assert status(shipment) == "in_transit"
    posted(fast, row("b", "delivered", sscc=second))
    assert status(shipment) == "delivered"
