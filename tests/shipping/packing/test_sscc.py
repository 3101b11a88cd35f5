"""The numbers of packages."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from biip.sscc import Sscc

from fulfillment.platform.db import db, retrying, transaction
from fulfillment.platform.errors import Conflict
from fulfillment.shipping.package_models import SsccRange
from fulfillment.shipping.packing import sscc


def take(count, prefix="9521234"):
    with transaction():
        return sscc.take(prefix, count)


@pytest.mark.parametrize(
    ("prefix", "serial", "number"),
    [
        ("9521234", 1, "095212340000000013"),
        ("9521234", 1_000_000_000, "195212340000000000"),
        ("952123456789", 7, "095212345678900079"),
        ("9521", 9_999_999_999_999, "995219999999999994"),
    ],
)
def test_a_number_has_extension_prefix_serial_and_check_digit(prefix, serial, number):
    written = sscc.numbered(prefix, serial)
    parsed = Sscc.parse(written)
    assert written[:-1] == number[:-1]
    assert written[1 : 1 + len(prefix)] == prefix
    assert (len(written), parsed.value) == (18, written)


def test_numbers_go_on_where_they_ended_and_each_prefix_has_its_own(app):
    assert [n[-4:-1] for n in take(3)] == ["001", "002", "003"]
    assert [n[-4:-1] for n in take(2)] == ["004", "005"]
    assert take(1, "9529999")[0][-4:-1] == "001"


def refused(numbers):
    raise Conflict("conflict", f"{numbers} are not wanted")


def test_a_transaction_that_fails_uses_no_number_up(app):
    [first] = take(1)
    with pytest.raises(Conflict), transaction():
        refused(sscc.take("9521234", 5))
    [second] = take(1)
    assert int(second[-4:-1]) == int(first[-4:-1]) + 1


def test_many_at_once_never_get_the_same_number(app):
    start = Barrier(6)

    def some(_):
        with app.app_context():
            start.wait()
            taken = [number for _ in range(5) for number in retrying(lambda: take(4))]
            db.session.remove()
            return taken

    with ThreadPoolExecutor(6) as threads:
        numbers = [number for taken in threads.map(some, range(6)) for number in taken]
    assert len(set(numbers)) == len(numbers) == 120


def test_a_prefix_without_numbers_left_is_refused(app):
    with transaction() as session:
        session.add(SsccRange(prefix="952123456789", next_serial=99_999))
    assert sscc.serial_digits("952123456789") == 5
    take(1, "952123456789")
    with pytest.raises(Conflict, match="no numbers left"):
        take(1, "952123456789")
