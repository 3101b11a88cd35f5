"""The service with a choice that costs nothing: how fast no choice, however fast, can make it.

The facility is drawn; plan, candidates and answer are the documents that the service wrote last.
All else is the product's own: the key and its rate limit, the body, what is remembered of the
SKUs, the one statement with its condition, the log line and the figures.
"""

from functools import partial

from flask import Flask
from msgspec import structs

from benchmarks.hotpath import least, limits
from benchmarks.hotpath.limits import Written
from fulfillment.app import create_app as own_app
from fulfillment.platform.shortcuts import Answer
from fulfillment.sourcing.checkout import quick
from fulfillment.sourcing.checkout.quick import Cart, Draft

JSON = {"Content-Type": "application/json"}


def create_app() -> Flask:
    """Return the product's application, its choice and its texts taken out."""
    app = own_app()
    written = limits.last_written(app.config["SETTINGS"].database_url)
    drawn = partial(drafted, written=written, codes=least.facilities())
    vars(quick).update(question_of=nothing, plain_choice=nothing, choose=nothing, drafted=drawn)
    return app


def nothing(*_: object) -> object:
    return ...


def drafted(cart: Cart, _chosen: object, written: Written, codes: list[str]) -> Draft:
    """Return what `quick.drafted` does, nothing of it worked out."""
    hold, kept = least.hold(cart.body, codes, written), least.kept(written)
    own = structs.replace(kept, key=cart.call.key or "", fingerprint=cart.call.fingerprint)
    return Draft((hold, own), Answer(kept.status, JSON, kept.body))
