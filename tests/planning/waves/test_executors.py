import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import LocalCluster
from msgspec.structs import replace
from structlog.testing import capture_logs

from fulfillment.planning.waves import executors
from fulfillment.platform import config
from tests.servers import free_port

ROOT = Path(__file__).parents[3]
OWNER = """
import os, time
from fulfillment.planning.waves import executors
from fulfillment.platform import config
if __name__ == "__main__":
    environ = {"FULFILLMENT_WAVE_EXECUTOR": "processes", "FULFILLMENT_WAVE_WORKERS": "1"}
    with executors.workers(config.load(environ)) as found:
        found.executor.submit(print, "at work", flush=True).result()
        found.executor.submit(time.sleep, 600).result()
"""


def settings(executor, **more):
    return replace(config.load({}), wave_executor=executor, **more)


def cluster(workers):
    return LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")


def test_by_default_a_wave_is_solved_where_it_is():
    with executors.workers(config.load({})) as found:
        assert found == executors.Workers(None, 1)


def test_processes_work_beside_us():
    with executors.workers(settings("processes", wave_workers=2)) as found:
        assert found.count == 2
        assert found.executor.submit(os.getpid).result() != os.getpid()


def test_there_is_a_process_for_every_cpu_unless_told_otherwise():
    with executors.workers(settings("processes")) as found:
        assert found.count == os.cpu_count()


def test_busy_processes_are_let_go_at_the_end():
    with executors.workers(settings("processes", wave_workers=1)) as found:
        pid = found.executor.submit(os.getpid).result()
        found.executor.submit(time.sleep, 600)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_processes_end_with_their_owner_however_it_dies(tmp_path):
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as owner:
        assert owner.stdout.readline() == b"at work\n"
        owner.send_signal(signal.SIGKILL)
        # The pipe ends when its last writer does.
        assert owner.stdout.read() == b""


def test_a_dask_cluster_works_for_us():
    with cluster(2) as there:
        address = there.scheduler_address
        with executors.workers(settings("dask", dask_scheduler=address)) as found:
            assert found.count == 2
            assert found.executor.submit(os.getpid).result() != os.getpid()


def test_a_cluster_without_workers_is_done_without():
    with cluster(0) as there, capture_logs() as logs:
        address = there.scheduler_address
        with executors.workers(settings("dask", dask_scheduler=address)) as found:
            assert found == executors.HERE
    assert [(line["log_level"], line["scheduler"]) for line in logs] == [("warning", address)]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense", "carrier://pigeon:1"])
def test_a_scheduler_that_is_away_is_done_without(address):
    address = address.format(port=free_port())
    with (
        capture_logs() as logs,
        executors.workers(settings("dask", dask_scheduler=address)) as found,
    ):
        assert found == executors.HERE
    assert [(line["log_level"], line["scheduler"]) for line in logs] == [("warning", address)]


def test_without_the_extra_the_start_names_it(monkeypatch):
    environ = {
        "FULFILLMENT_WAVE_EXECUTOR": "dask",
        "FULFILLMENT_DASK_SCHEDULER": "tcp://127.0.0.1:8786",
    }
    assert config.load(environ).wave_executor == "dask"
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    with pytest.raises(config.BadSetting, match=r"wave_executor.*fulfillment\[cluster\]"):
        config.load(environ)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WAVE_EXECUTOR", "dask", "dask_scheduler"),
        ("WAVE_EXECUTOR", "threads", "wave_executor"),
        ("WAVE_WORKERS", "-1", "wave_workers"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name, value, said):
    with pytest.raises(config.BadSetting, match=said):
        config.load({"FULFILLMENT_" + name: value})
