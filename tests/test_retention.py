"""What is forgotten, what never is, and a ledger in monthly partitions that works as before."""

import pytest
from sqlalchemy import func, select, text

from fulfillment import scheduler
from fulfillment.catalog.models import Item
from fulfillment.inventory.models import Hold, Movement, Promise
from fulfillment.orders.models import Order
from fulfillment.planning.models import Plan, PlanLine, PlanPrice, PlanStock
from fulfillment.platform import clock, revisions
from fulfillment.platform.db import db, transaction
from fulfillment.platform.idempotency import IdempotencyKey
from fulfillment.platform.jobs import JobRun
from fulfillment.platform.outbox import Event
from tests import grown
from tests.grown import Size
from tests.world import facility, world

__all__ = ["world"]

ORDERS = 500
RECIPE = revisions.DIRECTORY / "recipes" / "partition_movements.sql"


@pytest.fixture
def old_house(world):
    """Three years of orders."""
    size = Size(ORDERS, skus=10, facilities=2, receipts=2, now=clock.now())
    with transaction() as session:
        session.add_all(facility(size.place_of(n * size.skus)) for n in range(size.facilities))
        skus = [size.sku_of(n) for n in range(size.skus)]
        session.add_all(Item(sku=sku, name=sku, weight_g=500) for sku in skus)
        session.flush()
        grown.fill(session.connection(), size)
    return world


def counted(*tables):
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_purge_forgets_what_is_old_and_keeps_what_the_books_need(old_house):
    books = (Movement, Order, Plan, PlanLine)
    before = counted(*books)
    told = scheduler.purge(48)
    assert counted(*books) == before
    carts = counted(Hold)[0]
    # 90 days of three years, 30 days, 2 days.
    assert 40 <= carts <= 43
    assert counted(Promise)[0] == 2 * (ORDERS * 998 // 1000) + carts
    assert 80 <= counted(Event)[0] <= 86
    assert counted(JobRun)[0] == pytest.approx(14, abs=2)
    assert counted(IdempotencyKey)[0] <= 2
    assert f"{ORDERS - carts} carts" in told
    assert old_house.has_no_audit_findings()


def test_a_plan_without_its_stock_says_so_by_saying_less(old_house):
    scheduler.purge(48)
    for order, rows, told in ((Plan.id, 0, set()), (Plan.id.desc(), 10, {"as_of"})):
        plan = db.session.scalar(select(Plan).order_by(order).limit(1))
        assert plan.summary.keys() == told
        for table in (PlanStock, PlanPrice):
            kept = select(func.count()).where(table.plan_id == plan.id)
            assert db.session.scalar(kept) == rows


def test_a_second_purge_finds_nothing(old_house):
    scheduler.purge(48)
    assert ", 0 carts, 0 events, stock and prices of 0 plans" in scheduler.purge(48)


def partition(times=1):
    db.session.rollback()
    for _ in range(times):
        driver = db.engine.raw_connection()
        driver.driver_connection.autocommit = True
        driver.driver_connection.execute(RECIPE.read_text())
        driver.driver_connection.autocommit = False
        driver.close()


@pytest.mark.engine("postgresql")
def test_a_ledger_in_monthly_partitions_works_as_before(old_house):
    before = counted(Movement)
    partition(times=2)
    assert counted(Movement) == before
    here = {"sku": "S000001", "facility": "F000000"}
    old = db.session.scalar(select(Movement.id).where(Movement.sku == "S000001").limit(1))
    assert old_house.move({**here, "kind": "receipt", "quantity": 3}).status_code == 201
    next_month = text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'movements'::regclass")
    assert db.session.scalar(next_month) == 26
    mend = {"kind": "adjustment", "quantity": -1000, "reason": "typing", "reverses": str(old)}
    assert old_house.move({**here, **mend}).status_code == 201
    assert old_house.move({**here, **mend}).status_code == 422
    page = old_house.get("stock/movements?limit=500&facility=F000000")
    rest = old_house.get(f"stock/movements?facility=F000000&cursor={page['next_cursor']}")
    assert rest["items"]
    assert old_house.has_no_audit_findings()


@pytest.mark.engine("postgresql")
def test_no_partition_lets_a_line_be_rewritten(old_house):
    partition()
    for table in ("movements", "movements_first"):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(text(f"DELETE FROM {table}"))
