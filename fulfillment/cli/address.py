"""Where the web processes listen: a port, or a socket in the file system."""

import socket
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

PROBE_SECONDS = 1.0
ANYWHERE = ("0.0.0.0", "::")


class UnixConnection(HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PROBE_SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


@dataclass(frozen=True)
class Address:
    """Where the web processes listen."""

    host: str
    port: int
    uds: Path | None = None

    @property
    def name(self) -> str:
        return "localhost" if self.host in ANYWHERE else self.host

    @property
    def options(self) -> tuple[str, ...]:
        """The web server's own options for it."""
        if self.uds:
            return ("--uds", str(self.uds), "--uds-permissions", "660")
        return ("--host", self.host, "--port", str(self.port))

    def connection(self) -> HTTPConnection:
        if self.uds:
            return UnixConnection(self.uds)
        return HTTPConnection(self.name, self.port, timeout=PROBE_SECONDS)

    def is_ready(self) -> bool:
        """Ask the web processes themselves."""
        connection = self.connection()
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def check(self) -> None:
        """Refuse an address that another program listens at: the two would share it in silence.

        Raises:
            ClickException: it is taken, or is none of this machine.
        """
        if self.uds:
            check_path(self.uds)
        else:
            check_port(self.host, self.port)

    def announce(self) -> None:
        """Say that they serve, and what."""
        if self.uds:
            click.echo(f"Ready at {self.uds}", err=True)
            return
        shown = f"[{self.name}]" if ":" in self.name else self.name
        url = f"http://{shown}:{self.port}"
        click.echo(f"Ready at {url}", err=True)
        click.echo(f"  {url}/docs     the API, to read and to try", err=True)
        click.echo(f"  {url}/metrics  figures for Prometheus", err=True)
        click.echo("  a key to call it with: fulfillment keys create --role admin", err=True)


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}") from error


def check_path(path: Path) -> None:
    """Take over the socket of a server that is dead, and leave alone whatever else is there."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        dead = path.is_socket() and probe.connect_ex(str(path)) != 0
    if not dead:
        raise click.ClickException(f"{path} cannot be used: it is taken")
    path.unlink()
