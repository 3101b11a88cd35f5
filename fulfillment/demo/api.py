"""The demo's client: the same requests that a shop, a warehouse or a planner would send."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from fulfillment.platform import keys
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction


class DemoFailed(Exception):
    """The service gave an answer that the demo does not expect."""


class Api:
    """Calls the service in this process, through its whole HTTP edge."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        with transaction():
            self.key = keys.create(Role.ADMIN, "demo")

    def call(
        self, method: str, path: str, body: Any = None, expect: tuple[int, ...] = (200, 201, 202)
    ) -> Any:
        """Send JSON; return the JSON of the answer, or None where it was refused as expected.

        Raises:
            DemoFailed: the status is not one of `expect`.
        """
        answer = self.sent(method, path, body, expect)
        return answer.get_json() if answer.status_code < 400 else None

    def sent(self, method: str, path: str, body: Any, expect: tuple[int, ...]) -> TestResponse:
        answer = self.client.open(
            f"/v1/{path}",
            method=method,
            data=json.dumps(body if body is not None else {}) if method != "GET" else None,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        # A request in this process leaves its session behind; the next one must not see it.
        db.session.remove()
        if answer.status_code not in expect:
            raise DemoFailed(f"{method} {path}: {answer.get_data(as_text=True)[:500]}")
        return answer

    def post(self, path: str, body: Mapping[str, Any] | None = None, *also: int) -> Any:
        return self.call("POST", path, body, (200, 201, 202, *also))

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.call("PUT", path, body)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def file(self, path: str) -> bytes:
        """Return a document as it is printed."""
        return self.sent("GET", path, None, (200,)).get_data()

    def all_of(self, path: str) -> list[Any]:
        """Return every item of a list, page by page."""
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=500{cursor}")
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"
