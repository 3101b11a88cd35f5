"""What all commands of `fulfillment solve` share: files, options, Ctrl-C and the progress bar."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from fulfillment.cli.finite import Finite
from fulfillment.optimization.documents import Refused

T = TypeVar("T")

problem_file = click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    required=False,
)
output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path),
    default="-",
    help="Write the answer to this file.",
)
seconds_option = click.option("--seconds", type=Finite(min=0), help="Time to solve.")
gap_option = click.option("--gap", type=Finite(0, 1), help="Stop within this of the best.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Of the solver.")


def read(file: Path | None, reader: Callable[[bytes], T]) -> T:
    """Read the file, or what is piped in: nobody types a problem at a terminal."""
    if file is None and sys.stdin.isatty():
        raise click.UsageError("Name a FILE, or pipe a problem in.")
    name = "-" if file is None else str(file)
    with click.open_file(name, "rb") as stream:
        raw: bytes = stream.read()
    try:
        return reader(raw)
    except Refused as refused:
        source = "standard input" if name == "-" else click.format_filename(name)
        raise click.ClickException("\n".join(f"{source}: {f}" for f in refused.faults)) from refused


def check_folder(output: Path) -> None:
    """Refuse now what could not be written after a minute of solving."""
    if not os.access(output.parent, os.W_OK):
        raise click.BadParameter(f"cannot write into {output.parent}", param_hint="--output")


def write(document: dict[str, Any], output: Path) -> None:
    """Write one line for each field of the answer; a file is replaced once all is written."""
    lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in document.items())
    is_plain = output.is_file() or not output.exists()
    with click.open_file(str(output), "w", encoding="utf-8", atomic=is_plain) as file:
        file.write("{" + ",\n ".join(lines) + "}\n")


def in_thread(work: Callable[[], T]) -> T:
    """Work in another thread: this one hears Ctrl-C while the solver runs outside of Python."""
    outcome = Future[T]()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result()


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Tell whether Ctrl-C was pressed; the second one ends the program."""
    pressed = threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        if pressed.is_set():
            # The solver's thread does not hear of it: no orderly end.
            os._exit(128 + number)
        pressed.set()
        click.echo("stopping; Ctrl-C again ends without a plan", err=True)

    usual = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def progress(name: str) -> Iterator[Callable[[float], None] | None]:
    """Show the share of the steps done, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda share: bar.update(task, completed=share)
