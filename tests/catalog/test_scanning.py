"""What a scanned code says."""

import pytest

from fulfillment.catalog import items, scanning
from fulfillment.catalog.models import Item
from fulfillment.platform.db import transaction
from fulfillment.platform.errors import Invalid

EAN = "7032069804988"
GS = "\x1d"

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sells(app):
    """Put items into the catalogue: `sells(sku=gtin)`."""

    def put(**gtins):
        with transaction() as session:
            session.add_all(Item(sku=sku, name=sku, gtin=gtin) for sku, gtin in gtins.items())

    return put


def refusal(code):
    with pytest.raises(Invalid) as refused:
        scanning.item(code)
    [told] = refused.value.errors["code"]
    return told


@pytest.mark.parametrize(
    "code",
    [
        EAN,
        "0" + EAN,
        f"]E0{EAN}",
        f"]I10{EAN}",
        f"]C0{EAN}",
        f"]C1010{EAN}",
        f"]d2{GS}010{EAN}17261231",
        f"]Q3010{EAN}21ABC{GS}",
        f"]e0010{EAN}",
        f"010{EAN}10B-7",
        f"(01)0{EAN}(10)B-7",
        "H-1",
        "]A0H-1",
    ],
)
def test_every_way_to_write_an_item_names_it(sells, code):
    sells(**{"H-1": EAN, "H-2": "4006381333931"})
    assert scanning.item(code).skus == ("H-1",)


def test_none_of_an_item_is_no_scan(sells):
    sells(S1="09506123456782")
    assert "none of them" in refusal("010950612345678230" + "0")


def test_leading_zeros_make_no_difference_to_a_gtin(sells):
    sells(U="036000291452", E="96385074", C="10036000291459")
    assert items.of_gtin("00036000291452") == items.of_gtin("0036000291452") == ("U",)
    assert items.of_gtin("00000096385074") == ("E",)
    assert items.of_gtin("10036000291459") == ("C",)
    assert items.of_gtin("036000291453") == ()


def test_a_gtin_that_could_be_an_element_string_is_the_gtin_of_its_item(sells):
    sells(H=EAN)
    reading = scanning.item(EAN)
    assert (reading.skus, reading.elements) == (("H",), {})


def test_what_nobody_sells_is_refused_with_every_reading_of_it():
    told = refusal(EAN)
    assert f"SKU {EAN}: no item has it" in told
    assert f"GTIN {EAN}: no item has it" in told
    assert "element string (7032)069804988: it names no item" in told


def test_a_code_that_is_one_item_s_sku_and_another_s_gtin_is_ambiguous(sells):
    sells(**{EAN: None, "H": EAN})
    told = refusal(EAN)
    assert told.startswith("The code is ambiguous")
    assert f"SKU {EAN}: {EAN}; GTIN {EAN}: H" in told
    assert scanning.item(f"]E0{EAN}").skus == ("H",)


def test_a_sku_that_is_its_own_gtin_is_not_ambiguous(sells):
    sells(**{EAN: EAN})
    assert scanning.item(EAN).skus == (EAN,)


def test_a_gtin_that_two_items_have_is_ambiguous(sells):
    sells(A=EAN, B=EAN)
    assert f"GTIN {EAN}: A and B" in refusal(EAN)


def test_a_sku_counts_before_an_element_string(sells):
    sells(**{"10ABC": None})
    assert scanning.item("10ABC").skus == ("10ABC",)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("7032069804989", "check digit is wrong"),
        ("]E07032069804989", "check digit is wrong"),
        ("]C10107032069804989", "Invalid GTIN check digit"),
        (f"]C1010{EAN}1711", "Failed to match"),
        (f"]C1010{EAN}10A{GS}10B", r"(10) stands twice"),
        ("]C1", "element string"),
        ("nothing", "SKU nothing: no item has it"),
        (f"(01)0{EAN}(99", "it ends too early"),
        (f"]C1010{EAN}30", "(30) is empty"),
        ("(zz)1", "element string"),
    ],
)
def test_what_is_wrong_with_a_code_is_told(sells, code, trouble):
    sells(H=EAN)
    assert trouble in refusal(code)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        (f"]C1010{EAN}3024", 24),
        (f"]C1020{EAN}3712", 12),
        (f"]C1010{EAN}10B{GS}3005", 5),
        (f"]C1010{EAN}10B3005", None),
        (EAN, None),
    ],
)
def test_the_count_of_an_element_string_is_read(sells, code, count):
    sells(H=EAN)
    assert scanning.item(code).count == count


def test_dates_batches_and_serial_numbers_are_kept_by_their_identifier(sells):
    sells(H=EAN)
    elements = scanning.item(f"]d2010{EAN}11260101172612311042{GS}21S-9").elements
    assert elements == {
        "01": f"0{EAN}",
        "11": "260101",
        "17": "261231",
        "10": "42",
        "21": "S-9",
    }


def test_the_number_of_a_package_is_no_item():
    code = "]C100095212340000000013"
    assert scanning.read(code).sscc == "095212340000000013"
    assert "is of a package" in refusal(code)
    assert "Invalid SSCC check digit" in refusal("]C100095212340000000014")


def test_a_package_that_says_what_is_in_it_is_about_those_goods(sells):
    sells(H=EAN)
    reading = scanning.item(f"]C100095212340000000013020{EAN}3712")
    assert (reading.skus, reading.count, reading.sscc) == (("H",), 12, None)
