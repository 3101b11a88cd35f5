"""Bodies come whole, plain and in UTF-8, or nothing of them is read."""

from io import BytesIO
from typing import IO

from flask import Flask, Request
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_input_stream

from fulfillment.platform.errors import Refusal


class Unreadable(Refusal):
    """A body that is not what it says it is."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed-body", detail)


class LengthRequired(Refusal):
    """A body of untold length: nobody could tell the whole from its first half."""

    status = 411

    def __init__(self) -> None:
        detail = "Send the body with a Content-Length; Transfer-Encoding: chunked is not taken."
        super().__init__("length-required", detail)


class UnsupportedMediaType(Refusal):
    """A body of a kind that the resource does not take."""

    status = 415

    def __init__(self, given: str, accepted: str) -> None:
        super().__init__(
            "unsupported-media-type",
            f"This resource takes {accepted}, not {given or 'no Content-Type'}.",
        )


class WholeRequest(Request):
    """A request whose body is read whole, by whoever asks for it first, or refused."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, all of it: the web server ends one that was cut off in silence."""
        self.refuse_disguise()
        source = get_input_stream(self.environ, max_content_length=self.max_content_length)
        if self.content_length is None:
            if "Transfer-Encoding" in self.headers or source.read(1):
                raise LengthRequired
            return BytesIO()
        raw = source.read()
        if len(raw) != self.content_length:
            told = f"{self.content_length} bytes were announced and {len(raw)} came"
            raise Unreadable(f"The body is not whole: {told}.")
        return BytesIO(raw)

    def refuse_disguise(self) -> None:
        """Refuse compressed bodies, and text of another encoding than UTF-8."""
        coding = self.headers.get("Content-Encoding", "identity").strip().lower()
        if coding != "identity":
            raise UnsupportedMediaType(f"Content-Encoding {coding}", "bodies as they are")
        charset = self.mimetype_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(f"charset {charset}", "UTF-8")


def init_app(app: Flask) -> None:
    """Let every request of this application be read so."""
    app.request_class = WholeRequest
