"""Tables on paper."""

from fulfillment.platform.check_digits import check_digit
from fulfillment.shipping.documents import pdf
from fulfillment.shipping.documents.marks import folded, width_of
from fulfillment.shipping.documents.sheets import Column, Table, sheets
from tests.shipping.documents import printing

COLUMNS = (Column("SKU", 60), Column("Name", 120))


def test_rows_go_on_over_as_many_sheets_as_they_need():
    rows = [(f"SKU-{n}", "A thing " * 20) for n in range(60)]
    pages = sheets(Table("List", ["for you"], COLUMNS, rows))
    text = printing.text_of(pdf.written("List", pages))
    assert len(pages) == 3
    assert all(f"SKU-{n}" in text for n in range(60))
    assert text.count("Name") == len(pages)
    assert "Page 3 of 3" in text
    assert all(0 < mark.y < page.height for page in pages for mark in page.marks)


def test_a_column_of_numbers_is_read_back_from_every_sheet():
    columns = (Column("SSCC", 50, "00"), Column("Order", 130))
    numbers = [str(36_000_000_000_000_000 + n) for n in range(40)]
    rows = [(n + check_digit(n), "o " * 200 if n.endswith("7") else "") for n in numbers]
    pages = sheets(Table("List", ["for the driver"], columns, [*rows, ("Signed: ____",)]))
    pictures = printing.pictures(pdf.written("List", pages))
    read = [text for picture in pictures for _, text in printing.codes(picture)]
    assert len(pages) >= 3
    assert sorted(read) == sorted(f"(00){number}" for number, _ in rows)
    assert all(0 < mark.y < page.height - 5 for page in pages for mark in page.marks)


def test_a_table_without_rows_is_one_sheet():
    assert len(sheets(Table("List", [], COLUMNS, []))) == 1


def test_text_is_folded_at_spaces_and_where_there_is_none_anywhere():
    assert folded("one two three", 10, 14) == ["one two", "three"]
    lines = folded("x" * 100, 10, 20)
    assert "".join(lines) == "x" * 100
    assert all(width_of(line, 10) <= 20 for line in lines)
    assert folded("", 10, 20) == []


def test_what_is_too_wide_even_alone_still_ends():
    assert folded("WW", 100, 1) == ["W", "W"]
