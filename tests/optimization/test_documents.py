import gzip
import math
from dataclasses import dataclass

import pytest

from fulfillment.optimization import documents


@dataclass(frozen=True)
class Box:
    code: str
    units: int = 0


def faults_of(value):
    faults = []
    list(documents.entries(Box, value, "boxes", faults))
    return [str(fault) for fault in faults]


def refusal(raw):
    with pytest.raises(documents.Refused) as refused:
        documents.parse(raw)
    return str(refused.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (
            b"{",
            "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2",
        ),
        (b'{"a": 1,\n "b": }', "is not JSON: Expecting value at line 2, column 7"),
        (b'{"a": "\xff"}', "is not UTF-8 text: see byte 8"),
        ('{"a": 1}'.encode("utf-16"), "is not UTF-8 text: see byte 1"),
        (b"[" * 200_000, "is nested too deep"),
        (b"1" * 5_000, "has a number of thousands of digits"),
        (gzip.compress(b"{}", mtime=0)[:-4], "is no sound gzip file"),
        (b"\x1f\x8bnonsense", "is no sound gzip file"),
        (gzip.compress(b"", mtime=0), "is empty"),
    ],
)
def test_what_is_no_json_is_refused_in_one_line(raw, words):
    assert refusal(raw).startswith(words)
    assert "\n" not in refusal(raw)


@pytest.mark.parametrize(
    "raw", [b'{"a": 2}', b'\xef\xbb\xbf{"a": 2}', gzip.compress(b'{"a": 2}', mtime=0)]
)
def test_a_byte_order_mark_and_gzip_are_taken(raw):
    assert documents.parse(raw) == {"a": 2}


@pytest.mark.parametrize(("raw", "value"), [(b"2.0", 2), (b"1e3", 1000), (b"-0.0", 0)])
def test_a_number_without_a_fraction_is_whole(raw, value):
    assert documents.parse(raw) == value
    assert type(documents.parse(raw)) is int


def test_numbers_that_are_none_are_left_to_their_field():
    assert documents.parse(b"[Infinity, 1e999]") == [math.inf, math.inf]
    assert math.isnan(documents.parse(b"NaN"))


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b'{"a": 1}', "boxes must be an array, not an object"),
        (b"[[]]", "boxes[0] must be an object, not an array"),
        (b'["x"]', 'boxes[0] must be an object, not "x"'),
        (b"[null]", "boxes[0] must be an object, not null"),
        (b"[NaN]", "boxes[0] must be an object, not NaN"),
        (b'[{"code": "A"}, {}]', "boxes[1].code is missing"),
        (b'[{"code": "A", "colour": 1}]', "boxes[0].colour is unknown"),
        (b'[{"code": "A", "a.b": 1}]', 'boxes[0]["a.b"] is unknown'),
        (b'[{"code": "A", "code": "B"}]', "boxes[0].code stands twice in one object"),
    ],
)
def test_a_wrong_shape_is_told_by_its_path(raw, fault):
    assert faults_of(documents.parse(raw)) == [fault]


def test_fields_with_a_default_may_be_missing():
    value = documents.parse(b'[{"code": "A"}, {"code": "B", "units": 3}]')
    found = [Box(**entry) for _, entry in documents.entries(Box, value, "boxes", [])]
    assert found == [Box("A"), Box("B", 3)]


def test_at_most_twenty_faults_are_told():
    faults = []
    list(documents.entries(Box, [1] * 100, "boxes", faults))
    assert len(documents.Refused(faults).faults) == 20


def test_a_long_value_is_cut():
    assert documents.shown("x" * 100) == '"' + "x" * 59 + "..."
