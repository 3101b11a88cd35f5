"""Where a wave's parts are solved: here, in processes of this machine, or on a Dask cluster."""

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

import structlog

from fulfillment.platform.config import Settings

REACH_SECONDS = 5  # for the way to the scheduler

log = structlog.get_logger()


@dataclass(frozen=True)
class Workers:
    """An executor, or None to solve here, and how many parts it solves at once."""

    executor: Executor | None
    count: int


HERE = Workers(None, 1)


@contextmanager
def workers(settings: Settings) -> Iterator[Workers]:
    """Hold the workers that the settings name; they are let go at the end, busy or not."""
    opened = {"inline": here, "processes": processes, "dask": dask}[settings.wave_executor]
    with opened(settings) as found:
        yield found


@contextmanager
def here(settings: Settings) -> Iterator[Workers]:
    yield HERE


@contextmanager
def processes(settings: Settings) -> Iterator[Workers]:
    """Hold processes of this machine, which begin with the first part and end with us."""
    count = settings.wave_workers or os.cpu_count() or 1
    context = get_context("spawn")  # a fork would copy our threads' locks and our database
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, context, initializer=leave_with, initargs=(theirs,))
    try:
        yield Workers(pool, count)
    finally:
        ours.close()
        pool.shutdown(cancel_futures=True)
        theirs.close()


def leave_with(parent: Connection) -> None:
    """Let this process end at once when the other end of the pipe is closed, or its owner dies."""
    # Ctrl-C goes to all processes of a terminal: the owner decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: Connection) -> None:
    parent.poll(None)
    os._exit(0)


@contextmanager
def dask(settings: Settings) -> Iterator[Workers]:
    """Hold the workers of a Dask cluster; without one in reach the wave is solved here."""
    client = reach(settings.dask_scheduler)
    if client is None:
        yield HERE
        return
    try:
        yield Workers(client.get_executor(pure=False), sum(client.nthreads().values()))
    finally:
        client.close()


def reach(scheduler: str) -> Any:
    """Return a client of the scheduler, or None if it is away or has no workers."""
    distributed = import_module("distributed")  # an extra, and slow to import
    try:
        # A client that finds nobody leaves threads behind: knock first.
        place = distributed.comm.get_address_host_port(scheduler, strict=True)
        socket.create_connection(place, REACH_SECONDS).close()
        client = distributed.Client(scheduler, timeout=REACH_SECONDS, set_as_default=False)
    except Exception as error:  # whoever answers there, a wave must not fail for it
        log.warning("no Dask scheduler: solving here", scheduler=scheduler, error=str(error))
        return None
    if client.nthreads():
        return client
    log.warning("no Dask workers: solving here", scheduler=scheduler)
    client.close()
    return None
