"""Which facility is nearest to a customer: whose demand an order line is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fulfillment.network.geography import great_circle_km
from fulfillment.network.sites import Site
from fulfillment.sourcing.prices import zones

Counts = npt.NDArray[np.int64]


class Located(Protocol):
    """What goes somewhere."""

    @property
    def lat(self) -> float: ...
    @property
    def lng(self) -> float: ...


def nearest(places: Sequence[Site], lines: Sequence[Located]) -> Counts:
    """Return the facility that is nearest to where each line goes; of equals the first. [N]"""
    lats = np.array([line.lat for line in lines])
    lngs = np.array([line.lng for line in lines])
    best, found = np.full(len(lines), np.inf), np.zeros(len(lines), dtype=np.int64)
    for number, place in enumerate(map(zones.place_of, places)):
        km = great_circle_km(place.lat, place.lng, lats, lngs)
        closer = km < best
        best[closer], found[closer] = km[closer], number
    return found
