"""Rate shopping: what every service asks for a shipment's real packages, and the one that takes it.

The promise never changes: a service is measured by it. Where the labels were printed already, they
count no more, and the packages get new numbers.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from math import ceil
from uuid import UUID

from fulfillment.network import destinations, quotes
from fulfillment.network.parcels import Parcel
from fulfillment.network.quotes import Quote
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.shipping import packages, queries, states
from fulfillment.shipping.carriers import kinds, requests
from fulfillment.shipping.carriers.verbs import Step
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.packing import making


def offered(shipment: Shipment) -> list[Quote]:
    """Return what the services ask for a shipment as it is, those that keep its promise first.

    Raises:
        Invalid: its destination cannot be located, or nobody packed it and the rule cannot.
    """
    to = destinations.resolve(shipment.destination)
    asked = shipment.facility, to, parcels_of(shipment), clock.now(), shipment.deliver_by
    return quotes.in_turn(
        quote
        for code, by_table in groupby(sorted(quotes.quotes(*asked), key=carrier_of), carrier_of)
        for quote in kinds.of(code).rate(shipment, list(by_table))
    )


def carrier_of(quote: Quote) -> str:
    return quote.carrier


def parcels_of(shipment: Shipment) -> list[Parcel]:
    """Return the packages of a shipment; as long as it is not packed, those of the rule.

    One that nobody weighed, and of which nobody told what is in it, has its share of the weight.
    """
    present = packages.live(shipment.id)
    if not present:
        return [Parcel(box.weight_g) for box in making.boxes_of(shipment)]
    share = ceil((shipment.weight_g or making.catalogue_weight(shipment)) / len(present))
    return [
        Parcel(one.weight_g or share, one.length_mm, one.width_mm, one.height_mm) for one in present
    ]


def choose(
    shipment_id: UUID, carrier: str | None, service: str | None, *, late: bool = False
) -> Shipment:
    """Give a picked or packed shipment to a service: the one named, or the best one for it.

    Raises:
        Invalid: the service named does not take these packages there.
        Conflict: no service does; or that one would break the promise, and nobody says that it may.
    """
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PICKED, Status.PACKED)
    found = offered(shipment)
    if carrier is None:
        quote = quotes.best(found)
        if quote is None:
            raise Conflict("conflict", "No service has a price for these packages.")
    else:
        quote = named(found, carrier, service)
        refuse_late(shipment, quote, found, late=late)
    take(shipment, quote)
    db.session.flush()
    return shipment


def named(found: Sequence[Quote], carrier: str, service: str | None) -> Quote:
    for quote in found:
        if (quote.carrier, quote.service) == (carrier, service):
            return quote
    raise Invalid({"service": [f"{carrier} {service} has no price for these packages."]})


def refuse_late(shipment: Shipment, quote: Quote, found: Sequence[Quote], *, late: bool) -> None:
    if quote.keeps or late or not any(one.keeps for one in found):
        return
    told = f"It would come on {quote.deliver_by}, and {shipment.deliver_by} is promised"
    raise Conflict("conflict", f'{told}; others keep that. With "late": true it is taken.')


def take_best(shipment: Shipment) -> None:
    """Give a shipment that is being packed to the best service, if there is any to choose."""
    # Whatever is wrong with a price, the floor goes on with the service that was promised.
    with suppress(Invalid):
        if quote := quotes.best(offered(shipment)):
            take(shipment, quote)


def take(shipment: Shipment, quote: Quote) -> None:
    """Give a locked shipment to a service, and number its packages anew if they have labels."""
    shipment.cost = quote.total
    before = {"carrier": shipment.carrier, "service": shipment.service}
    after = {"carrier": quote.carrier, "service": quote.service}
    if before == after:
        return
    requests.withdraw(shipment)
    shipment.carrier, shipment.service = quote.carrier, quote.service
    states.touch(shipment)
    if shipment.status == Status.PACKED:
        making.renumber(shipment)
        kinds.label(shipment, Step.PACKING)
    former = {f"former_{name}": value for name, value in before.items()}
    states.publish(shipment, "shipment.service_changed", **former, **after, cost=str(quote.total))
