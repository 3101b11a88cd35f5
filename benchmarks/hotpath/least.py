"""The least that a reservation over HTTP can cost: the body is decoded, one statement writes.

It asks for no key and decides nothing: any facility will do, and the documents are those that the
service wrote last. It stands where the service has its shortcuts, before Flask.
"""

import os
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from msgspec import json

from benchmarks.hotpath import bodies, limits
from benchmarks.hotpath.limits import Written
from fulfillment.inventory import holding_postgresql
from fulfillment.inventory.holding import Holding, Kept
from fulfillment.inventory.promises import Part
from fulfillment.platform import clock, config, db, direct
from fulfillment.platform.ids import new_id

CREATED, LIVES = 201, timedelta(minutes=15)
FACILITIES = "BENCH_FACILITIES"


def create_app() -> Flask:
    """Return an application that answers everything alike."""
    app, settings = Flask("least"), config.load()
    app.config["SETTINGS"] = settings
    db.init_app(app, settings)
    written, codes = limits.last_written(settings.database_url or ""), facilities()

    answer = (written.body or "").encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]

    def reserve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = json.decode(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)) or b"{}")
        with app.app_context(), direct.line() as to:
            done = "lines" in body and holding_postgresql.write(
                to, hold(body, codes, written), kept(written)
            )
        start_response("201 CREATED" if done else "409 CONFLICT", headers)
        return [answer]

    app.wsgi_app = reserve  # type: ignore[method-assign]
    return app


def facilities() -> list[str]:
    """Return the codes of all facilities of the bench's world."""
    return [bodies.facility_of(n) for n in range(1, int(os.environ[FACILITIES]) + 1)]


def hold(body: dict[str, Any], codes: Sequence[str], written: Written) -> Holding:
    now, code = clock.now(), random.choice(codes)
    parts = [Part(line["sku"], code, line["quantity"], now.date()) for line in body["lines"]]
    return Holding(new_id(), body["cart_ref"], parts, written.plan, "least", now, now + LIVES)


def kept(written: Written) -> Kept:
    return Kept(uuid4().hex, "f" * 64, CREATED, written.headers or "", written.body or "")
