"""The API's description: the OpenAPI document, a page to read it, and the types of problems."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, send_from_directory, url_for

from fulfillment.platform.errors import NotFound
from fulfillment.platform.openapi import description
from fulfillment.platform.problems import TYPES

HERE = Path(__file__).parent
SWAGGER_UI = Path(str(files("flask_swagger_ui"))) / "dist"
ITS_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# Nothing inline and nothing from elsewhere, except the pictures that Swagger UI's styles embed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}

pages = Blueprint(
    "docs",
    __name__,
    static_folder=HERE / "static",
    static_url_path="/static",
    template_folder=HERE / "templates",
)


@pages.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document of everything under /v1."""
    return jsonify(description())


@pages.get("/")
def front_door() -> Response:
    """Send who opens the bare address in a browser to the page."""
    return Response(status=302, headers={"Location": url_for("docs.docs")})


@pages.get("/docs")
def docs() -> Response:
    """Show the OpenAPI document as a page on which the API can be tried."""
    return Response(render_template("docs.html"), headers=SECURITY, mimetype="text/html")


@pages.get("/swagger-ui/<name>")
def swagger_ui(name: str) -> Response:
    """Send a file that the page is made of; the others of the package are not needed."""
    if name not in ITS_FILES:
        raise NotFound("file", name)
    return send_from_directory(SWAGGER_UI, name)


@pages.get("/problems")
def problems() -> dict[str, Any]:
    """List every type of problem document that the API may answer with."""
    return {"items": [problem(code) for code in TYPES]}


@pages.get("/problems/<code>")
def one_problem(code: str) -> dict[str, Any]:
    """Explain one type of problem document."""
    if code not in TYPES:
        raise NotFound("problem type", code)
    return problem(code)


def problem(code: str) -> dict[str, Any]:
    return {"type": f"/problems/{code}", "title": TYPES[code]}


@pages.after_app_request
def forbid_guessing(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
