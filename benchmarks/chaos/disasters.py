"""What goes wrong, at random moments: each disaster happens, and is then put right."""

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from benchmarks.chaos.databases import Postgresql, Sqlite
from benchmarks.chaos.service import Service

DISK_FULL_SECONDS = 1.5
CLOCK_JUMPS = (-120.0, -5.0, 0.0, 5.0, 120.0)


@dataclass
class Fate:
    """Draws disasters and lets them happen; `happened` counts them."""

    service: Service
    database: Postgresql | Sqlite
    random: random.Random
    happened: Counter[str] = field(default_factory=Counter)

    def strike(self, only: str | None = None) -> str:
        """Let one disaster happen, and put right what an operator or an init would."""
        name = only or self.random.choice(list(self.choices()))
        self.choices()[name]()
        self.happened[name] += 1
        if self.service.keep_up():
            self.happened["service started anew"] += 1
        return name

    def choices(self) -> dict[str, Callable[[], None]]:
        """Return the disasters that can happen here."""
        found = {
            "web process killed": lambda: self.kill("web"),
            "web server killed": lambda: self.kill("web server"),
            "worker killed": lambda: self.kill("worker"),
            "scheduler killed": lambda: self.kill("scheduler"),
            "whole service killed": self.service.kill_all,
            "clock jumped": self.jump,
        }
        if self.database.disk.is_small:
            found["disk full"] = self.fill_disk
        if isinstance(self.database, Postgresql):
            found["PostgreSQL killed"] = self.kill_database
            found["connections cut"] = self.database.cut
        return found

    def kill(self, which: str) -> None:
        processes = self.service.processes()[which]
        if processes:
            with suppress(psutil.Error):
                self.random.choice(processes).kill()

    def jump(self) -> None:
        self.service.set_clock(self.random.choice(CLOCK_JUMPS))

    def kill_database(self) -> None:
        assert isinstance(self.database, Postgresql)
        self.database.kill()
        time.sleep(self.random.uniform(0, 0.3))
        self.database.restart()

    def fill_disk(self) -> None:
        self.database.disk.fill()
        time.sleep(DISK_FULL_SECONDS)
        self.database.disk.empty()
        if isinstance(self.database, Postgresql) and not self.database.runs():
            self.database.restart()
            self.happened["PostgreSQL gave up on the full disk"] += 1
