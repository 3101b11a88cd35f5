"""A short attack on the real service, whose processes are killed; `make chaos` is a long one."""

import tempfile
from pathlib import Path

import pytest

from benchmarks.chaos.attack import Options, attack, remove

DISASTERS = {
    "sqlite": ("web process killed", "worker killed", "clock jumped"),
    "postgresql": ("web process killed", "PostgreSQL killed", "connections cut", "clock jumped"),
}


@pytest.fixture
def folder():
    # Not one of pytest's: those are closed to the system user that serves PostgreSQL.
    folder = Path(tempfile.mkdtemp(prefix="fulfillment-chaos-"))
    yield folder
    remove(folder)


def test_what_was_acknowledged_is_there_once_whatever_was_killed_meanwhile(engine, folder):
    few = Options(engine, 6, clients=3, disasters=DISASTERS[engine], small_disk=False)
    record = attack(few, folder)
    assert record.verdict.ok, record.verdict
    assert record.verdict.acknowledged > 20
    assert all(record.happened[disaster] for disaster in DISASTERS[engine])
