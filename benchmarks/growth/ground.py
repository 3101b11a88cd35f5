"""Two databases of one server: the same business, small and grown."""

from sqlalchemy import text

from benchmarks.hotpath.rounds import say
from fulfillment.app import create_app
from fulfillment.catalog.models import Item
from fulfillment.platform import clock, config, keys, migrations
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from tests import grown
from tests.grown import Size
from tests.world import facility

FACILITIES, RECEIPTS = 40, 15
ORDERS, SKUS = 10_000, 50


def size_of(scale: int) -> Size:
    """Return a world of 10,000 orders, 50,000 ledger rows and 2,000 stock levels, so many times."""
    return Size(ORDERS * scale, SKUS * scale, FACILITIES, RECEIPTS, clock.now())


def furnish(url: str, size: Size) -> str:
    """Fill an empty database; return the secret of an admin's key."""
    app = create_app(config.checked(config.read_toml(config.DEFAULTS) | {"database_url": url}))
    with app.app_context():
        migrations.upgrade()
        with transaction() as session:
            secret = keys.create(Role.ADMIN)
            codes = [size.place_of(n * size.skus) for n in range(size.facilities)]
            session.add_all(facility(code, 50 * n) for n, code in enumerate(codes))
            skus = [size.sku_of(n) for n in range(size.skus)]
            session.add_all(Item(sku=sku, name=sku, weight_g=500) for sku in skus)
            session.flush()
            say(f"  {size.orders:,} orders, {size.levels:,} stock levels ...")
            grown.fill(session.connection(), size)
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("SET statement_timeout = 0"))
            # As autovacuum leaves it: without it the first reads of all rows would write them.
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
        db.engine.dispose()
    return secret
