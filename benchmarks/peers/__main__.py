"""Install the peers that the benchmarks measure, each in a folder of its own beside this file.

python -m benchmarks.peers [oscar] [medusa]
"""

import shutil
import subprocess
import sys
import venv

from benchmarks.peers import MEDUSA, OSCAR, OSCAR_PYTHON, OSCAR_SHOP


def oscar() -> None:
    """Install django-oscar, from PyPI, into a virtual environment."""
    venv.create(OSCAR, with_pip=True)
    wanted = OSCAR_SHOP / "requirements.txt"
    command = [OSCAR_PYTHON, "-m", "pip", "install", "--quiet", "--requirement", wanted]
    subprocess.run(command, check=True)


def medusa() -> None:
    """Install Medusa and its inventory module, from npm, beside what calls them."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not there, so Medusa cannot be installed")
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run([npm, "install", *quiet], cwd=MEDUSA, check=True)


PEERS = {"oscar": oscar, "medusa": medusa}


def main() -> None:
    """Install those named, or all."""
    for name in sys.argv[1:] or PEERS:
        print(f"installing {name}", file=sys.stderr)
        PEERS[name]()


if __name__ == "__main__":
    main()
