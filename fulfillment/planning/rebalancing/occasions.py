"""Whether stock stands so far from where it will be asked for that a run is due before its day."""

from datetime import timedelta

from sqlalchemy import exists, select

from fulfillment.planning.models import Plan
from fulfillment.planning.rebalancing.problem import imbalance, state
from fulfillment.platform import clock
from fulfillment.platform.db import db

# What was proposed takes people a day to look at.
AT_LEAST_APART = timedelta(days=1)


def occasion(threshold: float) -> str | None:
    """Return why a run is due, or None: little is out of place, or one was asked for lately."""
    since = clock.now() - AT_LEAST_APART
    lately = exists().where(Plan.kind == "rebalancing", Plan.created_at > since)
    if not threshold or db.session.scalar(select(lately)):
        return None
    found = imbalance(state({}))
    told = f"{found:.0%} of the demand is short where others could give it"
    return told if found >= threshold else None
