"""Which font has which character."""

import pytest

from fulfillment.platform.errors import Invalid
from fulfillment.shipping.documents import faces
from tests.shipping.documents import printing


@printing.shaping
def test_each_character_comes_from_a_font_that_has_it():
    runs = [(run.face.stem, run.text) for run in faces.runs("Ab 山 दिल्ली 7")]
    assert runs == [
        ("NotoSans[wght]", "Ab "),
        ("NotoSansCJKjp-Regular", "山 "),
        ("NotoSansDevanagari[wght]", "दिल्ली 7"),
    ]


def test_latin_greek_and_cyrillic_are_plain():
    assert faces.is_plain("Łódź Ελλάδα Привет ẞ € № 12")
    assert not faces.is_plain("ab山")


def test_the_first_letter_says_in_which_direction_a_line_is_read():
    assert faces.leftwards("12 שלום abc")
    assert faces.leftwards("محمد")
    assert not faces.leftwards("abc שלום")
    assert not faces.leftwards("12")


def test_what_no_font_has_is_drawn_as_a_box_or_refused():
    assert [run.text for run in faces.runs("a\U00012000")][-1].endswith(faces.REPLACEMENT)
    faces.refuse_unprintable({"name": "abc"})
    with pytest.raises(Invalid) as refused:
        faces.refuse_unprintable({"name": "a\U00012000b\U00012001", "city": "c"})
    assert list(refused.value.errors) == ["name"]
    assert "U+12000" in refused.value.errors["name"][0]
    assert "U+12001" in refused.value.errors["name"][0]


def test_without_a_shaper_scripts_that_need_it_are_not_printed_wrong(monkeypatch):
    monkeypatch.setattr(faces.features, "check", lambda name: False)
    assert not faces.usable("NotoSansArabic[wght]")
    assert faces.usable("NotoSans[wght]")
    assert faces.usable("NotoSansCJKjp-Regular")
