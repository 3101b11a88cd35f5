"""Several statements of PostgreSQL in one transaction and by one round trip."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from fulfillment.platform import direct
from fulfillment.platform.direct import Line, Rows

# A statement, with `%s` for its parameters.
Work = tuple[str, Sequence[Any]]

# Who waits for an answer looks up so often, for a signal to stop.
LOOK_UP_SECONDS = 0.1


def rows_together(to: Line, work: Sequence[Work]) -> list[Rows]:
    """Run statements of PostgreSQL in one transaction, by one round trip; return the rows of each.

    Raises:
        Error: of the driver; then nothing is done of any, unless the connection was lost.
    """
    dbapi: Any = to.engine.dialect.loaded_dbapi
    driver = to.driver.pgconn
    calls = [call_of(to, *one) for one in work]
    driver.enter_pipeline_mode()
    try:
        for call in calls:
            call()
        driver.pipeline_sync()
        awaited(driver, dbapi, dbapi.generators.send)
        results = list(results_of(driver, dbapi))
        driver.exit_pipeline_mode()
    except BaseException:
        driver.finish()  # nobody knows what it would say next
        raise
    for result in results:
        direct.checked(to, result)
    return [direct.rows_in(result) for result in results]


def call_of(to: Line, statement: str, parameters: Sequence[Any]) -> Callable[[], None]:
    driver, given = to.driver.pgconn, direct.given_as(parameters)
    if name := to.prepared.get(statement) or direct.prepare(to, statement):
        return partial(driver.send_query_prepared, name, given)
    return partial(driver.send_query_params, direct.numbered(statement), given)


def results_of(driver: Any, dbapi: Any) -> Iterator[Any]:
    """Yield what a pipeline answers, up to its end."""
    while True:
        result = awaited(driver, dbapi, dbapi.generators.fetch)
        if result and result.status == dbapi.pq.ExecStatus.PIPELINE_SYNC:
            return
        if result:
            yield result


def awaited(driver: Any, dbapi: Any, what: Any) -> Any:
    # Without an interval it would ask again and again.
    return dbapi.waiting.wait(what(driver), driver.socket, interval=LOOK_UP_SECONDS)
