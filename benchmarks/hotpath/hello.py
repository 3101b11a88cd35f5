"""Flask's own hello: the least that an answer of this stack can cost."""

from flask import Flask


def create_app() -> Flask:
    """Return an application with one view."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "Hello"

    return app
