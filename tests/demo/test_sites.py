"""The sites, held against the ZIP codes that they stand in."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest
import zipcodes

from fulfillment.demo.sites import SITES, Site, great_circle_km


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.town)
def test_a_site_stands_where_its_zip_code_is(site: Site) -> None:
    (place,) = zipcodes.matching(site.zip_code)
    assert (site.town, site.state) == (place["city"], place["state"])
    assert (site.lat, site.lng) == (float(place["lat"]), float(place["long"]))
    assert ZoneInfo(site.timezone).key == place["timezone"]


def test_there_are_twelve_sites_sorted_by_code() -> None:
    codes = [site.code for site in SITES]
    assert len(codes) == 12
    assert codes == sorted(set(codes))


def test_the_great_circle_from_new_york_to_los_angeles() -> None:
    new_york, los_angeles = (40.7128, -74.0060), (34.0522, -118.2437)
    ends = [np.array([degrees]) for degrees in (*new_york, *los_angeles)]
    assert great_circle_km(*ends)[0, 0] == pytest.approx(3_936, abs=1)


def test_distances_are_laid_out_from_by_to() -> None:
    north, east = np.array([0.0, 1.0, 2.0]), np.zeros(3)
    km = great_circle_km(north, east, north[:2], east[:2])
    assert km.shape == (3, 2)
    assert km[2, 0] == pytest.approx(2 * 111.195, abs=0.01)
    assert km[1, 1] == 0
