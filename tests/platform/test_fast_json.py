"""Answers as JSON."""

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from fulfillment.platform.fast_json import Provider, encoded, encoded_each

PLAIN = Flask(__name__).json


@pytest.fixture
def provider():
    return Provider(Flask(__name__))


@pytest.mark.parametrize(
    "value",
    [
        {"b": 1, "a": [None, True, 1.5, "Zürich"]},
        {"id": UUID(int=7), "price": Decimal("1.10")},
        {"broken": "caf\udce9"},
        {"huge": 2**80},
        {None: 1},
    ],
    ids=["plain", "ours", "no letters", "beyond 64 bits", "a key of none"],
)
def test_it_says_what_flask_would_say(provider, value):
    assert json.loads(provider.dumps(value)) == json.loads(PLAIN.dumps(value, sort_keys=False))


def test_it_keeps_the_order_of_what_it_is_given(provider):
    assert provider.dumps({"b": 1, "a": 2}) == '{"b":1,"a":2}'


def test_what_is_no_number_is_null(provider):
    assert provider.dumps([float("nan"), float("inf")]) == "[null,null]"


def test_dates_are_told_as_iso_has_them(provider):
    assert provider.dumps({"on": date(2026, 11, 23)}) == '{"on":"2026-11-23"}'


def test_what_has_no_form_is_a_fault(provider):
    with pytest.raises(TypeError):
        provider.dumps({"what": object()})


def test_each_value_has_its_own_text_whatever_lines_there_are_in_it():
    values = [{"name": "a\nb\r\u2028c\x85"}, [1, None], "\n"]
    assert encoded_each(values) == [encoded(value) for value in values]
    assert encoded_each([]) == []
