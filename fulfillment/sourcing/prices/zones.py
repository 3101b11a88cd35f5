"""What facilities cost in each other's zones; a zone is all that lies nearest to its facility."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane, lanes_to
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform.db import db

# Money per gram where there is no way: more than any unit may cost, and still a number.
NO_WAY = 1e6
# Money per gram and km: of two that cost the same, the nearer one serves a zone.
NEARER = 1e-12

Amounts = npt.NDArray[np.float64]


class Zones(Struct, frozen=True, eq=False):
    """The facilities that ship, by code, before the places where they stand."""

    codes: Sequence[str]
    unit_cost: Amounts  # [F, F] per gram, from the facility of the column to the row's zone
    shipment_cost: Amounts  # [F] a shipment from there, on average over the zones

    def dearest_unit(self, weight: Amounts) -> Amounts:
        """Return what units of these weights cost at most, each sent by itself."""
        per_gram = self.unit_cost[self.unit_cost < NO_WAY].max(initial=0.0)
        dearest: Amounts = self.shipment_cost.max(initial=0.0) + per_gram * weight
        return dearest


# The zones of one moment, by a stamp that changes with facilities and rates.
kept: dict[tuple[Any, ...], tuple[Sequence[ServiceRates], Zones]] = {}


def between(facilities: Sequence[Site], moment: datetime, loaded: Sequence[ServiceRates]) -> Zones:
    """Return what these facilities cost in each other's zones, kept in memory as rates are."""
    stamp = (str(db.engine.url), *((place.code, place.version) for place in facilities))
    found = kept.get(stamp)
    # Unchanged rates are the very same list.
    if found is None or found[0] is not loaded:
        found = loaded, read(facilities, moment, loaded)
        kept.clear()
        kept[stamp] = found
    return found[1]


def read(facilities: Sequence[Site], moment: datetime, loaded: Sequence[ServiceRates]) -> Zones:
    shipping = [f for f in facilities if f.active and f.lat is not None and f.lng is not None]
    codes = [facility.code for facility in shipping]
    rows = [lanes_to(place_of(zone), shipping, moment, loaded) for zone in shipping]
    unit_cost = [[per_gram(ways.get(code)) for code in codes] for ways in rows]
    boxes = [[ways[code].shipment_cost for ways in rows if code in ways] for code in codes]
    return Zones(
        codes,
        np.array(unit_cost, dtype=np.float64).reshape(len(codes), len(codes)),
        np.array([sum(costs) / len(costs) if costs else 0.0 for costs in boxes]),
    )


def place_of(facility: Site) -> Destination:
    assert facility.lat is not None
    assert facility.lng is not None
    there = facility.lat, facility.lng, facility.postal_code, facility.country
    return Destination(*there, None, "residence")


def per_gram(lane: Lane | None) -> float:
    return lane.cost_per_g + NEARER * lane.distance_km if lane else NO_WAY
