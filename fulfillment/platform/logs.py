"""Structured logs on standard error: one JSON object (or coloured line) per event."""

import logging
import re
import sys
import time

import structlog
from flask import Flask, Response, g, request

from fulfillment.platform import clock, context, fast_json
from fulfillment.platform.ids import new_id

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")
# Their news at INFO says nothing that our own lines do not.
TALKATIVE = ("alembic", "apscheduler", "werkzeug")

log = structlog.get_logger()

Processors = list[structlog.types.Processor]

# How the lines of this process are written.
formats: set[str] = set()


def configure(level: str, fmt: str) -> None:
    """Send the logs of this process, ours and the libraries', to standard error."""
    enrich: Processors = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *enrich,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formats.clear()
    formats.add(fmt)
    handle_root(level, formatter(fmt, enrich))


def formatter(fmt: str, enrich: Processors) -> logging.Formatter:
    forget = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    rendering: Processors = [forget, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    if fmt == "json":
        # default=str: a log line is never worth an exception
        as_json = structlog.processors.JSONRenderer(default=str)
        rendering = [forget, structlog.processors.format_exc_info, as_json]
    return structlog.stdlib.ProcessorFormatter(processors=rendering, foreign_pre_chain=enrich)


class ToStandardError(logging.Handler):
    """Writes to what is standard error at that moment: a progress bar or a test may replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # one write, so that the lines of several processes do not mix
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def handle_root(level: str, form: logging.Formatter) -> None:
    handler = ToStandardError()
    handler.setFormatter(form)
    root = logging.getLogger()
    others = [h for h in root.handlers if not isinstance(h, ToStandardError)]
    root.handlers = [*others, handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def init_app(app: Flask) -> None:
    """Give every request its id, and one line in the log when it is answered."""
    app.before_request(open_request)
    app.after_request(close_request)


def open_request() -> None:
    begin(request.headers.get(HEADER, ""))
    g.began = time.perf_counter()


def begin(given: str) -> str:
    """Name the request at hand in all lines to come; return its id."""
    name = given if SANE_ID.fullmatch(given) else str(new_id())
    context.request_id.set(name)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=name)
    return name


def close_request(response: Response) -> Response:
    response.headers[HEADER] = context.request_id.get()
    route = request.url_rule.rule if request.url_rule else None
    took = time.perf_counter() - g.began
    tell(request.method, route, response.status_code, request.remote_addr, took)
    return response


def tell(method: str, route: str | None, status: int, client: str | None, seconds: float) -> None:
    """Write the line of a request that was answered."""
    ms = round(seconds * 1000, 1)
    told = {"method": method, "route": route, "status": status, "client": client, "ms": ms}
    if not logging.getLogger(__name__).isEnabledFor(logging.INFO):
        return
    if "console" in formats:
        log.info("request", **told)
        return
    # The most frequent line by far: the way through structlog takes five times as long.
    told |= {"event": "request", **structlog.contextvars.get_contextvars(), "level": "info"}
    moment = clock.now().isoformat(timespec="microseconds")
    told |= {"logger": __name__, "timestamp": moment.replace("+00:00", "Z")}
    sys.stderr.write(fast_json.lenient(told).decode() + "\n")
