"""The schema goes down and up again under a house that is full of rows."""

import pytest
from sqlalchemy import inspect, text, update
from sqlalchemy.exc import DBAPIError

from fulfillment.planning import runs
from fulfillment.planning.models import PlanLine
from fulfillment.platform import keys, migrations
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import ApiKey, digest_of


@pytest.fixture
def full_house(world):
    """Rows in every table that the main job writes."""
    world.has({"W1": {"S1": 20, "S2": 5}, "W2": {"S1": 20}}, km={"W1": 100, "W2": 900})
    held = world.reserve("cart-1", {"S1": 2}).get_json()
    world.post("orders", {"order_ref": "o-1", "reservation_id": held["id"]}, Idempotency_Key="k1")
    world.reserve("cart-2", {"S2": 1})
    world.order("o-2", {"S1": 1, "S2": 2}, allocate="wave")
    world.post("plans", {"kind": "allocation", "apply": True})
    assert runs.execute_next()
    order = world.get("orders?order_ref=o-1")["items"][0]
    for step in ("pick", "pack", "handover"):
        assert world.post(f"shipments/{order['shipments'][0]['id']}/{step}").status_code == 200
    line = {"sku": "S1", "quantity": 3}
    world.post("transfers", {"from_facility": "W1", "to_facility": "W2", "lines": [line]})
    return world


def counted():
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {n: connection.scalar(text(f"SELECT COUNT(*) FROM {n}")) for n in sorted(names)}


def readmit(house):
    """Let the house's key in again: its row went with its table."""
    secret = house.headers["Authorization"].removeprefix("Bearer ")
    with transaction() as session:
        keys.create(Role.ADMIN)
        session.execute(update(ApiKey).values(digest=digest_of(secret)))


def released():
    db.session.rollback()
    db.session.remove()


def test_the_triggers_go_and_come_back_with_every_row_in_place(full_house):
    before = counted()
    assert min(before[n] for n in ("movements", "promises", "holds", "shipments", "plans")) > 0
    released()
    migrations.downgrade("0001")
    left = counted()
    assert left == {name: before[name] for name in left}
    assert left.keys() >= {"movements", "promises", "holds", "shipments", "plans"}
    migrations.upgrade()
    # Tables of later revisions come back without their rows.
    assert counted() == {name: left.get(name, 0) for name in before}
    assert full_house.has_no_audit_findings()
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM movements"))


def test_the_schema_goes_down_with_rows_in_the_tables_and_up_again(full_house):
    released()
    migrations.downgrade("base")
    with db.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrations.upgrade()
    assert set(counted()) >= {"movements", "promises", "orders"}
    readmit(full_house)
    full_house.has({"W1": {"S1": 1}})
    assert full_house.level()["on_hand"] == 1


def test_a_former_release_knows_what_was_overtaken_as_lost(full_house):
    with transaction() as session:
        session.execute(update(PlanLine).values(outcome="overtaken"))
    released()
    migrations.downgrade("0003")
    with db.engine.connect() as connection:
        outcomes = connection.scalars(text("SELECT outcome FROM plan_lines")).all()
    assert set(outcomes) == {"lost"}
    migrations.upgrade()
