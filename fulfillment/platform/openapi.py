"""The OpenAPI 3.1 document that the rooms' endpoints describe themselves in."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Flask, current_app
from flask_smorest import Api, Blueprint

from fulfillment import __version__
from fulfillment.platform.problems import CONTENT_TYPE, Problem

EXTENSION = "fulfillment.openapi"

CONFIG = {
    "API_TITLE": "Fulfillment",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Inventory, sourcing and fulfillment. Errors are problem documents "
            "(RFC 9457) of the types listed at /problems.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
    },
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, as `fulfillment keys create` prints it.",
}


class OpenApi(Api):
    """flask-smorest's API, which documents errors as problem documents."""

    ERROR_SCHEMA = Problem

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = CONTENT_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_pagination_header(self) -> None:
        """Leave it out: the cursor of our pages stands in their body."""


def init_app(app: Flask, rooms: Iterable[Blueprint]) -> None:
    """Put the rooms under /v1."""
    for room in rooms:
        app.register_blueprint(room)
    app.extensions[EXTENSION] = tuple(rooms)


def description() -> dict[str, Any]:
    """Return the OpenAPI document of the present application."""
    return described(current_app.extensions[EXTENSION])


@cache
def described(rooms: tuple[Blueprint, ...]) -> dict[str, Any]:
    """Describe the rooms, in an application made for that.

    It takes longer than all else at the start of a process, and few are ever asked for it.
    """
    app = Flask("fulfillment", static_folder=None)
    app.config.update(CONFIG)
    api = OpenApi(app)
    api.spec.components.security_scheme("bearer", BEARER)
    for room in rooms:
        api.register_blueprint(room)
    document: dict[str, Any] = api.spec.to_dict()
    return document
