import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from urllib.request import urlopen

import pytest
from click import ClickException

from fulfillment.cli.address import Address, UnixConnection, check_port

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environ(empty_database_url):
    return {**os.environ, "FULFILLMENT_DATABASE_URL": empty_database_url}


@pytest.fixture
def start(environ, tmp_path):
    """Start `fulfillment serve` on an empty SQLite database; it is killed in the end."""
    log = (tmp_path / "log").open("w+")
    started = []

    def start(*options):
        command = [sys.executable, "-m", "fulfillment.cli", "serve", "--workers", "2", *options]
        process = subprocess.Popen(command, stderr=log, env=environ, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    log.close()


@pytest.fixture
def serve(start, port):
    return start("--port", str(port))


def get(port, path):
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def wait_until(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not so within {seconds} s")


def events(tmp_path):
    lines = (tmp_path / "log").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines if line.startswith("{")]


def test_all_three_run_and_stop_together(serve, port, tmp_path):
    log = tmp_path / "log"
    wait_until(lambda: f"Ready at http://127.0.0.1:{port}\n" in log.read_text())
    assert json.loads(get(port, "/readyz"))["status"] == "ok"
    assert log.read_text().startswith("Starting")
    assert log.read_text().count("Ready at") == 1
    wait_until(lambda: {"scheduler started", "worker started"} <= set(events(tmp_path)))
    for _ in range(5):
        get(port, "/healthz")
    assert 'route="/healthz",status="200"} 5.0' in get(port, "/metrics")
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(40) == 0
    assert {"scheduler stopped", "worker stopped"} <= set(events(tmp_path))
    assert refuses(port)


def test_whatever_dies_is_started_again_unless_it_is_the_supervisor(serve, port, tmp_path):
    wait_until(lambda: "Ready at" in (tmp_path / "log").read_text())
    kill_the_worker(serve.pid, tmp_path)
    kill_one_web_process(web_server(serve.pid))
    wait_until(lambda: get(port, "/healthz"))
    kill_the_web_server(serve.pid)
    wait_until(lambda: get(port, "/readyz"))
    wait_until(lambda: two_of(children(web_server(serve.pid))))
    assert serve.poll() is None
    serve.kill()
    serve.wait()
    wait_until(lambda: refuses(port))


def kill_the_worker(supervisor, tmp_path):
    wait_until(lambda: "worker started" in events(tmp_path))
    os.kill(child_of(supervisor, "worker"), signal.SIGKILL)
    wait_until(lambda: events(tmp_path).count("worker started") == 2)


def kill_one_web_process(server):
    before = wait_until(lambda: two_of(children(server)))
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: two_of(set(children(server)) - {before[0]}))


def kill_the_web_server(supervisor):
    before = web_server(supervisor)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: web_server(supervisor) != before)


def test_a_web_server_that_cannot_start_ends_it_all_with_an_error(start, tmp_path):
    process = start("--uds", str(tmp_path / "no such folder" / "socket"))
    assert process.wait(40) == 1
    assert "web ended with status" in (tmp_path / "log").read_text()


class Load:
    """Clients that write without a pause, on one connection each or on a new one every time."""

    def __init__(self, port, key):
        self.port = port
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.seen = Counter()
        self.written = set()
        self.stop = threading.Event()

    def call(self, connection, method, path, body):
        connection.request(method, path, json.dumps(body), self.headers)
        answer = connection.getresponse()
        answer.read()
        return answer

    def receive(self, connection, reference):
        row = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 1}
        body = {"movements": [row | {"reference": reference}]}
        answer = self.call(connection, "POST", "/v1/stock/movements", body)
        assert answer.status == 201
        self.written.add(reference)
        return answer.getheader("Connection") == "close"

    def client(self, name, keep):
        connection = None
        for number in range(10**9):
            if self.stop.is_set():
                break
            if connection is None:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
                try:
                    connection.connect()
                except ConnectionRefusedError:
                    self.seen["refused"] += 1
                    break
            try:
                closing = self.receive(connection, f"{name}-{number}")
                self.seen["goodbye" if closing else "answered"] += 1
            except Exception as error:
                self.seen[f"lost: {error!r}"] += 1
                closing = True
            if closing or not keep:
                connection.close()
                connection = None


def test_a_stop_under_load_cuts_nobody_off_and_loses_no_write(serve, port, environ, tmp_path):
    wait_until(lambda: "Ready at" in (tmp_path / "log").read_text())
    load = Load(port, admin_key(environ))
    setup = HTTPConnection("127.0.0.1", port)
    load.call(setup, "PUT", "/v1/items/S1", {"name": "S1", "weight_g": 1})
    load.call(setup, "PUT", "/v1/facilities/W1", {"name": "W1", "timezone": "UTC"})
    setup.close()
    clients = [threading.Thread(target=load.client, args=(n, n % 2 == 0)) for n in range(8)]
    for client in clients:
        client.start()
    wait_until(lambda: load.seen["answered"] > 40)
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(60) == 0
    for client in clients:
        client.join()
    assert load.seen.keys() == {"answered", "goodbye", "refused"}, load.seen
    assert load.seen["refused"] == len(clients)
    assert load.written == references(environ["FULFILLMENT_DATABASE_URL"])


def admin_key(environ):
    command = [sys.executable, "-m", "fulfillment.cli", "keys", "create", "--role", "admin"]
    made = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def references(url):
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return {row[0] for row in connection.execute("SELECT reference FROM movements")}


def status_of(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_it_serves_on_a_socket_in_the_file_system_and_drains_before_it_stops(
    start, environ, tmp_path
):
    environ["FULFILLMENT_DRAIN_SECONDS"] = "5"
    path = tmp_path / "socket"
    serve = start("--uds", str(path), "--web-only")
    wait_until(lambda: f"Ready at {path}" in (tmp_path / "log").read_text())
    assert len(children(serve.pid)) == 1
    connection = UnixConnection(path)
    assert status_of(connection, "/readyz") == 200
    serve.send_signal(signal.SIGTERM)
    wait_until(lambda: status_of(connection, "/readyz") == 503)
    assert status_of(connection, "/healthz") == 200
    connection.close()
    assert serve.wait(40) == 0
    assert not path.exists()


def test_the_socket_of_a_dead_server_is_taken_over_and_that_of_a_live_one_is_not(tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        with pytest.raises(ClickException, match="cannot be used"):
            Address("", 0, path).check()
    Address("", 0, path).check()
    assert not path.exists()


def web_server(supervisor):
    return child_of(supervisor, "create_app")


def two_of(pids):
    return sorted(pids) if len(pids) >= 2 else None


def children(parent):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def child_of(parent, word):
    """The child whose command ends so, once it runs: between fork and exec it still has ours."""
    return wait_until(lambda: next(iter(children_running(parent, word)), None))


def children_running(parent, word):
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if line.endswith(word)]


def refuses(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_cannot_be_used_is_an_error(host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ClickException, match=rf"{host}:{port} cannot be used"):
            check_port(host, port)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "localhost"), ("::1", "[::1]")],
)
def test_the_address_that_is_printed_can_be_opened(host, url, capsys):
    Address(host, 8000).announce()
    assert f"http://{url}:8000/docs" in capsys.readouterr().err
