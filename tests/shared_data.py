"""Real data that lies beside the project, where it does: none of it is part of the project."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2] / "shared" / "data"
FOLDER = Path(os.environ.get("FULFILLMENT_SHARED_DATA", BESIDE))


def shared(*names):
    """Return the bytes of a file of the folder; the test is skipped where there is none."""
    path = FOLDER.joinpath(*names)
    if not path.exists():
        pytest.skip(f"nothing at {path}: set FULFILLMENT_SHARED_DATA")
    return path.read_bytes()
