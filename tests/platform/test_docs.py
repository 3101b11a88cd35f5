import re

import pytest

from fulfillment.platform import docs
from fulfillment.platform.problems import TYPES

pytestmark = pytest.mark.engine("sqlite")


def test_the_page_loads_everything_from_here(client):
    page = client.get("/docs").text
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', page)
    assert len(addresses) == 5
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_the_bare_address_leads_to_the_page(client):
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"], answer.data) == (302, "/docs", b"")


def test_the_page_has_no_script_within_that_its_policy_would_block(client):
    answer = client.get("/docs")
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script>|<script [^>]*>[^<]|\bon\w+=|<style|javascript:", answer.text)


def test_only_the_files_that_the_page_needs_are_served(client):
    assert (docs.SWAGGER_UI / "oauth2-redirect.html").exists()
    assert client.get("/swagger-ui/oauth2-redirect.html").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/problems", "/openapi.json", "/healthz", "/nowhere"])
def test_no_answer_may_be_taken_for_another_type(client, path):
    assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_every_type_of_problem_is_listed_and_can_be_followed(client):
    listed = client.get("/problems").json["items"]
    assert [problem["type"] for problem in listed] == [f"/problems/{code}" for code in TYPES]
    for problem in listed:
        assert client.get(problem["type"]).json == problem


def test_files_outside_the_static_folder_are_not_served(client):
    for path in ("../docs.py", "..%2fdocs.py", "vendor/../../docs.py", "%2fetc/passwd"):
        answer = client.get(f"/static/{path}", follow_redirects=True)
        assert answer.status_code == 404
