"""Serial shipping container codes: the numbers of packages (GS1 General Specifications 3.2.1).

18 digits: an extension digit, the GS1 company prefix, a serial number, the check digit. The
extension digit is the first of the serial number here, so that a prefix lasts ten times as long.
"""

from sqlalchemy import update

from fulfillment.platform.check_digits import check_digit
from fulfillment.platform.db import db, insert_once
from fulfillment.platform.errors import Conflict
from fulfillment.shipping.package_models import SSCC_DIGITS, SsccRange

FIRST = 1


def take(prefix: str, count: int) -> list[str]:
    """Take so many numbers under a prefix; none is given twice, however many ask at once.

    Raises:
        Conflict: the prefix has not so many left.
    """
    following = advanced(prefix, count)
    if following is None:
        insert_once(SsccRange, {"prefix": prefix, "next_serial": FIRST})
        following = advanced(prefix, count)
    if following is None or following > 10 ** serial_digits(prefix):
        raise Conflict("conflict", f"The GS1 company prefix {prefix} has no numbers left.")
    return [numbered(prefix, serial) for serial in range(following - count, following)]


def advanced(prefix: str, count: int) -> int | None:
    # The row stays locked until the commit, so a number of a transaction that fails is free again.
    taken = (
        update(SsccRange)
        .where(SsccRange.prefix == prefix)
        .values(next_serial=SsccRange.next_serial + count)
        .returning(SsccRange.next_serial)
    )
    return db.session.scalar(taken.execution_options(synchronize_session=False))


def serial_digits(prefix: str) -> int:
    return SSCC_DIGITS - 1 - len(prefix)


def numbered(prefix: str, serial: int) -> str:
    """Return the number of a serial under a prefix."""
    digits = f"{serial:0{serial_digits(prefix)}d}"
    body = digits[0] + prefix + digits[1:]
    return body + check_digit(body)
