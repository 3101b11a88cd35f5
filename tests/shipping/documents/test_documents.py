"""Labels and packing slips, printed and read back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from fulfillment.catalog.models import Item
from fulfillment.network.models import Facility
from fulfillment.platform.db import db, transaction
from fulfillment.shipping import packages, states
from fulfillment.shipping.models import Status
from tests.shipping.conftest import TOMORROW
from tests.shipping.documents import printing

HOME = {
    "name": "Zoë Müller",
    "street": "12 Main Street",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "country": "US",
}

SCRIPTS = ["Ελένη", "Дмитрий", "Նարե", "山田太郎", "王小明", "김민수"]
SHAPED = ["محمد علي", "דנה כהן", "नमस्ते", "สมชาย"]


@pytest.fixture
def get(client, auth):
    headers = auth("warehouse")

    def read(path, **more):
        return client.get(f"/v1/{path}", headers=headers | more)

    return read


@pytest.fixture
def boxed(house, send):
    """Pack units of S1 into so many packages for an address; return the shipment's id."""

    def make(count=1, destination=None, **options):
        shipment_id = house.shipment({"S1": 2}, destination=destination or HOME, **options)
        send(shipment_id, "pick")
        assert send(shipment_id, "pack", {"packages": count}).status_code == 200
        return shipment_id

    return make


def numbers_of(shipment_id):
    db.session.rollback()
    return [package.sscc for package in packages.live(shipment_id)]


