"""Where the demo's households live."""

import numpy as np
import pytest
import zipcodes

from fulfillment.demo.households import (
    METRO_RADIUS_KM,
    METROS,
    OUTSIDE,
    POPULATION,
    Home,
    distances,
    homes,
)
from fulfillment.demo.sites import SITES, great_circle_km


def test_every_home_is_a_real_zip_code_of_the_contiguous_states(
    households: dict[int, Home],
) -> None:
    for home in households.values():
        assert home.state not in OUTSIDE
        assert 24.4 < home.lat < 49.4
        assert -124.8 < home.lng < -66.9
        assert home.timezone.startswith("America/")


def test_a_home_has_the_coordinates_of_its_zip_code(households: dict[int, Home]) -> None:
    for home in list(households.values())[:50]:
        (place,) = zipcodes.matching(home.zip_code)
        assert (home.lat, home.lng) == (float(place["lat"]), float(place["long"]))
        assert place["zip_code_type"] == "STANDARD"


def test_a_home_does_not_depend_on_who_else_is_asked_for(households: dict[int, Home]) -> None:
    assert homes([338]) == {338: households[338]}


def test_another_seed_moves_people(households: dict[int, Home]) -> None:
    moved = homes(range(1, 51), seed=1)
    assert sum(moved[household] != households.get(household) for household in moved) > 45


def test_metros_have_their_share_of_homes() -> None:
    drawn = homes(range(10_000)).values()
    places = np.array([(home.lat, home.lng) for home in drawn]).T
    for metro in METROS[:3]:
        (center,) = zipcodes.matching(metro.center_zip)
        middle = np.array([[float(center["lat"])], [float(center["long"])]])
        inside = (great_circle_km(*middle, *places) <= METRO_RADIUS_KM).mean()
        assert inside == pytest.approx(metro.population / POPULATION, abs=0.005)


def test_metros_are_distinct_and_hold_half_the_people() -> None:
    assert len({metro.center_zip for metro in METROS}) == len(METROS) == 30
    populations = [metro.population for metro in METROS]
    assert populations == sorted(populations, reverse=True)
    assert 0.45 < sum(populations) / POPULATION < 0.55


def test_distances_are_from_every_home_to_every_site(households: dict[int, Home]) -> None:
    some = dict(list(households.items())[:3])
    km = distances(some)
    assert list(km) == list(some)
    for row in km.values():
        assert list(row) == [site.code for site in SITES]


def test_a_neighbour_of_a_site_is_near_it() -> None:
    site = SITES[0]
    home = Home(1, site.zip_code, site.town, site.state, site.lat, site.lng, site.timezone)
    assert distances({1: home})[1][site.code] == pytest.approx(0)
