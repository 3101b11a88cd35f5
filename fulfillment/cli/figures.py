"""The figures of processes that answer no requests, for Prometheus."""

import click

from fulfillment.platform import metrics

metrics_port = click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Serve figures at this port's /metrics, where no web process does.",
)


def scraped_at(port: int | None) -> None:
    """Serve them, if a port was given.

    Raises:
        ClickException: it is taken.
    """
    if port is None:
        return
    try:
        metrics.publish(port)
    except OSError as error:
        raise click.ClickException(f"--metrics-port {port}: {error.strerror}") from error
