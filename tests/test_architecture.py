"""Rules of the house that import contracts cannot say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fulfillment.platform.db import Base

PACKAGE = Path(__file__).parents[1] / "fulfillment"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Endpoints (through platform/commands), jobs and the command line; everything below may flush.
OPEN_TRANSACTIONS = {
    "cli/audit.py",
    "cli/imports.py",
    "cli/keys.py",
    "cli/plan.py",
    "cli/schedules.py",
    "cli/strategies.py",
    "demo/api.py",
    "integrations/desk.py",  # the worker tells shops what they wait for
    "integrations/inbox.py",  # and works on what they tell
    "inventory/counting/days.py",  # the day's plan of counts is a job
    "inventory/reservations.py",  # the sweep of expired holds is a job
    "planning/demand/history.py",  # the nightly history of demand is a job
    "planning/forecasts/runs.py",  # and so are the forecasts
    "planning/leases.py",  # a plan's run is a job
    "planning/outlook.py",  # the nightly estimate of demand is a job
    "planning/runs.py",
    "platform/commands.py",
    "platform/jobs/runs.py",
    "platform/outbox.py",
    "platform/webhooks/spreading.py",  # the worker gives news to webhooks
    "platform/webhooks/trying.py",  # and writes down what came of its tries
    "scheduler.py",
    "shipping/carriers/asking.py",  # the worker asks carriers
    "shipping/carriers/booking.py",  # and writes down what they answer
    "shipping/carriers/csv_dropbox.py",  # changing files with carriers is a job
    "tracking/files.py",  # and so is reading theirs
    "tracking/measuring.py",  # measuring transit times is a job
    "tracking/watching.py",  # the watch over deliveries is a job
}
# As docs/architecture.md has them: one statement for what would be several calls on the hot path.
SQL_ACROSS_ROOMS = {
    "inventory/holding_postgresql.py",
    "inventory/holding_sqlite.py",
    "sourcing/bulk/state.py",
    "sourcing/checkout/memory.py",
    "sourcing/checkout/state.py",
}
SQL_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE) ([a-z_]+)")
STATEMENTS = {
    "select",
    "update",
    "insert",
    "delete",
    "insert_for_engine",
    "insert_once",
    "join",
    "get",
}


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def calls(module: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_only_endpoints_jobs_and_the_command_line_open_a_transaction():
    opening = {name_of(m) for m in MODULES for call in calls(m) if called(call) == "transaction"}
    assert opening == OPEN_TRANSACTIONS


def test_nobody_commits_but_the_transaction():
    committing = {name_of(m) for m in MODULES for call in calls(m) if called(call) == "commit"}
    assert committing == {"platform/db.py"}


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_room_reads_and_writes_its_own_tables_only(module):
    room = module.relative_to(PACKAGE).parts[0]
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(".models")
        if node.module.split(".")[1] != room
        for alias in node.names
    }
    used = {
        name.id
        for call in calls(module)
        if called(call) in STATEMENTS
        for argument in call.args
        for name in ast.walk(argument)
        if isinstance(name, ast.Name)
    }
    assert not foreign & used


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_imports_stand_at_the_top(module):
    inside = [
        node
        for function in ast.walk(ast.parse(module.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def structs_of(module):
    """Yield the classes of a module that are Structs."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ClassDef) and "Struct" in map(ast.unparse, node.bases):
            yield node


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_struct_has_room_for_what_it_caches(module):
    for struct in structs_of(module):
        caches = "cached_property" in ast.unparse(struct.body)
        assert caches == any(option.arg == "dict" for option in struct.keywords), struct.name


def test_sql_that_names_another_room_s_tables_is_listed(app):
    owner = {m.local_table.name: m.class_.__module__.split(".")[1] for m in Base.registry.mappers}
    found = set()
    for module in MODULES:
        room = module.relative_to(PACKAGE).parts[0]
        named = {owner.get(table, room) for table in SQL_TABLE.findall(module.read_text())}
        if module.name != "audit.py" and named - {room}:
            found.add(name_of(module))
    assert found == SQL_ACROSS_ROOMS
