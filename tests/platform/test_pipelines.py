"""Several statements in one transaction and one round trip."""

import pytest

from fulfillment.platform import direct, pipelines

pytestmark = pytest.mark.engine("postgresql")

ONE, TWO = ("SELECT %s::int", (1,)), ("SELECT %s::text", ("two",))
XID = ("SELECT pg_current_xact_id()", ())
ENDS_ITSELF = ("SELECT pg_terminate_backend(pg_backend_pid())", ())
BROKEN = ("SELECT 1 / %s::int", (0,))


@pytest.fixture
def to(app):
    with direct.line() as line:
        yield line
        assert direct.rows(line, *ONE) == [("1",)]  # it is as good as before


def test_each_statement_has_its_rows(to):
    assert pipelines.rows_together(to, [ONE, TWO, ONE]) == [[("1",)], [("two",)], [("1",)]]


def test_they_are_one_transaction(to):
    (one,), (other,) = pipelines.rows_together(to, [XID, XID])
    assert one == other
    assert direct.rows(to, *XID) != [one]


def test_one_that_fails_undoes_all(to):
    error, _ = direct.errors()
    direct.rows(to, "CREATE TEMPORARY TABLE shelf (units int)", ())
    with pytest.raises(error, match="division by zero"):
        pipelines.rows_together(to, [("INSERT INTO shelf VALUES (%s)", (1,)), BROKEN, ONE])
    assert direct.rows(to, "SELECT count(*) FROM shelf", ()) == [("0",)]


def test_a_line_that_nobody_knows_the_state_of_is_not_used_again(app, monkeypatch):
    def lost(*_):
        raise OSError("lost")

    monkeypatch.setattr(pipelines, "results_of", lost)
    with pytest.raises(OSError, match="lost"), direct.line() as to:
        pipelines.rows_together(to, [ONE, TWO])
    with direct.line() as other:
        assert other is not to
        assert direct.rows(other, *ONE) == [("1",)]


def test_a_connection_that_is_lost_half_way_is_an_error(app):
    """Nobody waits for the end of it."""
    with direct.line() as to:
        error, _ = direct.errors()
        with pytest.raises(error):
            pipelines.rows_together(to, [ONE, ENDS_ITSELF, TWO])
        assert to.driver.broken
