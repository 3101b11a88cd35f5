from concurrent.futures import ThreadPoolExecutor

import pytest

from fulfillment.network import carriers, rates
from fulfillment.network.carrier_schemas import CarrierIn
from fulfillment.platform.check_digits import is_checked
from fulfillment.platform.db import retrying, transaction
from fulfillment.platform.errors import Conflict, NotFound


def put(**values):
    with transaction():
        return carriers.put("C1", CarrierIn().load(values))


@pytest.mark.usefixtures("app")
def test_tracking_numbers_count_up_behind_the_prefix():
    put(tracking_prefix="94", next_number=7)
    with transaction():
        numbers = [carriers.next_tracking_number("C1") for _ in range(2)]
    assert [number[:-1] for number in numbers] == ["94000000000007", "94000000000008"]
    assert all(map(is_checked, numbers))


@pytest.mark.usefixtures("app")
def test_letters_of_the_prefix_do_not_count_in_the_check_digit():
    put(tracking_prefix="AB")
    with transaction():
        assert is_checked(carriers.next_tracking_number("C1").removeprefix("AB"))


def test_rates_stay_in_memory_though_numbers_are_taken(app):
    put()
    before = rates.loaded()
    assert rates.loaded() is before
    with transaction():
        carriers.next_tracking_number("C1")
    assert rates.loaded() is before
    put(name="Renamed")
    assert rates.loaded() is not before


def test_two_who_ask_at_once_get_different_numbers(app):
    put()

    def take(_):
        with app.app_context():
            return retrying(take_one)

    def take_one():
        with transaction():
            return carriers.next_tracking_number("C1")

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(take, range(40)))
    assert len(set(numbers)) == 40


@pytest.mark.usefixtures("app")
def test_a_range_never_goes_back():
    put(next_number=100)
    with pytest.raises(Conflict):
        put(next_number=99)
    assert put(name="Renamed")[0].next_number == 100


@pytest.mark.usefixtures("app")
def test_an_unknown_carrier_has_no_numbers():
    with pytest.raises(NotFound):
        carriers.next_tracking_number("NONE")
