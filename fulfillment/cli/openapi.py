"""`fulfillment openapi`: the contract of the HTTP API."""

import json

import click

from fulfillment.cli.edge import in_app
from fulfillment.platform.openapi import description


@click.command("openapi")
@in_app
def command() -> None:
    """Print the OpenAPI 3.1 document of the HTTP API as JSON."""
    click.echo(json.dumps(description(), indent=2))
