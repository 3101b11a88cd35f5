import numpy as np
import pytest

from fulfillment.network.geography import EARTH_RADIUS_KM, great_circle_km


def distance(lat, lng, other_lat, other_lng):
    return float(great_circle_km(lat, lng, np.array([other_lat]), np.array([other_lng]))[0])


def test_a_degree_of_the_equator_is_a_360th_of_it():
    assert distance(0, 0, 0, 1) == pytest.approx(2 * np.pi * EARTH_RADIUS_KM / 360)


def test_new_york_and_los_angeles_are_3936_km_apart():
    assert distance(40.7128, -74.0060, 34.0522, -118.2437) == pytest.approx(3936, abs=1)


def test_the_date_line_is_no_barrier():
    assert distance(0, 179.5, 0, -179.5) == pytest.approx(distance(0, 0, 0, 1))


def test_antipodes_are_half_a_circumference_apart():
    assert distance(30, 20, -30, -160) == pytest.approx(np.pi * EARTH_RADIUS_KM)


def test_a_place_is_no_distance_from_itself():
    assert distance(51.5, -0.1, 51.5, -0.1) == 0.0
