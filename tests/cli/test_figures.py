"""Figures of processes that answer no requests."""

import socket
from urllib.request import urlopen

import click
import pytest

from fulfillment.cli.figures import scraped_at
from fulfillment.platform.jobs import runs


@pytest.fixture
def taken():
    """A port that somebody listens at."""
    with socket.create_server(("0.0.0.0", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_process_without_requests_serves_its_figures():
    with socket.create_server(("", 0)) as probe:
        port = probe.getsockname()[1]
    scraped_at(port)
    runs.runs_total.labels("audit", "failed").inc()
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b'fulfillment_job_runs_total{job="audit",outcome="failed"}' in answer.read()


def test_a_port_that_is_taken_is_named(taken):
    with pytest.raises(click.ClickException, match=f"--metrics-port {taken}: Address already"):
        scraped_at(taken)


def test_without_a_port_nothing_is_served(monkeypatch):
    monkeypatch.setattr("fulfillment.platform.metrics.publish", pytest.fail)
    scraped_at(None)
