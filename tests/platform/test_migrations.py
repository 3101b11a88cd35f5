import shutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Integer, Table, inspect

from fulfillment.app import create_app
from fulfillment.platform import migrations, revisions
from fulfillment.platform.db import Base, db
from tests.conftest import settings_for

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

def upgrade():
    op.create_table("shelves", sa.Column("id", sa.Integer, primary_key=True))
    shelf = sa.ForeignKey("shelves.id", name="fk_boxes_shelf")
    op.create_table("boxes", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("shelf", sa.Integer, shelf))
    op.execute("INSERT INTO shelves VALUES (1)")
    op.execute("INSERT INTO boxes VALUES (7, 1)")

def downgrade():
    op.drop_table("boxes")
    op.drop_table("shelves")
"""
COPIES_A_TABLE_THAT_OTHERS_REFER_TO = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("shelves", recreate="auto") as batch:
        batch.add_column(sa.Column("aisle", sa.Integer, server_default="3", nullable=False))
        batch.create_check_constraint("ck_shelves_aisle", "aisle > 0")

def downgrade():
    with op.batch_alter_table("shelves") as batch:
        batch.drop_constraint("ck_shelves_aisle", type_="check")
        batch.drop_column("aisle")
"""
FAILS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    op.create_table("pallets", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO pallets VALUES (1), (1)")
"""


@pytest.fixture
def empty(empty_database_url):
    """The application on a database without tables."""
    app = create_app(settings_for(empty_database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def history(empty, tmp_path, monkeypatch):
    """A function that makes a history of these revisions, in the place of the real one."""
    folder = tmp_path / "migrations"
    ignored = shutil.ignore_patterns("versions", "__pycache__")
    shutil.copytree(revisions.DIRECTORY, folder, ignore=ignored)
    versions = folder / "versions"
    versions.mkdir()
    migrations.init_app(empty)
    monkeypatch.setattr(migrations.migrate, "directory", str(folder))

    def write(*revisions):
        for number, text in enumerate(revisions):
            (versions / f"{number}.py").write_text(text)
        return versions

    return write


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def rows(statement):
    with db.engine.connect() as connection:
        return connection.exec_driver_sql(statement).all()


def test_the_migrations_make_exactly_what_the_models_say(empty):
    migrations.upgrade()
    with db.engine.connect() as connection:
        options = empty.extensions["migrate"].configure_args
        context = MigrationContext.configure(connection, opts=dict(options))
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_go_down_to_nothing_and_up_again(empty):
    migrations.upgrade()
    made = tables()
    migrations.downgrade("base")
    assert tables() == set()
    migrations.upgrade()
    assert tables() == made
    assert revisions.present() == revisions.newest()


def test_upgrading_twice_changes_nothing(empty):
    migrations.upgrade()
    migrations.upgrade()
    assert revisions.present() == revisions.newest()


def test_a_table_that_others_refer_to_can_be_altered_with_rows_in_it(history):
    history(FIRST, COPIES_A_TABLE_THAT_OTHERS_REFER_TO)
    migrations.upgrade()
    assert rows("SELECT id, aisle FROM shelves") == [(1, 3)]
    assert rows("SELECT id, shelf FROM boxes") == [(7, 1)]
    migrations.downgrade("0001")
    assert rows("SELECT * FROM shelves") == [(1,)]
    assert rows("SELECT id, shelf FROM boxes") == [(7, 1)]


def test_a_revision_that_fails_half_way_leaves_the_schema_as_it_was(history):
    history(FIRST)
    migrations.upgrade()
    history(FIRST, FAILS_HALF_WAY)
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        migrations.upgrade()
    assert tables() == {"shelves", "boxes"}
    assert revisions.present() == "0001"


@pytest.mark.engine("sqlite")
def test_foreign_keys_hold_again_after_a_migration(history):
    history(FIRST)
    migrations.upgrade()
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_new_check_constraint_is_found(history):
    versions = history(FIRST)
    migrations.upgrade()
    limit = CheckConstraint("id < 100", name="few")
    shelves = Table("shelves", Base.metadata, Column("id", Integer, primary_key=True), limit)
    try:
        migrations.generate("few shelves", "0002")
    finally:
        Base.metadata.remove(shelves)
    written = (versions / "0002_few_shelves.py").read_text()
    assert "create_check_constraint" in written
    assert "ck_shelves_few" in written


def test_a_generated_revision_imports_nothing_of_ours(history):
    versions = history()
    migrations.generate("everything", "0001")
    written = (versions / "0001_everything.py").read_text()
    assert "create_table" in written
    assert "fulfillment" not in written
    migrations.upgrade()
    assert "api_keys" in tables()
