"""The busy week, held against the data that it is read from."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from fulfillment.demo import baskets
from fulfillment.demo.baskets import BusyWeek, read_busy_week


def test_the_busiest_week_is_the_one_before_christmas(week: BusyWeek) -> None:
    assert week.week == 52
    assert week.baskets[0].placed_at == datetime(2017, 12, 18, 6, 12, 21, tzinfo=UTC)
    assert week.baskets[-1].placed_at < datetime(2017, 12, 25, 5, tzinfo=UTC)


def test_the_week_has_its_real_counts(week: BusyWeek) -> None:
    lines = [line for basket in week.baskets for line in basket.lines]
    assert len(week.baskets) == len({basket.basket_id for basket in week.baskets}) == 2_000
    assert (len(lines), sum(line.quantity for line in lines)) == (6_521, 8_543)
    assert len({basket.household_id for basket in week.baskets}) == 1_086
    assert len(week.products) == 3_987


def test_orders_come_in_the_order_of_time(week: BusyWeek) -> None:
    times = [basket.placed_at for basket in week.baskets]
    assert times == sorted(times)
    assert all(time.utcoffset() == timedelta(0) for time in times)


def test_an_order_is_of_a_households_size(week: BusyWeek) -> None:
    assert {len(basket.lines) for basket in week.baskets} == set(range(1, 9))
    quantities = [line.quantity for basket in week.baskets for line in basket.lines]
    assert min(quantities) == 1
    assert max(quantities) <= baskets.MOST_UNITS


def test_an_order_names_a_product_once(week: BusyWeek) -> None:
    for basket in week.baskets:
        assert len({line.sku for line in basket.lines}) == len(basket.lines)


def test_every_line_was_really_bought(week: BusyWeek) -> None:
    columns = ["basket_id", "household_id", "product_id", "quantity"]
    rows = pq.read_table(
        baskets._folder() / "transactions.parquet", columns=columns, filters=[("week", "==", 52)]
    )
    bought = set(zip(*(rows[name].to_pylist() for name in columns), strict=True))
    for basket in week.baskets:
        for line in basket.lines:
            row = (basket.basket_id, basket.household_id, int(line.sku), line.quantity)
            assert row in bought


def test_every_line_has_its_product(week: BusyWeek) -> None:
    skus = [product.sku for product in week.products]
    assert skus == sorted(set(skus))
    assert {line.sku for basket in week.baskets for line in basket.lines} == set(skus)


def test_history_is_of_the_twelve_weeks_before(week: BusyWeek) -> None:
    rows = pq.read_table(
        baskets._folder() / "transactions.parquet",
        columns=["household_id", "product_id", "quantity"],
        filters=[("week", ">=", 40), ("week", "<", 52)],
    )
    sold: Counter[tuple[int, str]] = Counter()
    for row in rows.to_pylist():
        sold[row["household_id"], str(row["product_id"])] += row["quantity"]
    assert week.history_weeks == 12
    assert sum(sale.quantity for sale in week.history) > 40_000
    for sale in week.history:
        assert 1 <= sale.quantity <= sold[sale.household_id, sale.sku]


def test_the_year_is_of_the_best_sellers_before_the_week(week: BusyWeek) -> None:
    rows = pq.read_table(
        baskets._folder() / "transactions.parquet",
        columns=["household_id", "product_id", "quantity", "transaction_timestamp"],
        filters=[("week", "<", 52)],
    )
    sold: Counter[tuple[int, str, date]] = Counter()
    for row in rows.to_pylist():
        key = row["household_id"], str(row["product_id"]), row["transaction_timestamp"].date()
        sold[key] += row["quantity"]
    assert len({sale.sku for sale in week.year}) == baskets.BEST_SELLERS
    assert min(sale.day for sale in week.year) == date(2017, 1, 1)
    assert sum(sale.quantity for sale in week.year) == 96_360
    for sale in week.year:
        assert 1 <= sale.quantity <= sold[sale.household_id, sale.sku, sale.day]


def test_a_best_seller_sold_no_less_than_any_other_product_of_the_week(week: BusyWeek) -> None:
    best, others = Counter[str](), Counter[str]()
    for sale in week.year:
        best[sale.sku] += sale.quantity
    for past in week.history:
        if past.sku not in best:
            others[past.sku] += past.quantity
    assert max(others.values()) <= min(best.values())


def test_the_households_are_those_that_bought_now_or_before(week: BusyWeek) -> None:
    assert len(week.households) == 2_366
    assert week.households == sorted(set(week.households))


def test_reading_twice_gives_the_same_week(week: BusyWeek) -> None:
    assert read_busy_week() == week


def test_fewer_orders_are_the_first_ones(week: BusyWeek) -> None:
    assert read_busy_week(orders=10).baskets == week.baskets[:10]


def test_missing_data_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baskets, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="extra 'demo'"):
        read_busy_week()
