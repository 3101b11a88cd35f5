"""What the screen says of the planner's evening, from plans and forecasts as the service tells."""

from datetime import date
from typing import Any

from rich.console import Console

from fulfillment.demo import lookahead
from fulfillment.demo.planning import Planned
from fulfillment.demo.year import Asked

SCORES = {"best": {"loss": 0.27, "wape": 0.41}, "naive": {"loss": 0.54, "wape": 0.62}}
NOTHING = {"do_nothing": 900.0, "horizon_days": 28, "gap": 0.0042, "costs": 0.0, "saves": 0.0}


def kind(scores: dict[str, Any]) -> dict[str, Any]:
    """How the models did on one kind of demand."""
    return {"pattern": "smooth", "series": 1_234, "model": "best", "scores": scores}


def document(cost: str, *quantities: int) -> dict[str, Any]:
    """A purchase order or transfer."""
    return {"cost": cost, "lines": [{"quantity": quantity} for quantity in quantities]}


def test_the_history_is_told_by_what_was_imported() -> None:
    days = [date(2026, 5, 1), date(2026, 5, 20)]
    rows = [Asked(sku, "A", day, 600) for sku in ("x", "y") for day in days]
    told = lookahead.history(Planned(history=rows, forecast={"series": 2, "weeks": 2}))
    assert "2,400 units" in told
    assert "in the 20 days before that week, of the 2 products" in told
    assert "2 series of 2 weeks" in told


def test_a_forecasts_error_stands_beside_the_naive_one() -> None:
    assert lookahead.errors(kind(SCORES)) == ("41%", "62%", "-50%")


def test_a_kind_that_is_too_young_to_be_judged_has_no_error() -> None:
    assert lookahead.errors(kind({})) == ("-", "-", "-")


def test_each_kind_of_demand_has_its_line() -> None:
    console = Console(width=100)
    run = {"accuracy": [kind(SCORES), kind(SCORES) | {"pattern": "lumpy"}]}
    with console.capture() as screen:
        console.print(lookahead.forecasts(run))
    lines = [line.split() for line in screen.get().splitlines() if "1,234" in line]
    assert [line[:2] for line in lines] == [["smooth", "1,234"], ["lumpy", "1,234"]]


def test_purchases_are_counted_from_the_orders_that_were_made() -> None:
    planned = Planned(
        replenishment={"summary": {"do_nothing": 5_000.0, "objective": 300.0, "gap": 0.0}},
        purchase_orders=[document("100.50", 5, 7), document("899.50", 1_000)],
    )
    told = lookahead.buying(planned)
    assert "2 purchase orders" in told
    assert "3 lines and 1,012 units for $1,000" in told
    assert "$5,000 without them and $300 with them" in told


def test_transfers_tell_what_they_cost_and_save() -> None:
    summary = NOTHING | {"costs": 120.0, "saves": 380.0}
    planned = Planned(rebalancing={"summary": summary}, transfers=[document("0", 3, 4)])
    told = lookahead.moving(planned)
    assert "1 transfers with 2 lines and 7 units" in told
    assert "expected to cost $900 in the next 28 days" in told
    assert "costs $120 and spares $500 of that: $380 saved, proven within 0.420%" in told


def test_where_no_transfer_pays_the_screen_says_so() -> None:
    told = lookahead.moving(Planned(rebalancing={"summary": NOTHING}))
    assert told.startswith("To move: nothing is worth its truck.")
    assert "$900" in told
