"""Random sequences of everything that changes stock, against a model: after each step they agree.

The sequences are drawn from a fixed seed; FULFILLMENT_TEST_EXAMPLES=500 draws more of them.
"""

import os
import shutil
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import event, make_url

from fulfillment.platform.db import db
from tests.attack.rules import Carts, Floor, Ledger, Orders
from tests.attack.supply_rules import Purchases, Transfers
from tests.world import World, admin_headers

EXAMPLES = int(os.environ.get("FULFILLMENT_TEST_EXAMPLES", "12"))
STEPS = 25


class Everything(Ledger, Carts, Orders, Floor, Transfers, Purchases):
    """A house to which anything is done."""


@pytest.fixture
def fresh_world(app, engine, request, tmp_path):
    """Return a function that gives a world of its own: another database, the same application."""
    template = request.getfixturevalue(f"{engine}_template")
    present, numbers = {}, count()

    @event.listens_for(db.engine, "do_connect")
    def elsewhere(dialect, record, args, named):
        theirs, also = dialect.create_connect_args(make_url(present["url"]))
        args[:] = theirs
        named.update(also)

    def another() -> str:
        if engine == "sqlite":
            return f"sqlite:///{shutil.copy(template, tmp_path / f'{next(numbers)}.db')}"
        return str(request.getfixturevalue("postgres_server").new_database(template))

    def make() -> World:
        db.session.remove()
        db.engine.dispose()
        present["url"] = another()
        return World(app.test_client(), admin_headers())

    return make


def test_whatever_is_done_in_whatever_order_the_service_and_the_model_agree(fresh_world):
    Everything.world = staticmethod(fresh_world)
    run_state_machine_as_test(
        Everything,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
