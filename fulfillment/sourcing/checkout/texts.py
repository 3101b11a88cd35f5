"""A plan as text: what is kept of it, and what the checkout is told."""

from collections.abc import Collection, Mapping, Sequence
from itertools import repeat
from typing import Any

from fulfillment.inventory.holding import Holding
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing import carts
from fulfillment.sourcing.basis import sources_of
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.prices.unit_prices import UnitPrices
from fulfillment.sourcing.question import Question
from fulfillment.sourcing.ways import Ways, network_of

NULL, NO_STOCK, FULL = "null", '"no-stock"', '"capacity"'
CHOSEN, NOT_CHOSEN, OUT = '"chosen"', '"not_chosen"', '"out"'

Document = dict[str, Any]


def kept(plan: Plan, body: Mapping[str, Any], candidates: str = "") -> str:
    """Return what is kept of a plan and of its request; `candidates` go into the explanation."""
    return kept_of(plan.document(), body, candidates)


def kept_of(document: Document, body: Mapping[str, Any], candidates: str) -> str:
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


def candidates(question: Question, plan: Plan) -> str:
    """Return all facilities before a plain choice in columns, as `explanation.compact` has them,
    with the basis of their prices; without the braces around both.
    """
    network, (shipment,) = network_of(question), plan.shipments
    ways = network.ways_to(question)
    stock = [question.state.promisable.get(sku, {}) for sku in question.ask.lines]
    units = list(zip(*[map(there.get, network.row, repeat(0)) for there in stock], strict=True))
    # Text as it stands in JSON; the reasons that stock has nothing to do with are known.
    reasons = [
        out if any(there) or out != NULL else NO_STOCK
        for out, there in zip(barred(ways, network.full(question)), units, strict=True)
    ]
    status = [NOT_CHOSEN if out == NULL else OUT for out in reasons]
    status[network.row[shipment.facility]] = CHOSEN
    prices, basis = priced(question.prices) if question.prices else ("", "")
    return (
        f'"candidates":{{"facility":{network.codes},"status":[{",".join(status)}],'
        f'"reason":[{",".join(reasons)}],'
        f'"promisable":[{promisable(list(question.ask.lines), units)}],{ways.figures}{prices}}}'
        f"{basis}"
    )


def priced(prices: UnitPrices) -> tuple[str, str]:
    """Return the column of prices, and what they were made from."""
    basis = sources_of(prices)
    told = f',"prices":{encoded(prices.by_facility())}'
    return told, f',"basis":{encoded(basis)}' if basis else ""


def barred(ways: Ways, full: Collection[str]) -> list[str]:
    """Return why each facility does not ship there now, whatever it has; null where it does."""
    if not full:
        return ways.place.barred
    return [
        FULL if out == NULL and site.code in full else out
        for site, out in zip(ways.place.facilities, ways.place.barred, strict=True)
    ]


def promisable(skus: Sequence[str], units: Sequence[tuple[int, ...]]) -> str:
    names = [encoded(sku).replace("%", "%%") for sku in skus]
    one = f"{{{','.join(f'{name}:%d' for name in names)}}}"
    return ",".join([one % there for there in units])
