import base64
import json

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
@pytest.mark.parametrize("limit", [0, 501, -1, "x", "1.5", "", 10**30, "1_0", "\u0661"])
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
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b"[1, 2]").decode(),
        base64.urlsafe_b64encode(b'["a", 2]').decode(),
        base64.urlsafe_b64encode(b'[null, "00000000-0000-0000-0000-000000000000"]').decode(),
        base64.urlsafe_b64encode(b'{"a": "a", "b": "b"}').decode(),
        base64.urlsafe_b64encode(b'"ab"').decode(),
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


# One list of each order: by text, by two texts, by UUID, by moment and more.
LISTS = ["items", "stock", "stock/movements", "orders", "shipments", "transfers", "plans"]
KEYS = [1, 1.5, None, True, "", "a", "e99-99-99", "9" * 40, "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", [], {}]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_no_crafted_cursor_breaks_a_list(client, auth, path):
    headers = auth()
    for keys in ([], *([key] * length for key in KEYS for length in (1, 2, 3, 4))):
        cursor = base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()
        answer = client.get(f"/v1/{path}?cursor={cursor}", headers=headers)
        is_text = all(isinstance(key, str) for key in keys) and keys
        assert answer.status_code == 422 or (is_text and answer.status_code == 200), keys
        assert answer.status_code == 200 or list(answer.json["errors"]) == ["cursor"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("query", "named"),
    [("limit=1&limit=2", ["limit"]), ("limit=1&colour=a&colour=a", ["colour"])],
)
def test_a_parameter_that_is_given_twice_is_named(client, auth, query, named):
    answer = client.get(f"/v1/notes?{query}", headers=auth("viewer"))
    assert (answer.status_code, list(answer.json["errors"])) == (422, named)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("value", "status"),
    [("true", 200), ("false", 200), ("1", 422), ("yes", 422), ("", 422), ("0", 422)],
)
def test_a_flag_of_a_query_is_true_or_false(client, auth, value, status):
    answer = client.get(f"/v1/facilities?active={value}", headers=auth("viewer"))
    assert answer.status_code == status


@pytest.mark.parametrize("end", ["from", "to"])
@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-01-01"]
)
def test_a_moment_at_the_ends_of_time_is_named(client, auth, end, moment):
    answer = client.get("/v1/stock/movements", query_string={end: moment}, headers=auth("viewer"))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [end])


@pytest.mark.engine("sqlite")
def test_an_audit_goes_on_after_a_subject_of_one_invariant_only(client, auth):
    answer = client.get("/v1/audit?after=A", headers=auth())
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["after"])
    assert client.get("/v1/audit?after=A&invariant=1", headers=auth()).status_code == 200


@pytest.mark.engine("sqlite")
def test_an_unknown_filter_is_named(read):
    answer = read(colour="red")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["colour"]
