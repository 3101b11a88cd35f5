import pytest
from flask import Flask

from fulfillment.platform.rules import LazyRule


@pytest.fixture
def app():
    app = Flask("rules", static_folder=None)
    app.url_rule_class = LazyRule
    app.add_url_rule("/shelves/<int:number>/<path:box>", "shelf", lambda number, box: box)
    app.add_url_rule("/shelves", "shelves", lambda: "all")
    return app


@pytest.mark.parametrize(
    ("endpoint", "values", "url"),
    [
        ("shelf", {"number": 7, "box": "a b/c"}, "/shelves/7/a%20b/c"),
        ("shelf", {"number": 7, "box": "a", "q": "x y"}, "/shelves/7/a?q=x+y"),
        ("shelves", {}, "/shelves"),
    ],
)
def test_urls_are_built_as_by_any_rule(app, endpoint, values, url):
    with app.test_request_context():
        assert app.url_for(endpoint, **values) == url
        assert app.url_for(endpoint, **values) == url


def test_requests_find_their_rule(app):
    assert app.test_client().get("/shelves/7/a/b").text == "a/b"
