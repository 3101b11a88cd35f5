import pytest
from marshmallow import Schema, fields

from fulfillment.platform.cells import csv_text
from fulfillment.platform.errors import Invalid
from fulfillment.platform.fields import flag, number
from fulfillment.platform.tables import CSV, JSON, read
from fulfillment.platform.uploads import UnsupportedMediaType


class Box(Schema):
    length_mm = fields.Integer(strict=True)


class Thing(Schema):
    sku = fields.String()
    count = fields.Integer(strict=True)
    price = fields.Decimal(as_string=True)
    live = fields.Boolean()
    tags = fields.List(fields.String())
    days = fields.List(fields.Integer(strict=True))
    box = fields.Nested(Box, allow_none=True)


class Meter(Schema):
    live = flag()
    rate = number(0, 9)


def rows(text, media_type=CSV):
    raw = text if isinstance(text, bytes) else text.encode()
    return read(raw, media_type, "things", Thing)


def values(text):
    return [row.values for row in rows(text)]


def test_cells_become_what_json_would_have_said():
    table = "sku,count,price,live,tags,days,box.length_mm\nA,3,1.50,true,x;y,1;2,40\n"
    (row,) = values(table)
    assert row["count"] == 3
    assert (row["tags"], row["days"]) == (["x", "y"], [1, 2])
    assert row["box"] == {"length_mm": 40}
    assert Thing().load(row)["live"] is True


def test_an_empty_cell_is_a_value_not_given():
    assert values("sku,count\nA,\nB, \n") == [{"sku": "A"}, {"sku": "B"}]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome():
    assert values(b"\xef\xbb\xbfsku,count\r\nA,1\r\n") == [{"sku": "A", "count": 1}]


def test_a_quoted_cell_may_hold_commas_quotes_and_line_ends():
    assert values('sku\n"a,""b"" \nc"\n') == [{"sku": 'a,"b" \nc'}]


def test_blank_lines_are_skipped_but_counted():
    assert [row.number for row in rows("sku,count\nA,1\n\n,\nB,2\n")] == [1, 4]


@pytest.mark.parametrize("cell", ["1.5", "1_000", "1e3", "٣", "9" * 5_000])
def test_what_is_no_whole_number_is_left_for_the_schema_to_refuse(cell):
    assert values(f"count\n{cell}\n") == [{"count": cell}]


def test_unknown_and_repeated_columns_are_named():
    with pytest.raises(Invalid) as refusal:
        rows("sku,colour,sku\n")
    assert refusal.value.errors == {"colour": ["Unknown column."], "sku": ["Column stands twice."]}


@pytest.mark.parametrize("raw", ["", "\n", "PK\x03\x04\0\0", "sku;count\nA;1\n"])
def test_what_is_no_table_is_refused(raw):
    with pytest.raises(Invalid):
        rows(raw)


@pytest.mark.parametrize("bad", [b"\xff\xfeA", b"a\0b", b"\xed\xa0\x80"])
def test_a_row_that_is_no_text_is_refused_alone(bad):
    first, second = rows(b"sku,count\n" + bad + b",1\nB,2\n")
    assert first.errors.keys() == {"sku"}
    assert (second.errors, second.values) == ({}, {"sku": "B", "count": 2})


def test_too_many_cells_are_refused_with_their_row():
    first, second = rows("sku,count\nA,1,2\nB,2\n")
    assert first.errors == {"row": ["Has 3 cells for 2 columns."]}
    assert second.errors == {}


def test_a_cell_too_long_to_read_is_refused_with_its_row():
    first, second = rows(f"sku,count\n{'x' * 200_000},1\nB,2\n")
    assert "row" in first.errors
    assert (second.number, second.values) == (2, {"sku": "B", "count": 2})


@pytest.mark.parametrize("cell", ['"a"b"', '"a" ', '"a"b'])
def test_text_after_a_closing_quote_is_refused_with_its_row(cell):
    first, second = rows(f"sku,count\n{cell},1\nB,2\n")
    assert "row" in first.errors
    assert (second.number, second.values) == (2, {"sku": "B", "count": 2})


@pytest.mark.parametrize("table", ['sku\nA\n"B\nC\nD', 'sku\nA\n"B\nC"D\nE\n', '"sku\nA\n'])
def test_a_quote_that_swallows_other_rows_refuses_the_table(table):
    with pytest.raises(Invalid) as refusal:
        rows(table)
    (place,) = refusal.value.errors
    assert place == ("rows.2.row" if table.startswith("sku") else "header")


def test_a_number_or_flag_of_a_cell_is_one_or_stays_text():
    table = "live,rate\nTRUE,1.5\nno,1_0\n"
    raw = read(table.encode(), CSV, "things", Meter)
    assert [row.values for row in raw] == [
        {"live": True, "rate": 1.5},
        {"live": "no", "rate": "1_0"},
    ]


def test_a_json_list_is_numbered_like_a_table():
    first, second = rows('{"things": [{"sku": "A"}, 7]}', JSON)
    assert (first.number, first.values) == (1, {"sku": "A"})
    assert (second.number, second.errors) == (2, {"row": ["Must be an object."]})


@pytest.mark.parametrize("document", ["[]", "{}", '{"things": {}}', '{"things": [], "more": 1}'])
def test_a_json_document_of_another_shape_is_refused(document):
    with pytest.raises(Invalid):
        rows(document, JSON)


def test_another_media_type_is_refused_by_name():
    with pytest.raises(UnsupportedMediaType, match="application/xml"):
        rows("<things/>", "application/xml")


def test_a_written_table_reads_back_as_it_was():
    given = {"sku": 'a,"b"', "live": False, "tags": ["x", "y"], "box": {"length_mm": 4}}
    text = csv_text([given, {"sku": "B", "box": None}], Thing)
    first, second = values(text)
    assert Thing().load(first) == given
    assert second == {"sku": "B"}
