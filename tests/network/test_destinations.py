import pytest

from fulfillment.network.destinations import resolve
from fulfillment.network.imports import import_postal_codes
from fulfillment.platform.db import transaction
from fulfillment.platform.errors import Invalid
from fulfillment.platform.tables import numbered

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("postal_code", ["77429", "77429-1234"])
def test_a_zip_code_is_a_place(postal_code):
    place = resolve({"postal_code": postal_code})
    assert (place.lat, place.lng, place.country) == (29.9766, -95.6358, "US")
    assert (place.timezone, place.kind) == ("America/Chicago", "residence")


def test_coordinates_go_before_the_postal_code():
    place = resolve({"lat": 30.0, "lng": -95.0, "postal_code": "77429", "kind": "business"})
    assert (place.lat, place.lng, place.kind) == (30.0, -95.0, "business")


def test_an_imported_postal_code_is_found_however_it_is_written():
    with transaction():
        row = {"country": "GB", "postal_code": "SW1A 1AA", "lat": 51.5, "lng": -0.14}
        import_postal_codes(numbered([row]))
    assert resolve({"postal_code": "sw1a1aa", "country": "GB"}).lat == 51.5


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "destination"),
        ({"country": "DE"}, "destination"),
        ({"postal_code": "00000"}, "destination.postal_code"),
        ({"postal_code": "7742"}, "destination.postal_code"),
        ({"postal_code": "٧٧٤٢٩"}, "destination.postal_code"),
        ({"postal_code": "10115", "country": "DE"}, "destination.postal_code"),
        ({"lat": 90.1, "lng": 0}, "destination.lat"),
        ({"lat": float("nan"), "lng": 0}, "destination.lat"),
        ({"lat": 1.0}, "destination.lng"),
    ],
)
def test_what_cannot_be_located_is_refused_at_its_field(given, field):
    with pytest.raises(Invalid) as refusal:
        resolve(given)
    assert field in refusal.value.errors
