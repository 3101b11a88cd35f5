"""Programs of the peers, run to their end."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

PATIENCE_SECONDS = 300.0
QUIET = {"MEDUSA_DISABLE_TELEMETRY": "1"}


def start(command: Sequence[object], folder: Path, own: dict[str, str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    words = [str(word) for word in command]
    return subprocess.Popen(
        words, cwd=folder, env=os.environ | QUIET | own, stdout=pipe, stderr=pipe, text=True
    )


def answer_of(process: subprocess.Popen[str]) -> str:
    said, complaints = process.communicate(timeout=PATIENCE_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{process.args}: {complaints[-2000:]}")
    return said