def test_a_label_has_a_page_for_each_package_and_its_barcode_reads_back(boxed, get):
    shipment_id = boxed(3)
    answer = get(f"shipments/{shipment_id}/label.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = printing.pictures(answer.data)
    assert [page.size for page in pages] == [(812, 1218)] * 3
    read = [printing.codes(page) for page in pages]
    assert read == [[("]C1", f"(00){sscc}")] for sscc in numbers_of(shipment_id)]


def test_a_label_says_from_whom_to_whom_and_which_package_it_is(boxed, get):
    told = printing.text_of(get(f"shipments/{boxed(2, carrier='FAST')}/label.pdf").data)
    for text in ("W1", "SHIP TO", "Zoë Müller", "12 Main Street", "Springfield, IL 62701", "FAST"):
        assert text in told
    assert "Package 1 of 2" in told
    assert "Package 2 of 2" in told


def test_a_label_in_zpl_encodes_the_same_number_in_the_same_symbol(boxed, get):
    shipment_id = boxed(2)
    answer = get(f"shipments/{shipment_id}/label.zpl")
    assert (answer.status_code, answer.mimetype) == (200, "application/zpl")
    job = printing.labels(answer.text)
    numbers = numbers_of(shipment_id)
    for label, sscc in zip(job, numbers, strict=True):
        [barcode] = [field for field in label if "BC" in field.commands]
        assert barcode.data == f">;>800{sscc}"
        assert barcode.commands["BC"].split(",")[2:] == ["N", "N", "N", "N"]
        assert printing.codes(printing.symbol(barcode)) == [("]C1", f"(00){sscc}")]


def test_the_label_comes_in_the_form_that_is_accepted(boxed, get):
    path = f"shipments/{boxed()}/label"
    assert get(path).mimetype == "application/pdf"
    assert get(path, Accept="application/zpl").data == get(f"{path}.zpl").data
    assert "Accept" in get(path).vary


def test_a_reprint_is_the_same_to_the_byte(boxed, get):
    path = f"shipments/{boxed()}/label.pdf"
    first = get(path)
    assert get(path).data == first.data
    again = get(path, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name", [*SCRIPTS, *(pytest.param(name, marks=printing.shaping) for name in SHAPED)]
)
def test_an_address_in_any_script_prints_in_both_forms(boxed, get, name):
    plain, other = boxed(destination=HOME | {"name": "x"}), boxed(destination=HOME | {"name": name})
    [without], [page] = (
        printing.pictures(get(f"shipments/{one}/label.pdf").data) for one in (plain, other)
    )
    line = (30, 260, 700, 310)
    assert ink(page.crop(line)) > 2 * ink(without.crop(line)) > 0
    assert len(printing.codes(page)) == 1
    [job] = printing.labels(get(f"shipments/{other}/label.zpl").text)
    [drawn] = [printing.graphic(field) for field in job if "GF" in field.commands]
    assert drawn.width > drawn.height
    assert ink(drawn.point(lambda grey: 255 - grey)) > 100


def ink(picture):
    return picture.histogram()[0]


def test_characters_that_no_font_has_are_refused_by_name(boxed, get):
    shipment_id = boxed(destination=HOME | {"street": "12 \U00012000 Street"})
    for document in ("label.pdf", "label.zpl", "packing-slip"):
        answer = get(f"shipments/{shipment_id}/{document}")
        assert answer.status_code == 422
        assert answer.json["errors"] == {
            "destination.street": ["No font here has: \U00012000 (U+12000)."]
        }


def test_an_address_as_long_as_may_be_stays_off_the_barcode(boxed, get):
    long = {"name": "W" * 200, "street": "Wide street " * 16, "city": "W" * 200, "state": "W" * 64}
    [page] = printing.pictures(get(f"shipments/{boxed(destination=HOME | long)}/label.pdf").data)
    assert len(printing.codes(page)) == 1
    between_the_rule_and_the_notes = (0, 660, page.width, 672)
    assert page.crop(between_the_rule_and_the_notes).getextrema() == (255, 255)


def test_an_address_of_which_only_the_postal_code_is_known_prints(boxed, get):
    shipment_id = boxed(destination={"postal_code": "10001", "country": "US"})
    assert "10001" in printing.text_of(get(f"shipments/{shipment_id}/label.pdf").data)


def test_commands_in_an_address_do_not_reach_the_printer(boxed, get):
    shipment_id = boxed(destination=HOME | {"name": "^XA~JA_5E"})
    job = get(f"shipments/{shipment_id}/label.zpl").text
    assert job.count("^XA") == 1
    assert "~" not in job
    assert "^FD_5EXA_7EJA_5F5E^FS" in job


def test_there_is_a_label_only_once_it_is_packed(house, send, boxed, get):
    shipment_id = house.shipment({"S1": 1})
    answer = get(f"shipments/{shipment_id}/label")
    assert answer.status_code == 409
    assert answer.json["allowed"][:2] == ["packed", "handed_over"]
    packed = boxed()
    send(packed, "handover")
    assert get(f"shipments/{packed}/label").status_code == 200
    voided = boxed()
    send(voided, "void-label")
    assert get(f"shipments/{voided}/label").status_code == 409


def test_a_label_is_printed_again_once_the_parcel_moves(boxed, get, send, house):
    packed = boxed()
    before = get(f"shipments/{packed}/label.pdf").data
    send(packed, "handover")
    with transaction():
        states.advance(house.find(packed), Status.IN_TRANSIT)
    assert get(f"shipments/{packed}/label.pdf").data == before


def test_a_pick_list_has_the_units_of_all_released_shipments_of_a_facility(house, send, get):
    soon, late = TOMORROW, TOMORROW + timedelta(days=2)
    first = house.shipment({"S2": 1}, ship_by=soon)
    second = house.shipment({"S1": 2, "S2": 3}, ship_by=late)
    other = house.shipment({"S1": 9}, facility="W2")
    house.shipment({"S1": 7})  # not released
    for one in (first, second, other):
        send(one, "release")
    told = get("pick-list?facility=W1").json["lines"]
    assert [(t["sku"], t["quantity"], t["shipments"]) for t in told] == [("S2", 4, 2), ("S1", 2, 1)]
    until = soon.isoformat().replace("+", "%2B")
    few = get(f"pick-list?facility=W1&ship_by_until={until}").json["lines"]
    assert [(t["sku"], t["quantity"]) for t in few] == [("S2", 1)]
    lines = get("pick-list.csv?facility=W1").text.split()
    assert lines[0] == "sku,name,quantity,shipments,ship_by"
    assert [line.split(",")[:3] for line in lines[1:]] == [["S2", "S2", "4"], ["S1", "S1", "2"]]
    assert get("pick-list.pdf?facility=W1").data.startswith(b"%PDF")
    assert get("pick-list?facility=W9").json["errors"] == {"facility": ["Unknown facility."]}


def test_a_pick_list_is_of_the_keys_own_facility(client, auth, house):
    headers = auth("warehouse", facilities=["W2"])
    assert client.get("/v1/pick-list?facility=W1", headers=headers).status_code == 403


def test_a_key_of_another_facility_sees_no_address(boxed, client, auth):
    shipment_id, headers = boxed(), auth("warehouse", facilities=["W2"])
    for document in ("label", "label.zpl", "packing-slip"):
        answer = client.get(f"/v1/shipments/{shipment_id}/{document}", headers=headers)
        assert answer.status_code == 403


def test_a_packing_slip_tells_what_is_in_which_package(house, send, get):
    with transaction() as session:
        session.get(Item, "S1").name = "Hammer, 山"
    shipment_id = house.shipment({"S1": 3, "S2": 1}, destination=HOME)
    send(shipment_id, "pick")
    boxes = [[("S1", 2)], [("S1", 1), ("S2", 1)]]
    told = [{"lines": [{"sku": s, "quantity": n} for s, n in lines]} for lines in boxes]
    before = printing.text_of(get(f"shipments/{shipment_id}/packing-slip").data)
    assert "an order" in before
    assert "Package" not in before
    send(shipment_id, "pack", {"packages": told})
    text = printing.text_of(get(f"shipments/{shipment_id}/packing-slip.pdf").data)
    for number, sscc in enumerate(numbers_of(shipment_id), 1):
        assert f"Package {number} of 2: {sscc}" in text
    assert "Zoë Müller" in text


class TestSender:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, label_sender="Acme; Dock 4 ;Łódź")

    def test_the_sender_is_as_the_settings_say(self, boxed, get):
        text = printing.text_of(get(f"shipments/{boxed()}/label.pdf").data)
        assert [line for line in ("Acme", "Dock 4", "Łódź") if line in text] == [
            "Acme",
            "Dock 4",
            "Łódź",
        ]


def test_without_that_the_sender_is_the_facility(boxed, get):
    with transaction() as session:
        session.get(Facility, "W1").name = "North dock"
    assert "North dock" in printing.text_of(get(f"shipments/{boxed()}/label.pdf").data)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("name", ["Zoë Müller", "山田太郎"])
def test_a_hundred_packages_are_a_hundred_labels(boxed, get, name):
    shipment_id = boxed(100, destination=HOME | {"name": name})
    assert printing.pages_of(get(f"shipments/{shipment_id}/label.pdf").data) == 100
    assert get(f"shipments/{shipment_id}/label.zpl").text.count("^XZ") == 100
