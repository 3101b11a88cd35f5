"""Price tables: the bands of all services side by side, to be looked up for many ways at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf

import numpy as np
import numpy.typing as npt

from fulfillment.network.service_rates import Band, Floats, Prices, price_by_weight

Numbers = npt.NDArray[np.intp]

# How many weights the prices of a table are kept for: a few kilobytes each at most.
MOST_WEIGHTS = 10_000


@dataclass(frozen=True, eq=False)
class PriceTable:
    """The bands of S services, B in all; after those of each service stands one for out of reach.

    Out of reach a parcel costs nothing less than infinity.
    """

    start: Numbers  # [S] the first band of each service
    beyond: Numbers  # [S] the one for out of reach
    service: Sequence[int]  # [B] whose band it is
    bands: Sequence[Band | None]  # [B]
    lightest: Floats  # [B] the price of the first weight band
    rise: Floats  # [B] a gram, on the whole
    days: Floats  # [B]
    known: dict[int, Floats] = field(default_factory=dict)

    def at(self, grams: int) -> Floats:
        """Return what a shipment of this weight costs, to the cent. [B]"""
        found = self.known.get(grams)
        if found is None:
            if len(self.known) >= MOST_WEIGHTS:
                self.known.clear()
            prices = [price_by_weight(one.bands, grams) if one else inf for one in self.bands]
            found = self.known[grams] = np.array(prices)
        return found


@lru_cache(maxsize=16)  # the rates of a few moments, for residences and businesses
def table_of(services: tuple[Prices, ...]) -> PriceTable:
    """Return the table of these services, in their order."""
    sizes = np.array([len(one.bands) + 1 for one in services], dtype=np.intp)
    bands = [band for one in services for band in (*one.bands, None)]
    return PriceTable(
        start=np.cumsum(sizes) - sizes,
        beyond=np.cumsum(sizes) - 1,
        service=np.repeat(np.arange(len(services)), sizes).tolist(),
        bands=bands,
        lightest=np.array([one.bands[0][1] if one else 0.0 for one in bands]),
        rise=np.array([one.per_g if one else 0.0 for one in bands]),
        days=np.array([one.transit_days if one else 0.0 for one in bands]),
    )
