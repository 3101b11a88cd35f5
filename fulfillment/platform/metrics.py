"""What Prometheus scrapes: requests by route, and what rooms count with the same registry."""

import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, g, request

from fulfillment.platform.figures import Counter, Histogram
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import prometheus_client
    from prometheus_client import multiprocess
else:
    prometheus_client = Later("prometheus_client")
    multiprocess = Later("prometheus_client.multiprocess")

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
def figures_of(method: str, route: str, status: int) -> tuple[Any, Any]:
    # There are as many as there are endpoints, so they may be kept.
    return requests_total.labels(method, route, status), request_seconds.labels(method, route)


@page.get("/metrics")
def metrics() -> Response:
    """Return the figures of all processes of this machine in the Prometheus text format."""
    told = prometheus_client.generate_latest(registry())
    return Response(told, content_type=prometheus_client.CONTENT_TYPE_LATEST)


def registry() -> "prometheus_client.CollectorRegistry":
    """Return the figures of this process, or of all that share a folder for them."""
    if MULTIPROCESS not in os.environ:
        return prometheus_client.REGISTRY
    found = prometheus_client.CollectorRegistry()
    multiprocess.MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    return found


def publish(port: int) -> None:
    """Let Prometheus scrape a process that answers no other requests.

    Raises:
        OSError: the port is taken.
    """
    prometheus_client.start_http_server(port, registry=registry())
