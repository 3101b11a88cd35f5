"""The command line: `fulfillment --help` lists what it can do."""

from importlib import import_module

import click

from fulfillment import __version__

# The help stands here as well, so that listing the commands imports none of them.
COMMANDS = {
    "audit": "Check every invariant of the stock.",
    "db": "Bring the database schema up to date, or back.",
    "demo": "Run a busy week of real orders on an embedded database.",
    "import": "Load items, facilities, rates, postal codes or stock from a file.",
    "keys": "Make, list and revoke API keys.",
    "openapi": "Print the OpenAPI document of the HTTP API.",
    "forecast": "Bring demand up to date and forecast it.",
    "plan": "Solve a plan now, and record or apply it.",
    "scheduler": "Run the timetable: expiry, waves, audit.",
    "schedules": "Say when jobs run, run one now, list runs.",
    "serve": "Run web, scheduler and worker on this machine.",
    "solve": "Solve a problem from a file, without a database.",
    "strategies": "Put, list and activate shipping strategies.",
    "worker": "Act on news and solve queued plans.",
}
MODULES = {"import": "imports"}  # the others are named as the command is
EXTRAS = {"demo": "demo"}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        try:
            module = import_module(f"fulfillment.cli.{MODULES.get(cmd_name, cmd_name)}")
        except ModuleNotFoundError as error:
            if cmd_name not in EXTRAS or (error.name or "").startswith("fulfillment"):
                raise
            return without_extra(cmd_name)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def without_extra(name: str) -> click.Command:
    """Return a command that says which packages it would need."""

    def refuse() -> None:
        extra = EXTRAS[name]
        raise click.ClickException(f"{name} needs more packages: pip install '.[{extra}]'")

    return click.Command(name, callback=refuse, short_help=COMMANDS[name])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fulfillment")
def main() -> None:
    """Inventory and fulfillment backend.

    Settings come from config/default.toml, then the file in FULFILLMENT_CONFIG, then variables:
    FULFILLMENT_DATABASE_URL names the database (default: a SQLite file in the instance folder).

    Results go to standard output, everything else to standard error.

    \b
    First steps:
      fulfillment db upgrade
      fulfillment keys create --role admin
      fulfillment serve
    """
