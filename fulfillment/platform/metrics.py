"""What Prometheus scrapes: requests by route, and what rooms count with the same registry."""

import os
import time
from functools import cache

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
# Anything else is somebody's invention, and every label value lives for ever.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests_total = Counter(
    "fulfillment_http_requests", "Requests answered.", ["method", "route", "status"]
)
request_seconds = Histogram(
    "fulfillment_http_request_seconds",
    "Time from a request's arrival to its answer.",
    ["method", "route"],
    buckets=BUCKETS,
)

page = Blueprint("metrics", __name__)


def init_app(app: Flask) -> None:
    """Count every request of this application, and serve the figures at /metrics."""
    app.before_request(start_watch)
    app.after_request(count)
    app.register_blueprint(page)


def start_watch() -> None:
    g.watch = time.perf_counter()


def count(response: Response) -> Response:
    method = request.method if request.method in METHODS else "other"
    # The template, not the path: a path names SKUs, and there are millions.
    route = request.url_rule.rule if request.url_rule else "none"
    tally(method, route, response.status_code, time.perf_counter() - g.watch)
    return response


def tally(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    total, watched = figures_of(method, route, status)
    total.inc()
    watched.observe(seconds)


@cache
def figures_of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    # There are as many as there are endpoints, so they may be kept.
    return requests_total.labels(method, route, status), request_seconds.labels(method, route)


@page.get("/metrics")
def metrics() -> Response:
    """Return the figures of all processes of this machine in the Prometheus text format."""
    return Response(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


def registry() -> CollectorRegistry:
    """Return the figures of this process, or of all that share a folder for them."""
    if MULTIPROCESS not in os.environ:
        return REGISTRY
    found = CollectorRegistry()
    MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    return found


def publish(port: int) -> None:
    """Let Prometheus scrape a process that answers no other requests.

    Raises:
        OSError: the port is taken.
    """
    start_http_server(port, registry=registry())
