"""The kinds of carriers: each has the four verbs, and a name that a carrier may have."""

import inspect

import pytest

from fulfillment.network.carrier_schemas import CARRIER_TYPES
from fulfillment.network.models import Carrier
from fulfillment.platform.db import transaction
from fulfillment.shipping.carriers import kinds, verbs
from tests.shipping.carriers.conftest import Numbers

VERBS = ("rate", "label", "manifest", "parse_event")


def test_every_type_that_a_carrier_may_have_is_a_kind():
    assert set(CARRIER_TYPES) == set(kinds.KINDS)


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_kind_does_what_the_interface_says(kind, verb):
    wanted = list(inspect.signature(getattr(verbs.Adapter, verb)).parameters)[1:]
    assert list(inspect.signature(getattr(kinds.KINDS[kind], verb)).parameters) == wanted


@pytest.mark.parametrize("kind", ["table", "csv_dropbox"])
def test_a_number_of_the_range_is_given_at_the_handover(dock, packed, send, kind):
    with transaction() as session:
        session.get_one(Carrier, "FAST").type = kind
    shipment_id = packed({"S1": 1}, carrier="FAST")
    assert dock.shipment(shipment_id)["tracking_number"] is None
    handed = send(shipment_id, "handover").get_json()
    assert handed["tracking_number"].startswith("FA")
    assert handed["carrier_status"] is None


@pytest.mark.engine("sqlite")
def test_who_wants_manifests_over_http_is_told_of_them(dock, receiver):
    carrier, told = receiver(Numbers()), receiver()
    dock.put(url=carrier.url, manifest_url=told.url)
    shipment_id = dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    body = {"facility": "W1", "carrier": "HTTPX"}
    manifest = dock.post("manifests", body).get_json()
    dock.post(f"manifests/{manifest['id']}/handover")
    dock.go()
    (message,) = told.messages
    assert message.content["type"] == "manifest.closed"
    assert message.content["data"]["packages"] == manifest["lines"]
    assert len(carrier.messages) == 1
    assert dock.said(shipment_id) == ("confirmed", "N100")
    listed = dock.get("carriers/HTTPX/requests?status=confirmed").get_json()["items"]
    assert [one["kind"] for one in listed] == ["manifest", "shipment"]


@pytest.mark.engine("sqlite")
def test_who_wants_no_manifests_is_not_told(dock, receiver):
    carrier = receiver(Numbers())
    dock.put(url=carrier.url)
    dock.packed({"S1": 1}, carrier="HTTPX", service="std")
    assert dock.post("manifests", {"facility": "W1", "carrier": "HTTPX"}).status_code == 201
    dock.go()
    assert carrier.messages == []
