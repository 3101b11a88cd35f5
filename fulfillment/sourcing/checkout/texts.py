"""A plan as text: what is kept of it, and what the checkout is told."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from fulfillment.inventory.holding import Holding
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing import carts
from fulfillment.sourcing.basis import sources_of
from fulfillment.sourcing.prices.unit_prices import UnitPrices
from fulfillment.sourcing.question import Question
from fulfillment.sourcing.ways import Network, Ways

NO_STOCK, FULL = "no-stock", "capacity"
NOWHERE: Mapping[str, int] = {}

Document = dict[str, Any]


def kept(document: Document, body: Mapping[str, Any], candidates: str) -> str:
    """Return what is kept of a plan and of its request; `candidates` go into the explanation."""
    text = encoded(carts.asked_of(body) | document)
    # A document ends with its explanation, and that with its candidates.
    return f"{text[:-2]},{candidates}}}}}" if candidates else text


def told(document: Document, hold: Holding) -> str:
    """Return the answer, as the shape `ReservationOut` has it."""
    own = {
        "explanation": carts.without_candidates(document["explanation"]),
        "id": str(hold.id),
        "cart_ref": hold.cart_ref,
        "status": "live",
        "expires_at": hold.expires_at.isoformat(),
        "created_at": hold.created_at.isoformat(),
    }
    return encoded(document | own)


def candidates(
    question: Question, network: Network, ways: Ways, full: Iterable[str], ships: str
) -> str:
    """Return all facilities before a plain choice in columns, as `tables.columns_of` has them,
    with the basis of their prices; without the braces around both.

    `full` are those that take no more orders, `ships` is the one that was chosen.
    """
    stock = question.state.promisable
    units = {
        sku: [*map(stock.get(sku, NOWHERE).get, network.row, repeat(0))]
        for sku in question.ask.lines
    }
    out = out_of(network, ways, full, list(units.values()))
    prices, basis = priced(question.prices) if question.prices else ("", "")
    return (
        f'"candidates":{{"facility":{network.codes},"ships":{encoded([ships])},'
        f'"out":{encoded(out)},"promisable":{encoded(units)},{ways.figures}{prices}}}{basis}'
    )


def out_of(
    network: Network, ways: Ways, full: Iterable[str], units: Sequence[Sequence[int]]
) -> Mapping[str, str]:
    """Return why facilities do not ship there now, by code; `units` are theirs, line by line."""
    out = {**dict.fromkeys(full, FULL), **ways.place.barred}
    if all(all(there) for there in units):
        return out
    some = map(any, zip(*units, strict=True))
    empty = [code for code, has in zip(network.row, some, strict=True) if not has]
    return {**dict.fromkeys(empty, NO_STOCK), **out}


def priced(prices: UnitPrices) -> tuple[str, str]:
    """Return the column of prices, and what they were made from."""
    basis = sources_of(prices)
    told = f',"prices":{encoded(prices.by_facility())}'
    return told, f',"basis":{encoded(basis)}' if basis else ""
