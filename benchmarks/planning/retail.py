"""The year of baskets that the demo is made of, as demand: household by household, day by day.

Real: what each household bought on each day of 2017. Assumed: where it lives (`demo.households`,
drawn by the seed). The SKUs are those that sold most in the first weeks; later ones are not known
then.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.planning import places
from benchmarks.planning.world import WEEK, Demand
from fulfillment.demo import baskets
from fulfillment.demo.products import products

KNOWN, MEASURED = 16, 21  # weeks before the policies begin, and before they are measured
MOST = 3_000  # SKUs; those beyond sell about once a quarter, all sites together


def demand(count: int, seed: int) -> Demand:
    """The demand for so many SKUs."""
    goods = baskets._goods()
    sales = baskets._sales(goods)
    day = sales["transaction_timestamp"].cast(pa.date32(), safe=False)
    sales = sales.append_column("day", pc.cast(day, pa.int32()))
    first = pc.min(sales["day"]).as_py()
    first += (3 - first) % WEEK + 1  # day 0 of the calendar is a Thursday; begin with a Monday
    sales = sales.filter(pc.greater_equal(sales["day"], first))
    skus, share = best_sellers(sales, first + WEEK * KNOWN, count)
    sales = sales.filter(pc.is_in(sales["product_id"], pa.array(skus)))
    records = goods.filter(pc.is_in(goods["product_id"], pa.array(skus))).to_pylist()
    known = {int(p.sku): p for p in products(records, baskets._prices(sales))}
    return Demand(
        name="retail baskets of 2017",
        skus=[str(sku) for sku in skus],
        units=units(sales, skus, first, seed),
        price=np.array([float(known[sku].unit_price) for sku in skus]),
        weight=np.array([known[sku].weight_grams for sku in skus]),
        share=share,
        start=KNOWN,
        measured=MEASURED,
    )


def best_sellers(sales: pa.Table, before: int, count: int) -> tuple[list[int], float]:
    """The SKUs that sold most before a day, and their share of all units sold by then."""
    past = sales.filter(pc.less(sales["day"], before))
    totals = past.group_by("product_id").aggregate([("quantity", "sum")])
    ranked = totals.sort_by([("quantity_sum", "descending"), ("product_id", "ascending")])
    share = pc.sum(ranked["quantity_sum"][:count]).as_py() / pc.sum(ranked["quantity_sum"]).as_py()
    return ranked["product_id"][:count].to_pylist(), share


def units(sales: pa.Table, skus: list[int], first: int, seed: int) -> np.ndarray:
    """Units by SKU, nearest site and day, in whole weeks. [K, F, D]"""
    days = sales["day"].to_numpy() - first
    households, who = np.unique(sales["household_id"].to_numpy(), return_inverse=True)
    site = places.nearest(households.tolist(), seed)[who]
    order = np.argsort(skus)
    sku = order[np.searchsorted(np.array(skus)[order], sales["product_id"].to_numpy())]
    whole = (int(days.max()) + 1) // WEEK * WEEK
    kept = days < whole
    found = np.zeros((len(skus), len(places.CODES), whole), dtype=np.int64)
    np.add.at(found, (sku[kept], site[kept], days[kept]), sales["quantity"].to_numpy()[kept])
    return found
