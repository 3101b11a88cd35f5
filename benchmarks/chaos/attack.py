"""One attack from beginning to end: furnish, load, strike, let it recover, and judge."""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from msgspec import structs
from sqlalchemy import text

from benchmarks.chaos.client import COLD, HOT, PLACES, facts
from benchmarks.chaos.databases import Disk, Postgresql, Sqlite
from benchmarks.chaos.disasters import Fate
from benchmarks.chaos.service import Service, wait_for_write
from benchmarks.chaos.verdict import Verdict, judge
from fulfillment.app import create_app
from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.network.models import Facility
from fulfillment.platform import config, migrations
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import create

PAUSES = (0.3, 2.0)
STOCK = {"hot": 40}
PROBE = "probe"

# What failed is tried again after half a minute.
NEWS_SECONDS = 60
NEWS = "SELECT COUNT(*) FROM events WHERE due_at IS NOT NULL"


@dataclass(frozen=True)
class Options:
    """How long to attack what, by how many clients."""

    engine: str
    seconds: float
    seed: int = 1
    clients: int = 6
    disasters: tuple[str, ...] = ()
    small_disk: bool = True
    say: Callable[[str], None] = print


@dataclass
class Record:
    """What was done, what happened, how long it took to recover, and what was lost."""

    asked: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    recovered: list[tuple[str, float]] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    verdict: Verdict | None = None


def attack(options: Options, folder: Path) -> Record:
    """Attack a service of our own in this folder, and judge what is left."""
    record = Record()
    with ExitStack() as stack:
        database = stack.enter_context(database_in(folder / "disk", options))
        app = furnished(database.url)
        with app.app_context():
            key = admin_key()
        service = Service(database.url, folder)
        service.set_clock(0)
        service.start()
        stack.callback(service.kill_all)
        probe = Probe(service.port, key)
        options.say(f"first write taken after {probe.seconds():.1f} s")
        if not database.disk.is_small:
            options.say("no small disk can be mounted here: it is not filled")
        fate = Fate(service, database, random.Random(options.seed))
        with clients(options, folder, key, service.port):
            strike_on(options, fate, probe, record)
            settle(service, probe)
        with app.app_context():
            wait_for_news()
        service.stop()
        record.happened = fate.happened
        told = list(diaries(folder))
        for fact in told:
            record.repeated.update(fact.get("repeated", {}))
        answers = [fact for fact in told if "status" in fact]
        record.asked.update(f"{fact['kind']}: {fact['status']}" for fact in answers)
        with app.app_context():
            record.verdict = judge(answers)
            db.session.remove()
            db.engine.dispose()
    return record


@contextmanager
def database_in(folder: Path, options: Options) -> Iterator[Postgresql | Sqlite]:
    folder.mkdir()
    disk = Disk(folder)
    if options.small_disk:
        disk.mount()
    database = Sqlite(disk) if options.engine == "sqlite" else Postgresql(disk)
    try:
        database.start()
        yield database
    finally:
        database.end()
        disk.unmount()


def furnished(url: str) -> Flask:
    """Bring the schema up to date, and write two facilities, the items and their stock."""
    app = create_app(structs.replace(config.load({}), database_url=url, log_level="ERROR"))
    with app.app_context():
        migrations.upgrade()
        with transaction() as session:
            for number, code in enumerate(PLACES):
                place = {"timezone": "UTC", "lat": 31.0 + number, "lng": -90.0}
                session.add(Facility(code=code, name=code, **place))
            skus = [*HOT, *COLD, PROBE]
            session.add_all(Item(sku=sku, name=sku, weight_g=500) for sku in skus)
            session.flush()
            ledger.post_all(
                [
                    Entry(Kind.RECEIPT, sku, code, STOCK.get(sku, 200), reference="first")
                    for sku in skus
                    for code in PLACES
                ]
            )
        db.session.remove()
        db.engine.dispose()
    return app


def admin_key() -> str:
    with transaction():
        secret = create(Role.ADMIN)
    db.session.remove()
    db.engine.dispose()
    return secret


@dataclass
class Probe:
    """Writes one unit at a time, to see when writes are taken again."""

    port: int
    key: str
    number: int = 0

    def seconds(self) -> float:
        self.number += 1
        row = {"kind": "receipt", "sku": PROBE, "facility": PLACES[0], "quantity": 1}
        named = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"probe {self.number}"}
        body = {"movements": [row | {"reference": f"probe {self.number}"}]}
        return wait_for_write(self.port, named, body)


@contextmanager
def clients(options: Options, folder: Path, key: str, port: int) -> Iterator[None]:
    """Let client processes work; at the end each finishes what it has begun."""
    running = []
    for number in range(options.clients):
        told = (folder / f"diary {number}").open("wb")
        command = [sys.executable, "-m", "benchmarks.chaos.client", f"client{number}"]
        running.append(
            subprocess.Popen(
                [*command, str(options.seed), key, str(port)], stdin=subprocess.PIPE, stdout=told
            )
        )
        told.close()
    try:
        yield
    finally:
        for client in running:
            client.stdin.close()
        ends = [client.wait(90) for client in running]
    assert not any(ends), f"clients ended with {ends}"


def strike_on(options: Options, fate: Fate, probe: Probe, record: Record) -> None:
    """Strike until the time is over: first each disaster (that was named), then at random."""
    end = time.monotonic() + options.seconds
    named = list(options.disasters or fate.choices())
    fate.random.shuffle(named)
    while named or time.monotonic() < end:
        time.sleep(fate.random.uniform(*PAUSES))
        struck = fate.strike(named.pop(0) if named else None)
        needed = probe.seconds()
        record.recovered.append((struck, needed))
        options.say(
            f"{max(0, end - time.monotonic()):5.0f} s left: {struck}, back in {needed:.2f} s"
        )


def settle(service: Service, probe: Probe) -> None:
    """Put the clock right, and wait until writes are taken."""
    service.set_clock(0)
    service.keep_up()
    probe.seconds()


def wait_for_news() -> None:
    """Wait until the worker has acted on what was left to it, as it does within seconds."""
    end = time.monotonic() + NEWS_SECONDS
    while waiting := db.session.scalar(text(NEWS)):
        db.session.rollback()
        if time.monotonic() > end:
            raise TimeoutError(f"{waiting} pieces of news wait for {NEWS_SECONDS} s")
        time.sleep(0.1)
    db.session.rollback()


def diaries(folder: Path) -> Iterator[dict[str, Any]]:
    for diary in sorted(folder.glob("diary *")):
        with diary.open() as lines:
            yield from facts(lines)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
