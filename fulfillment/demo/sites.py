"""Twelve distribution centers in towns that really ship, and the distance from a place to another.

Real: the towns, each with a large distribution center that public site lists name; their ZIP codes,
and the coordinates and timezones that the `zipcodes` package gives these. Assumed: cut-off and
daily capacity.
"""

from dataclasses import dataclass
from datetime import time

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_KM = 6371.0
# Assumed: parcels leave in the evening, so what is ordered in the afternoon still makes the truck.
CUTOFF = time(17, 0)
# Assumed, and more than there are orders: the comparison is about stock, not about docks.
DAILY_SHIPMENTS = 2_500

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Site:
    """A distribution center; `known_for` names a real one in that ZIP code or town."""

    code: str
    town: str
    state: str
    zip_code: str
    lat: float
    lng: float
    timezone: str
    known_for: str
    cutoff: time = CUTOFF
    daily_shipments: int = DAILY_SHIPMENTS


PACIFIC, MOUNTAIN = "America/Los_Angeles", "America/Denver"
CENTRAL, EASTERN = "America/Chicago", "America/New_York"

SITES = (
    Site("CA1", "San Bernardino", "CA", "92408", 34.0831, -117.2711, PACIFIC, "Amazon SNA7"),
    Site("CA2", "Tracy", "CA", "95304", 37.7319, -121.4096, PACIFIC, "Amazon OAK4"),
    Site("CO1", "Aurora", "CO", "80019", 39.7656, -104.7069, MOUNTAIN, "Amazon DEN2"),
    Site("FL1", "Orlando", "FL", "32824", 28.3932, -81.3622, EASTERN, "Amazon MCO1"),
    Site("GA1", "Union City", "GA", "30291", 33.5832, -84.5499, EASTERN, "Amazon VUPK"),
    Site("IL1", "Joliet", "IL", "60433", 41.5119, -88.0569, CENTRAL, "Amazon MDW2"),
    Site("KS1", "Lenexa", "KS", "66219", 38.9536, -94.7336, CENTRAL, "Amazon MCI5"),
    Site("KY1", "Hebron", "KY", "41048", 39.0755, -84.7007, EASTERN, "Amazon CVG1"),
    Site("NJ1", "Robbinsville", "NJ", "08691", 40.2197, -74.5939, EASTERN, "Amazon EWR4"),
    Site("PA1", "Carlisle", "PA", "17015", 40.1772, -77.2312, EASTERN, "Amazon PHL6"),
    Site("TX1", "Coppell", "TX", "75019", 32.9673, -96.9805, CENTRAL, "Amazon FTW6"),
    Site("WA1", "Kent", "WA", "98032", 47.3776, -122.2854, PACIFIC, "Amazon BFI4"),
)


def great_circle_km(from_lat: Floats, from_lng: Floats, to_lat: Floats, to_lng: Floats) -> Floats:
    """Great-circle distances in km between degrees, shaped (from, to), by the haversine formula."""
    start = np.radians(np.stack([from_lat, from_lng]))[:, :, None]
    end = np.radians(np.stack([to_lat, to_lng]))[:, None, :]
    half = np.sin((end - start) / 2) ** 2
    chord = half[0] + np.cos(start[0]) * np.cos(end[0]) * half[1]
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return distances
