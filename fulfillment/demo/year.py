"""The year's demand, as a shop would bring it along: by product, nearest site and day.

Real: what was bought, and how far apart the days are. Moved: all days, by as many, so that the last
of them is the latest day that is over everywhere. Where the homes are was assumed before.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fulfillment.demo.baskets import DaySale
from fulfillment.demo.stock import Distances, nearest_sites


@dataclass(frozen=True)
class Asked:
    """Units of a SKU that the households nearest to a site asked for on a day."""

    sku: str
    site: str
    day: date
    quantity: int


def asked(sales: Iterable[DaySale], distances: Distances, last: date) -> list[Asked]:
    """Return the demand by SKU, nearest site and day; the days are moved to end on `last`."""
    nearest = nearest_sites(distances)
    units: Counter[tuple[str, str, date]] = Counter()
    for sale in sales:
        units[sale.sku, nearest[sale.household_id], sale.day] += sale.quantity
    moved = last - max((day for _, _, day in units), default=last)
    return [
        Asked(sku, site, day + moved, quantity)
        for (sku, site, day), quantity in sorted(units.items())
    ]
