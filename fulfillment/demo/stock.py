"""Opening stock: what the weeks before sold, laid out as a shop that replenishes by region would.

The sales are real; the rule is an assumption. Each site holds `COVER_WEEKS` weeks of what the
households nearest to it bought of a product in the weeks of history, rounded up: so a product
stands only where it has sold. Besides, two reserve sites, one in the east and one in the west,
share as many weeks of the whole country's sales, and hold at least `LEAST_RESERVE` units each of
every product, also of one that has not sold yet. The week that is shipped decides which products
there are, and no quantity: where it asks for more than the weeks before did, stock runs out, in a
region or, for a few products, everywhere.
"""

from collections import Counter
from collections.abc import Mapping

from fulfillment.demo.baskets import BusyWeek

COVER_WEEKS = 2
RESERVE_SITES = ("KY1", "CA1")
LEAST_RESERVE = 2

Distances = Mapping[int, Mapping[str, float]]  # household -> site -> km


def opening_stock(week: BusyWeek, distances: Distances) -> dict[tuple[str, str], int]:
    """Return the units of each (site, SKU) that holds any, sorted."""
    stock = Counter(_regional(week, distances))
    stock.update(_reserve(week))
    return dict(sorted(stock.items()))


def nearest_sites(distances: Distances) -> dict[int, str]:
    """Return the site nearest to each household; of equals the first by code."""
    return {
        household: min(sites, key=lambda site: (sites[site], site))
        for household, sites in distances.items()
    }


def _regional(week: BusyWeek, distances: Distances) -> dict[tuple[str, str], int]:
    nearest = nearest_sites(distances)
    sold: Counter[tuple[str, str]] = Counter()
    for sale in week.history:
        sold[nearest[sale.household_id], sale.sku] += sale.quantity
    return {place: _cover(units, week.history_weeks) for place, units in sold.items()}


def _reserve(week: BusyWeek) -> dict[tuple[str, str], int]:
    sold: Counter[str] = Counter()
    for sale in week.history:
        sold[sale.sku] += sale.quantity
    each = week.history_weeks * len(RESERVE_SITES)
    return {
        (site, product.sku): max(LEAST_RESERVE, _cover(sold[product.sku], each))
        for site in RESERVE_SITES
        for product in week.products
    }


def _cover(units: int, weeks: int) -> int:
    """Round up the units that last `COVER_WEEKS` when `units` were sold in `weeks`."""
    return -(-units * COVER_WEEKS // weeks)
