"""Measuring: what deliveries took becomes the transit time of the promises to come."""

from flask import current_app

from fulfillment.network import transit
from fulfillment.network.transit import Measure, Way
from fulfillment.platform.config import Settings
from fulfillment.platform.db import retried, transaction
from fulfillment.tracking import chances, lanes


@retried
def refresh() -> str:
    """Measure every way with enough deliveries; the others are promised by the brochure."""
    with transaction():
        found = measures()
        changed = transit.publish(found)
    return f"{len(found)} lanes measured, {changed} of them with other days than before"


def measures() -> dict[Way, Measure]:
    """Return the days within which the share `delivery_quantile` of each way's deliveries came."""
    settings: Settings = current_app.config["SETTINGS"]
    found: dict[Way, Measure] = {}
    for way, samples in lanes.histories(lanes.with_history()).items():
        days = chances.quantile(samples, settings.delivery_quantile)
        if days is not None:
            found[way] = Measure(days, len(samples))
    return found
