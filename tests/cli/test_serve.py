import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from click import ClickException

from fulfillment.cli.serve import Address, check_port

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(empty_database_url, port, tmp_path):
    """Start `fulfillment serve` on an empty SQLite database; it is killed in the end."""
    log = (tmp_path / "log").open("w+")
    command = [sys.executable, "-m", "fulfillment.cli", "serve", "--port", str(port)]
    environ = {**os.environ, "FULFILLMENT_DATABASE_URL": empty_database_url}
    process = subprocess.Popen(
        [*command, "--workers", "2"], stderr=log, env=environ, start_new_session=True
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    log.close()


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
    assert json.loads(wait_until(lambda: get(port, "/readyz")))["status"] == "ok"
    wait_until(lambda: {"scheduler started", "worker started"} <= set(events(tmp_path)))
    for _ in range(5):
        get(port, "/healthz")
    assert 'route="/healthz",status="200"} 5.0' in get(port, "/metrics")
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(40) == 0
    assert {"scheduler stopped", "worker stopped"} <= set(events(tmp_path))
    assert refuses(port)


def test_it_says_that_it_is_ready_once_it_is(serve, port, tmp_path):
    log = tmp_path / "log"
    wait_until(lambda: f"Ready at http://127.0.0.1:{port}\n" in log.read_text())
    assert json.loads(get(port, "/readyz"))["status"] == "ok"
    assert log.read_text().startswith("Starting")
    assert log.read_text().count("Ready at") == 1


def test_a_worker_that_dies_is_started_again(serve, port, tmp_path):
    wait_until(lambda: "worker started" in events(tmp_path))
    os.kill(child(serve.pid, "worker"), signal.SIGKILL)
    wait_until(lambda: events(tmp_path).count("worker started") == 2)
    assert serve.poll() is None


def test_a_web_process_that_dies_is_replaced_and_the_service_goes_on(serve, port):
    wait_until(lambda: get(port, "/healthz"))
    web = web_server(serve.pid)
    before = wait_until(lambda: two_of(children(web)))
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: two_of(set(children(web)) - {before[0]}))
    wait_until(lambda: get(port, "/healthz"))
    assert serve.poll() is None


def test_a_web_server_that_dies_leaves_no_process_on_the_port(serve, port):
    wait_until(lambda: get(port, "/healthz"))
    os.kill(web_server(serve.pid), signal.SIGKILL)
    assert serve.wait(40) == 1
    wait_until(lambda: refuses(port))


def web_server(supervisor):
    others = {child(supervisor, name) for name in ("scheduler", "worker")}
    (web,) = set(children(supervisor)) - others
    return web


def two_of(pids):
    return sorted(pids) if len(pids) >= 2 else None


def children(parent):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def child(parent, word):
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in listed.stdout.splitlines() if line.endswith(word)]
    return int(line.split()[0])


def test_children_of_a_supervisor_that_is_killed_outright_end_too(serve, port):
    wait_until(lambda: get(port, "/healthz"))
    serve.kill()
    serve.wait()
    wait_until(lambda: refuses(port))


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
