import pytest
from msgspec.structs import replace
from sqlalchemy import make_url

from fulfillment.platform import config, connections
from fulfillment.platform.db import db

URL = make_url("postgresql+psycopg://somewhere/shop")


def test_the_limits_travel_in_milliseconds_with_the_greeting():
    arguments = connections.postgresql_arguments(URL, config.load({}))
    assert arguments["options"] == (
        "-c statement_timeout=30000 -c lock_timeout=10000"
        " -c idle_in_transaction_session_timeout=60000"
    )


def test_options_of_the_url_are_kept():
    url = make_url("postgresql+psycopg://somewhere/shop?options=-c%20search_path%3Dshop")
    arguments = connections.postgresql_arguments(url, config.load({}))
    assert arguments["options"].startswith("-c search_path=shop -c statement_timeout=")


def test_a_pooler_in_between_is_told_nothing_that_it_would_refuse():
    settings = replace(config.load({}), database_limits="server", database_prepare="off")
    arguments = connections.postgresql_arguments(URL, settings)
    assert (arguments["options"], arguments["prepare_threshold"]) == ("", None)


def test_the_pool_is_bounded():
    options = connections.options(str(URL), replace(config.load({}), database_pool_size=3))
    assert (options["pool_size"], options["max_overflow"]) == (3, 0)


def test_a_database_in_memory_has_the_one_connection_that_holds_it():
    assert connections.options("sqlite://", config.load({})) == {}


@pytest.mark.engine("postgresql")
def test_a_connection_that_still_speaks_has_not_hung_up(app):
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert not connections.has_hung_up(driver)
        driver.close()
        assert connections.has_hung_up(driver)
