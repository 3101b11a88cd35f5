"""The lock file says what is installed, and not from where."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "constraints.txt").read_text().splitlines()
PINNED = {line.split("==")[0] for line in LINES}


def required() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(line for extra in extras for line in extra)]


def test_every_requirement_is_pinned():
    names = {re.split(r"[^\w-]", line)[0] for line in required()}
    assert names <= PINNED


def test_every_line_is_one_exact_version():
    assert [line for line in LINES if not re.match(r"[a-z0-9-]+==[\w.]+( ; .+)?$", line)] == []


def test_pulp_is_pinned_for_both_of_its_lines():
    assert sum(line.startswith("pulp==") for line in LINES) == 2
