"""Reverse proxies in front of us: what they say of the client, and how far that is believed."""

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix


def init_app(app: Flask, trusted: int) -> None:
    """Believe the X-Forwarded headers of so many proxies; of none, or anybody could forge them."""
    if not trusted:
        return
    hops = dict.fromkeys(("x_for", "x_proto", "x_host", "x_prefix"), trusted)
    app.wsgi_app = ProxyFix(app.wsgi_app, **hops)  # type: ignore[method-assign]
    app.after_request(keep_prefix)


def keep_prefix(response: Response) -> Response:
    """Put what the proxy cut off the path before an address that we give out."""
    place = response.headers.get("Location", "")
    if place.startswith("/") and request.script_root:
        response.headers["Location"] = request.script_root + place
    return response
