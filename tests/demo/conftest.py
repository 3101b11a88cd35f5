"""The demo's data, read once for all its tests."""

import pytest

from fulfillment.demo.baskets import BusyWeek, read_busy_week
from fulfillment.demo.households import Home, distances, homes
from fulfillment.demo.stock import opening_stock


@pytest.fixture(scope="session")
def week() -> BusyWeek:
    """The busy week."""
    return read_busy_week()


@pytest.fixture(scope="session")
def households(week: BusyWeek) -> dict[int, Home]:
    """The homes of its households."""
    return homes(week.households)


@pytest.fixture(scope="session")
def kilometres(households: dict[int, Home]) -> dict[int, dict[str, float]]:
    """The distance from each home to each site."""
    return distances(households)


@pytest.fixture(scope="session")
def stock(week: BusyWeek, kilometres: dict[int, dict[str, float]]) -> dict[tuple[str, str], int]:
    """What the sites hold before the first order."""
    return opening_stock(week, kilometres)
