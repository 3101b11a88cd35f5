import time

import pytest
from msgspec.structs import replace

from fulfillment.platform import direct
from fulfillment.platform.db import db


def one(to):
    ((value,),) = direct.rows(to, "SELECT 1", ())
    return int(value)


def test_a_line_is_lent_again(app):
    with direct.line() as first:
        assert one(first) == 1
    with direct.line() as second:
        assert second is first
        assert one(second) == 1


def test_two_at_once_have_a_line_each_though_on_sqlite_the_second_waits_a_moment(app):
    with direct.line() as first, direct.line() as second:
        assert first is not second
    assert set(map(id, direct.idle[db.engine])) == {id(first), id(second)}


def test_on_sqlite_whoever_has_a_line_has_the_turn_and_gives_it_back(app):
    with direct.line() as first:
        is_taken = db.engine in direct.turns and direct.turns[db.engine].locked()
        assert is_taken is not first.is_postgresql
    assert not (db.engine in direct.turns and direct.turns[db.engine].locked())


def test_no_line_takes_the_place_of_a_session(app):
    with direct.line():
        assert db.engine.pool.checkedout() == 0


def test_a_statement_that_fails_leaves_its_line_as_good_as_before(app):
    with pytest.raises(direct.errors()), direct.line() as first:
        direct.rows(first, "SELECT nothing FROM nowhere", ())
    with direct.line() as second:
        assert second is first
        assert one(second) == 1


@pytest.mark.engine("postgresql")
def test_a_line_that_broke_is_not_lent_again(app):
    cut = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(direct.errors()), direct.line() as first:
        direct.rows(first, cut, ())
    with direct.line() as second:
        assert second is not first
        assert one(second) == 1


def test_a_line_whose_user_was_interrupted_is_not_lent_again(app):
    with pytest.raises(KeyboardInterrupt), direct.line() as first:
        raise KeyboardInterrupt
    with direct.line() as second:
        assert second is not first


def test_lines_are_closed_with_the_engine(app):
    with direct.line() as to:
        pass
    db.engine.dispose()
    with pytest.raises(direct.errors()):
        one(to)


def test_no_line_is_used_longer_than_other_connections(app):
    with direct.line() as first:
        pass
    (old,) = direct.idle[db.engine]
    direct.idle[db.engine] = [replace(old, ends=time.monotonic() - 1)]
    with direct.line() as second:
        assert second.driver is not first.driver
    with pytest.raises(direct.errors()):
        one(first)


def write(to, name):
    to.driver.execute("INSERT INTO kept VALUES (?)", (name,))


def write_and_fail(to, name):
    with direct.all_or_nothing(to):
        write(to, name)
        raise ValueError("late")


@pytest.mark.engine("sqlite")
def test_what_fails_within_all_or_nothing_leaves_nothing(app):
    with direct.line() as to:
        to.driver.execute("CREATE TABLE kept (name)")
        with pytest.raises(ValueError, match="late"):
            write_and_fail(to, "first")
        assert not to.driver.in_transaction
        with direct.all_or_nothing(to):
            write(to, "second")
        assert direct.rows(to, "SELECT name FROM kept", ()) == [("second",)]


@pytest.mark.engine("sqlite")
def test_a_line_that_is_left_within_a_transaction_is_not_lent_again(app):
    with pytest.raises(ValueError, match="late"), direct.line() as left:
        leave_within_a_transaction(left)
    with direct.line() as to:
        assert to is not left
        assert not to.driver.in_transaction


def leave_within_a_transaction(to):
    to.driver.execute("BEGIN")
    raise ValueError("late")
