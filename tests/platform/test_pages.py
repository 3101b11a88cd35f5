import base64

import pytest

from fulfillment.platform.db import transaction
from tests.platform.notes import Note

pytestmark = pytest.mark.usefixtures("notes")


@pytest.fixture
def read(client, auth):
    headers = auth("viewer")
    return lambda **query: client.get("/v1/notes", query_string=query, headers=headers)


@pytest.fixture
def twelve():
    with transaction() as session:
        # ties in the text, so that the cursor must carry the id too
        session.add_all(Note(facility="W1", text=f"n{i // 4}", stars=i) for i in range(12))


def test_pages_follow_each_other_without_gap_or_repetition(read, twelve):
    seen, cursor = [], None
    for _ in range(3):
        page = read(limit=5, **({"cursor": cursor} if cursor else {})).json
        seen += [(note["text"], note["id"]) for note in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(seen) == 12
    assert seen == sorted(set(seen))


def test_a_page_that_ends_with_the_list_has_no_cursor(read, twelve):
    assert read(limit=12).json["next_cursor"] is None
    assert read(limit=11).json["next_cursor"] is not None


def test_rows_that_arrive_between_pages_do_not_shift_them(read, twelve):
    first = read(limit=6).json
    with transaction() as session:
        session.add(Note(facility="W1", text="a", stars=0))
    second = read(limit=6, cursor=first["next_cursor"]).json
    assert not {n["id"] for n in first["items"]} & {n["id"] for n in second["items"]}
    assert len(second["items"]) == 6


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("limit", [0, 501, -1, "x", "1.5", "", 10**30])
def test_a_limit_out_of_range_is_named(read, limit):
    answer = read(limit=limit)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["limit"]


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "é",
        "",
        base64.urlsafe_b64encode(b'["a"]').decode(),
        base64.urlsafe_b64encode(b'["a", "b"]').decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b'["\\u0000", "00000000-0000-0000-0000-000000000000"]').decode(),
        base64.urlsafe_b64encode(b'["\\ud800", "00000000-0000-0000-0000-000000000000"]').decode(),
    ],
)
def test_a_cursor_that_is_none_is_named(read, cursor):
    answer = read(cursor=cursor)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["cursor"]


@pytest.mark.engine("sqlite")
def test_an_unknown_filter_is_named(read):
    answer = read(colour="red")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["colour"]
