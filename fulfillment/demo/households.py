"""Where the households live: an assumption, drawn from real ZIP codes and populations.

The baskets say which household bought, not where it lives. So a seeded draw gives it the ZIP code
of a home. A metropolitan area has the share of the homes that it has of the people of the
contiguous United States (2020 Census; metropolitan statistical areas as delineated in March
2020), spread evenly over the ZIP codes within `METRO_RADIUS_KM` of its center and nearer to it
than to another's; the rest live, evenly, in the ZIP codes outside them all. Only standard, active
ZIP codes with coordinates count.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import zipcodes

from fulfillment.demo.sites import SITES, Floats, great_circle_km

# 331,449,281 people in the 50 states and DC, less Alaska (733,391) and Hawaii (1,455,271).
POPULATION = 329_260_619
OUTSIDE = {"AK", "HI", "PR", "VI", "GU", "AS", "MP"}
METRO_RADIUS_KM = 50.0
SEED = 2017

Place = dict[str, Any]  # a record of `zipcodes`


@dataclass(frozen=True)
class Metro:
    """A metropolitan area: its population in 2020, and a ZIP code at its center."""

    name: str
    population: int
    center_zip: str


@dataclass(frozen=True)
class Home:
    """A household's destination."""

    household_id: int
    zip_code: str
    city: str
    state: str
    lat: float
    lng: float
    timezone: str


METROS = (
    Metro("New York", 20_140_470, "10001"),
    Metro("Los Angeles", 13_200_998, "90012"),
    Metro("Chicago", 9_618_502, "60602"),
    Metro("Dallas", 7_637_387, "75201"),
    Metro("Houston", 7_122_240, "77002"),
    Metro("Washington", 6_385_162, "20001"),
    Metro("Philadelphia", 6_245_051, "19102"),
    Metro("Miami", 6_138_333, "33130"),
    Metro("Atlanta", 6_089_815, "30303"),
    Metro("Boston", 4_941_632, "02108"),
    Metro("Phoenix", 4_845_832, "85004"),
    Metro("San Francisco", 4_749_008, "94103"),
    Metro("Riverside", 4_599_839, "92501"),
    Metro("Detroit", 4_392_041, "48226"),
    Metro("Seattle", 4_018_762, "98101"),
    Metro("Minneapolis", 3_690_261, "55401"),
    Metro("San Diego", 3_298_634, "92101"),
    Metro("Tampa", 3_175_275, "33602"),
    Metro("Denver", 2_963_821, "80202"),
    Metro("Baltimore", 2_844_510, "21202"),
    Metro("St. Louis", 2_820_253, "63101"),
    Metro("Orlando", 2_673_376, "32801"),
    Metro("Charlotte", 2_660_329, "28202"),
    Metro("San Antonio", 2_558_143, "78205"),
    Metro("Portland", 2_512_859, "97204"),
    Metro("Sacramento", 2_397_382, "95814"),
    Metro("Pittsburgh", 2_370_930, "15222"),
    Metro("Austin", 2_283_371, "78701"),
    Metro("Las Vegas", 2_265_461, "89101"),
    Metro("Cincinnati", 2_256_884, "45202"),
)


def homes(household_ids: Iterable[int], seed: int = SEED) -> dict[int, Home]:
    """Give each household a home; the same one whichever other households are asked for."""
    places = contiguous_zip_codes()
    cumulative = np.cumsum(_weights(places))
    found = {}
    for household in household_ids:
        draw = random.Random(f"{seed}:{household}").random() * cumulative[-1]
        found[household] = _home(household, places[int(np.searchsorted(cumulative, draw))])
    return found


def distances(homes: Mapping[int, Home]) -> dict[int, dict[str, float]]:
    """Return the km from every household's home to every site."""
    starts = np.transpose([(home.lat, home.lng) for home in homes.values()])
    ends = np.transpose([(site.lat, site.lng) for site in SITES])
    codes = [site.code for site in SITES]
    rows = zip(homes, great_circle_km(*starts, *ends).tolist(), strict=True)
    return {household: dict(zip(codes, row, strict=True)) for household, row in rows}


def contiguous_zip_codes() -> list[Place]:
    """Return the standard, active ZIP codes of the 48 states and DC that have coordinates."""
    return [
        place
        for place in zipcodes.list_all()  # type: ignore[no-untyped-call]
        if place["zip_code_type"] == "STANDARD"
        and place["active"]
        and place["state"] not in OUTSIDE
        and float(place["lat"]) != 0
    ]


def _weights(places: list[Place]) -> Floats:
    """Return the people that each ZIP code stands for; shape (places,)."""
    metro = _nearest_metro(places)
    members = np.bincount(metro, minlength=len(METROS) + 1)
    in_metros = [metro.population for metro in METROS]
    people = np.array([*in_metros, POPULATION - sum(in_metros)], dtype=np.float64)
    weights: Floats = (people / members)[metro]
    return weights


def _nearest_metro(places: list[Place]) -> npt.NDArray[np.intp]:
    """Return the metro that each place belongs to; `len(METROS)` where it is in none."""
    of = {place["zip_code"]: place for place in places}
    centers = [of[metro.center_zip] for metro in METROS]
    km = great_circle_km(*_coordinates(centers), *_coordinates(places))
    nearest: npt.NDArray[np.intp] = km.argmin(axis=0)
    nearest[km.min(axis=0) > METRO_RADIUS_KM] = len(METROS)
    return nearest


def _coordinates(places: list[Place]) -> tuple[Floats, Floats]:
    latitudes = np.array([place["lat"] for place in places], dtype=np.float64)
    longitudes = np.array([place["long"] for place in places], dtype=np.float64)
    return latitudes, longitudes


def _home(household_id: int, place: Place) -> Home:
    return Home(
        household_id=household_id,
        zip_code=place["zip_code"],
        city=place["city"],
        state=place["state"],
        lat=float(place["lat"]),
        lng=float(place["long"]),
        timezone=place["timezone"],
    )
