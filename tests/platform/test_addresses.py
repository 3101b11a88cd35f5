import pytest

from tests.platform.test_problems import assert_problem

pytestmark = pytest.mark.engine("sqlite")


@pytest.mark.parametrize(
    "query", ["a=%00", "a=%FF", "a=%ED%A0%80", "a=%zz", "a=%", "a=%4", "%C3=1"]
)
def test_a_query_that_cannot_be_read_is_400(client, query):
    assert_problem(client.get("/healthz?" + query), 400)


@pytest.mark.parametrize("raw", [b"/\0", b"/\xff", b"/\xed\xa0\x80", b"/v1/items/\xc3"])
def test_a_path_that_cannot_be_read_is_400(client, raw):
    path = raw.decode("latin-1")
    assert_problem(client.get("/", environ_overrides={"PATH_INFO": path}), 400)


@pytest.mark.parametrize("query", ["a=%C3%A9", "a=100%25", "a=+", "é=1", "&&&", "a=%F0%9F%A7%80"])
def test_a_query_in_any_script_is_fine(client, query):
    assert client.get("/healthz?" + query).status_code == 200
