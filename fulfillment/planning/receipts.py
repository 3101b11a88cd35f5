"""When each facility gets stock again, as far as transfers and purchase orders tell."""

from datetime import date, datetime

from fulfillment.supply import inbound


def next_receipts(now: datetime) -> dict[tuple[str, str], date]:
    """Return the day of the next receipt by SKU and facility.

    What is overdue arrives today; what travels between places that nobody can locate is left out.
    """
    found: dict[tuple[str, str], date] = {}
    for one in inbound.arrivals(now):
        if one.day is not None:
            found[one.key] = min(one.day, found.get(one.key, one.day))
    return found
