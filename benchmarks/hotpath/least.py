"""The least that a reservation over HTTP can cost: Flask takes the body, one statement writes.

It asks for no key and decides nothing: any facility will do, and the documents are those that the
service wrote last. What it reaches nobody can pass who says more in Python.
"""

import os
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request
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
    """Return an application with one view."""
    app, settings = Flask("least"), config.load()
    app.config["SETTINGS"] = settings
    db.init_app(app, settings)
    written = limits.last_written(settings.database_url or "")
    codes = [bodies.facility_of(n) for n in range(1, int(os.environ[FACILITIES]) + 1)]

    @app.post("/v1/reservations")
    def reserve() -> Response:
        body = json.decode(request.data)
        with direct.line() as to:
            done = holding_postgresql.write(to, hold(body, codes, written), kept(written))
        return Response(written.body, CREATED if done else 409, content_type="application/json")

    return app


def hold(body: dict[str, Any], codes: Sequence[str], written: Written) -> Holding:
    now, code = clock.now(), random.choice(codes)
    parts = [Part(line["sku"], code, line["quantity"], now.date()) for line in body["lines"]]
    return Holding(new_id(), body["cart_ref"], parts, written.plan, "least", now, now + LIVES)


def kept(written: Written) -> Kept:
    return Kept(uuid4().hex, "f" * 64, CREATED, written.headers or "", written.body or "")
