import json
import socket

import pytest

from tests.platform.notes import count
from tests.platform.test_problems import assert_problem
from tests.servers import Server

WHOLE = b'{"text": "a"}'
TABLE = b"sku,weight_g\nA,1\nB,2\nC,3\n"
HALF = TABLE[: len(TABLE) // 2]


@pytest.fixture
def send(notes, client, auth):
    """Send a body as a server hands it over that ends every stream in silence."""
    headers = auth("warehouse")

    def send(body, environ=(), content_type="application/json", **more):
        environ = {"wsgi.input_terminated": True, **dict(environ)}
        named = {"headers": headers | more, "content_type": content_type}
        return client.post("/v1/notes", data=body, environ_overrides=environ, **named)

    return send


@pytest.mark.parametrize("idempotency", [{}, {"Idempotency-Key": "k"}])
def test_a_body_that_was_cut_off_is_refused_and_writes_nothing(send, idempotency):
    answer = send(WHOLE, {"CONTENT_LENGTH": str(len(WHOLE) + 1)}, **idempotency)
    assert_problem(answer, 400)
    assert answer.json["type"] == "/problems/malformed-body"
    assert count("a") == 0


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("body", [WHOLE, b""])
def test_a_body_of_untold_length_is_refused(send, body):
    untold = {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = send(body, untold)
    assert_problem(answer, 411)
    assert answer.json["type"] == "/problems/length-required"


@pytest.mark.engine("sqlite")
def test_a_body_without_length_over_http_2_is_refused_too(send):
    assert_problem(send(WHOLE, {"CONTENT_LENGTH": None}), 411)


@pytest.mark.engine("sqlite")
def test_no_body_needs_no_length(send):
    assert list(send(b"", {"CONTENT_LENGTH": None}).json["errors"]) == ["text"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "GZIP"])
def test_a_compressed_body_is_refused(send, coding):
    answer = send(WHOLE, **{"Content-Encoding": coding})
    assert_problem(answer, 415)
    assert coding.lower() in answer.json["detail"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "ascii"])
def test_another_charset_is_refused(send, charset):
    assert_problem(send(WHOLE, content_type=f"application/json; charset={charset}"), 415)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_may_be_said(send, charset):
    kind = f"application/json; charset={charset}"
    assert send(WHOLE, content_type=kind, **{"Content-Encoding": "identity"}).status_code == 201


@pytest.mark.engine("sqlite")
def test_a_table_in_another_charset_is_refused(client, auth):
    kind = "text/csv; charset=iso-8859-1"
    answer = client.post("/v1/items/import", data=TABLE, content_type=kind, headers=auth("planner"))
    assert_problem(answer, 415)


@pytest.mark.engine("sqlite")
class TestOverTheWire:
    """What the web server makes of uploads that break off."""

    @pytest.fixture
    def upload(self, app, auth, database_url, tmp_path):
        """Send raw bytes, and hang up if `cut`; return the status and body of the answer."""
        headers = auth("planner")
        server = Server(database_url, tmp_path / "server.log")
        server.start()
        server.wait_until_ready()

        def upload(framing, body, cut=False):
            named = {**headers, "Host": "x", "Content-Type": "text/csv", "Connection": "close"}
            lines = [f"{name}: {value}" for name, value in {**named, **framing}.items()]
            head = "\r\n".join(["POST /v1/items/import HTTP/1.1", *lines, "", ""])
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
                wire.sendall(head.encode() + body)
                if cut:
                    wire.shutdown(socket.SHUT_WR)
                raw = b"".join(iter(lambda: wire.recv(65536), b""))
            top, _, rest = raw.partition(b"\r\n\r\n")
            return int(top.split()[1]) if top else None, json.loads(rest) if rest else None

        yield upload
        server.kill()

    def test_an_upload_that_breaks_off_writes_nothing(self, upload):
        chunked = {"Transfer-Encoding": "chunked"}
        chunk = b"%x\r\n%s\r\n" % (len(HALF), HALF)
        assert upload({"Content-Length": len(TABLE)}, HALF, cut=True)[0] in (None, 400)
        assert upload(chunked, chunk, cut=True)[0] in (None, 411)
        assert upload(chunked, chunk + b"zz\r\n")[0] in (400, 411)
        assert upload(chunked, chunk + b"0\r\n\r\n")[0] == 411
        status, report = upload({"Content-Length": len(TABLE)}, TABLE)
        assert (status, report["created"], report["rows"]) == (200, 3, 3)

    def test_a_body_above_the_limit_is_413(self, upload):
        assert upload({"Content-Length": 16_000_001}, b"")[0] == 413
