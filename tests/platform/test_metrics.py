import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.engine("sqlite")

COUNT_IN_TWO_PROCESSES = """
import sys
from prometheus_client import Counter
Counter("fulfillment_things", "Things.").inc(int(sys.argv[1]))
"""


def samples(client):
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def requests(client, **labels):
    return samples(client).get(
        ("fulfillment_http_requests_total", tuple(sorted(labels.items()))), 0
    )


def test_requests_are_counted_by_template_method_and_status(notes, client, auth):
    labels = {"method": "GET", "route": "/v1/notes/<uuid:note_id>", "status": "404"}
    before, headers = requests(client, **labels), auth("viewer")
    for last in "12":
        client.get(f"/v1/notes/00000000-0000-0000-0000-00000000000{last}", headers=headers)
    assert requests(client, **labels) == before + 2


def test_what_no_route_takes_is_one_series(client):
    labels = {"method": "other", "route": "none", "status": "404"}
    before = requests(client, **labels)
    client.open("/a", method="BREW")
    client.open("/b", method="STEEP")
    assert requests(client, **labels) == before + 2


def test_the_time_of_requests_is_a_histogram_in_seconds(client):
    client.get("/healthz")
    labels = (("method", "GET"), ("route", "/healthz"))
    assert samples(client)["fulfillment_http_request_seconds_count", labels] >= 1


def test_the_figures_of_several_processes_are_added_up(app, client, tmp_path, monkeypatch):
    folder = tmp_path / "metrics"
    folder.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    for things in ("2", "3"):
        subprocess.run([sys.executable, "-c", COUNT_IN_TWO_PROCESSES, things], check=True)
    assert samples(client)["fulfillment_things_total", ()] == 5
