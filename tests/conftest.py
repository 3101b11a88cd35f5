"""A migrated database of its own for every test, on SQLite and on PostgreSQL."""

import gc
import shutil
from collections.abc import Callable, Iterator, MutableMapping
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from fulfillment.app import create_app
from fulfillment.platform import config, keys, migrations
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from tests.engines import DatabaseServer, postgres_server  # noqa: F401 (a fixture)

ENGINES = ("sqlite", "postgresql")
Compiled = dict[str, tuple[Dialect, MutableMapping[Any, Any]]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "engine(*names): run on these engines only (sqlite, postgresql)"
    )


def pytest_collection_finish() -> None:
    """Spare the collector what is imported by now and stays: that took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2000, 10, 100)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database on every engine, unless @pytest.mark.engine says otherwise."""
    if "engine" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("engine")
        metafunc.parametrize("engine", marker.args if marker else ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine under test."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the schema in it, and no rows."""
    template = request.getfixturevalue(f"{engine}_template")
    if engine == "sqlite":
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'test.db')}"
        return
    server = request.getfixturevalue("postgres_server")
    url = str(server.new_database(template))
    yield url
    server.drop(url)  # thousands of them would fill the memory that they lie in


@pytest.fixture
def empty_database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database without a schema."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_server").new_database())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: DatabaseServer) -> str:  # noqa: F811
    url = postgres_server.new_database()
    create_schema(url)
    return url


def create_schema(url: str) -> None:
    app = create_app(settings_for(url))
    with app.app_context():
        migrations.upgrade()
        db.engine.dispose()


def settings_for(url: str, **changes: Any) -> config.Settings:
    """The default settings, on this database; no variable of the developer's shell gets in."""
    return replace(config.load({}), database_url=url, **changes)


@pytest.fixture
def settings(database_url: str) -> config.Settings:
    """The settings of the application under test; a test file overrides this to change some."""
    return settings_for(database_url)


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    """What statements are compiled to, by engine: a fifth of the time if each test did it anew.

    Who listens to events of the dialect, which are few, needs one of its own: an empty dictionary.
    """
    return {}


@pytest.fixture
def app(settings: config.Settings, compiled: Compiled) -> Iterator[Flask]:
    """The application on its fresh database, with its context pushed."""
    app = create_app(settings)
    app.test_client_class = Client
    with app.app_context():
        share_compiled(db.engine, compiled)
        yield app
        db.session.remove()
        db.engine.dispose()


def share_compiled(engine: Engine, compiled: Compiled) -> None:
    if engine.dialect.name not in compiled:
        engine.connect().close()  # a dialect asks its first server what that can do
        compiled[engine.dialect.name] = engine.dialect, LRUCache(5000)
    # Statements are known by their dialect.
    engine.dialect, statements = compiled[engine.dialect.name]
    engine.update_execution_options(compiled_cache=statements)


class Client(FlaskClient):
    """A client whose requests share nothing with the test, as if they came over the wire."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self.end_reads()
        answer = Context().run(super().open, *args, **{"buffered": True, **kwargs})
        self.end_reads()
        return answer

    def end_reads(self) -> None:
        # What the test itself read before is stale now, and it must not look at it again.
        if has_app_context():
            db.session.rollback()


@pytest.fixture
def client(app: Flask) -> Client:
    """An HTTP client; send `headers=auth("warehouse")` along."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def auth(app: Flask) -> Callable[..., dict[str, str]]:
    """Make a key: `auth("warehouse", facilities=["W1"])` returns the headers that carry it."""

    def headers(role: str = "admin", **binding: Any) -> dict[str, str]:
        with transaction():
            secret = keys.create(Role(role), **binding)
        return {"Authorization": f"Bearer {secret}"}

    return headers
