"""Which facility is nearest to a customer: whose demand an order line is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fulfillment.network.geography import great_circle_km
from fulfillment.network.sites import Site
from fulfillment.orders.queries import AskedLine
from fulfillment.sourcing.prices import zones

Counts = npt.NDArray[np.int64]


def nearest(places: Sequence[Site], lines: Sequence[AskedLine]) -> Counts:
    """Return the facility that is nearest to each line's destination; of equals the first. [N]"""
    lats = np.array([line.lat for line in lines])
    lngs = np.array([line.lng for line in lines])
    best, found = np.full(len(lines), np.inf), np.zeros(len(lines), dtype=np.int64)
    for number, place in enumerate(map(zones.place_of, places)):
        km = great_circle_km(place.lat, place.lng, lats, lngs)
        closer = km < best
        best[closer], found[closer] = km[closer], number
    return found
