"""What the measures on PostgreSQL stand on: the server, the world, the service, and the hello."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.hotpath import least, limits, postgres, rounds, service, world
from benchmarks.hotpath.limits import Written
from benchmarks.hotpath.postgres import Postgres
from benchmarks.hotpath.rounds import Length, Round, Side
from benchmarks.hotpath.service import Service
from benchmarks.hotpath.world import Size, World

WORKERS = 2
CLIENTS = 8
FIRST_SECONDS = 10.0  # most destinations and SKUs have been seen by then, as in a service that runs
HELLO = "benchmarks.hotpath.hello:create_app"
FLOORS = {
    "the least service": "benchmarks.hotpath.least:create_app",
    "ours, its choice for nothing": "benchmarks.hotpath.unchosen:create_app",
}


@dataclass(frozen=True)
class Ground:
    """All that runs, and how long the rounds are."""

    postgres: Postgres
    world: World
    service: Service
    hello: Service
    folder: Path
    size: Size
    length: Length

    def load(self, kind: str, clients: int = CLIENTS) -> Side:
        """Return the side on which the service answers requests of a kind."""
        return self.driven(self.service, kind, clients)

    def floor(self, clients: int = CLIENTS) -> Side:
        """Return the side on which Flask says hello."""
        return self.driven(self.hello, "hello", clients)

    @contextmanager
    def floors(self, kind: str) -> Iterator[dict[str, Side]]:
        """Lend the sides on which services that leave something out answer requests of a kind."""
        about = {"FULFILLMENT_DATABASE_URL": self.world.url}
        about[least.FACILITIES] = str(self.size.facilities)
        with ExitStack() as stack:
            yield {
                name: self.driven(
                    stack.enter_context(service.alike(self.service, application, **about)), kind
                )
                for name, application in FLOORS.items()
            }

    def driven(self, other: Service, kind: str, clients: int = CLIENTS) -> Side:
        """Return the side on which a service answers requests of a kind."""

        def side(seconds: float) -> Round:
            return other.drive(self.world.requests(kind, service.next_seed()), clients, seconds)

        return side

    def limit(self, script: Path, clients: int = CLIENTS) -> Side:
        """Return the side on which pgbench runs a script."""
        facilities = self.size.facilities
        return lambda seconds: self.postgres.pgbench(
            script, clients, seconds, facilities=facilities
        )

    def written(self, kind: str) -> Written:
        """Reserve a while, and return the documents that such a reservation leaves."""
        self.load(kind)(FIRST_SECONDS)
        return limits.last_written(self.postgres.url)


@contextmanager
def prepared(size: Size, length: Length) -> Iterator[Ground]:
    """Start and fill everything; stop it afterwards."""
    rounds.say("starting PostgreSQL")
    with postgres.started() as server, TemporaryDirectory(prefix="fulfillment-bench-") as folder:
        rounds.say(f"filling {size.skus} SKUs x {size.facilities} facilities")
        filled = world.build(server.url, size)
        with (
            service.serving(server.url, WORKERS) as ours,
            service.alike(ours, HELLO) as hello,
        ):
            ours.database_seconds = server.cpu_seconds
            yield Ground(server, filled, ours, hello, Path(folder), size, length)
