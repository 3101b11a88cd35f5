"""Eight of the demo's sites, what parcels and trucks cost between them, and who lives near each."""

from contextlib import AbstractContextManager
from datetime import time
from functools import cache

import numpy as np
from flask import Flask
from flask.ctx import AppContext

from fulfillment.demo import households
from fulfillment.demo.sites import SITES, great_circle_km
from fulfillment.network import lanes
from fulfillment.network.calendar import DockCalendar
from fulfillment.network.destinations import Destination
from fulfillment.network.offers import USUAL_WEEK
from fulfillment.network.sites import Site
from fulfillment.planning.rebalancing import reading
from fulfillment.platform.config import Settings

CODES = ("CA1", "CO1", "FL1", "GA1", "IL1", "NJ1", "TX1", "WA1")
HOMES = 20_000  # drawn to tell how many people live nearest to each site
CALENDAR = DockCalendar("UTC", time(17), 0, USUAL_WEEK)


def within(settings: Settings) -> AbstractContextManager[AppContext]:
    """An application that knows the settings, and no database."""
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    return app.app_context()


@cache
def sites() -> list[Site]:
    """The eight sites, sorted by code. [F]"""
    return [
        Site(s.code, s.lat, s.lng, "US", True, CALENDAR, None, 0.0, frozenset(), 1)
        for s in SITES
        if s.code in CODES
    ]


def nearest(ids: range | list[int], seed: int) -> np.ndarray:
    """The site nearest to each household's home. [N]"""
    homes = households.homes(ids, seed).values()
    starts = np.transpose([(site.lat, site.lng) for site in sites()])
    ends = np.transpose([(home.lat, home.lng) for home in homes])
    return great_circle_km(*starts, *ends).argmin(axis=0)


@cache
def people() -> np.ndarray:
    """The share of all people that lives nearest to each site. [F]"""
    return np.bincount(nearest(range(HOMES), 0), minlength=len(CODES)) / HOMES


def parcels(settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Money per gram from the column's site to the row's zone [F, F], and for a parcel [F]."""
    with within(settings):
        ways = [lanes.reach(Destination(s.lat, s.lng, None, "US", None, "residence"), sites(), [])
                for s in sites()]  # fmt: skip
    offers = [way.ways.best(None) for way in ways]
    return np.array([offer.per_g for offer in offers]), offers[0].fixed


def road_km(settings: Settings) -> np.ndarray:
    """The way between all sites on the road. [F, F]"""
    with within(settings):
        return reading.road_km(sites())
