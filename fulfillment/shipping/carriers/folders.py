"""The folders that files are changed in with a carrier: `in`, `out`, `done`, `failed` of each.

They are all under one root. A carrier's code names its folder and nothing outside of it; links that
lead elsewhere are not followed.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from itertools import chain, count
from pathlib import Path

from flask import current_app

from fulfillment.platform.config import Settings

IN, OUT, DONE, FAILED = "in", "out", "done", "failed"
# Names that programs give to files which they still write.
TEMPORARY = (".part", ".filepart", ".tmp", ".swp", "~")
# A file that two looks, so far apart, find the same is whole if it ends as it should ...
APART_SECONDS = 1.0
# ... and one that does not when nobody touched it for so long.
QUIET_SECONDS = 60.0
LONGEST_NAME, LONGEST_END = 200, 100


class Escapes(Exception):
    """A folder that a link leads out of the root."""


def root() -> Path:
    """Return the folder of the settings, else one in the instance folder."""
    settings: Settings = current_app.config["SETTINGS"]
    return Path(settings.carrier_folder or Path(current_app.instance_path) / "carriers")


def folder(code: str, name: str) -> Path:
    """Return a folder of a carrier, made if need be.

    Raises:
        Escapes: it is not within the root.
    """
    # "." and ".." are codes too.
    own = "%2E" + code[1:] if code.startswith(".") else code
    path = root() / own / name
    path.mkdir(parents=True, exist_ok=True)
    if path.resolve() != root().resolve() / own / name:
        raise Escapes(f"The folder {name} of {code} is a link to elsewhere.")
    return path


@contextmanager
def held(code: str) -> Iterator[bool]:
    """Hold a carrier's folders; False if another process does. Who dies lets go."""
    for name in (IN, OUT, DONE, FAILED):
        folder(code, name)
    with (folder(code, OUT).parent / ".lock").open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            flock(file, LOCK_UN)


def write(path: Path, data: bytes) -> None:
    """Write a file that is whole from the moment on at which it has its name."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def settle(directory: Path) -> None:
    """Have a folder's names outlast a power cut."""
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def arrived(code: str) -> list[Path]:
    """Return the files that a carrier has left and writes no more, by name."""
    first = looked_at(folder(code, IN))
    if not first:
        return []
    time.sleep(APART_SECONDS)
    second = looked_at(folder(code, IN))
    return [path for path in sorted(first) if second.get(path) == first[path] and is_whole(path)]


def looked_at(directory: Path) -> dict[Path, tuple[int, int]]:
    """Return the size and the time of each file that may be read."""
    found = {}
    for entry in os.scandir(directory):
        if entry.name.startswith(".") or entry.name.endswith(TEMPORARY):
            continue
        seen = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(seen.st_mode):
            found[Path(entry.path)] = (seen.st_size, seen.st_mtime_ns)
    return found


def is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, LONGEST_END), os.SEEK_END)
        end = file.read()
    is_json = path.suffix.lower() == ".json"
    ends = end.rstrip().endswith(b"}") if is_json else end.endswith(b"\n")
    return ends or time.time() - path.stat().st_mtime > QUIET_SECONDS


def read(path: Path, most: int) -> bytes | None:
    """Return what a file holds; None if that is more than so many bytes."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        raw = file.read(most + 1)
    return raw if len(raw) <= most else None


def free(directory: Path, path: Path) -> Path:
    """Return where a file may be moved to in a folder: under its name, or a number behind it."""
    stem = path.stem.encode("utf-8", "replace").decode()[: LONGEST_NAME // 4]
    suffix = path.suffix.lower() if path.suffix.lower() in (".csv", ".json") else ""
    names = chain([f"{stem}{suffix}"], (f"{stem}-{n}{suffix}" for n in count(2)))
    return next(directory / name for name in names if not (directory / name).exists())


def move(path: Path, target: Path) -> None:
    """Move a file within a carrier's folders."""
    path.rename(target)
    settle(target.parent)
