"""Carriers' rate tables, kept in memory while none of them changes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from fulfillment.network import zones
from fulfillment.network.models import Carrier, CarrierRate
from fulfillment.network.parcels import Rate, smallest_unit
from fulfillment.network.service_rates import ServiceRates, service_rates
from fulfillment.network.zones import Chart
from fulfillment.platform.db import db
from fulfillment.platform.money import currency

__all__ = ["ServiceRates", "heaviest", "loaded"]

# The rates of one moment of one database, by a stamp that changes with them.
kept: dict[tuple[Any, ...], list[ServiceRates]] = {}


def loaded() -> list[ServiceRates]:
    """Return the rates of every active carrier, by carrier and service.

    Kept in memory while no carrier changes: a new rate table is a new version of its carrier, and
    so is a new zone chart.
    """
    active = select(Carrier).where(Carrier.active).order_by(Carrier.code)
    carriers = db.session.scalars(active).all()
    versions = ((c.code, c.version, c.updated_at) for c in carriers)
    stamp = (str(db.engine.url), currency(), *versions)
    if stamp not in kept:
        rates = read({carrier.code: carrier for carrier in carriers})
        kept.clear()
        kept[stamp] = rates
        return rates
    return kept[stamp]


def heaviest(carrier: str | None, service: str | None) -> int | None:
    """Return the heaviest parcel that a service has a price for, anywhere; None: it has none."""
    of = CarrierRate.carrier == carrier, CarrierRate.service == service
    return db.session.scalar(select(func.max(CarrierRate.max_weight_g)).where(*of))


def read(carriers: Mapping[str, Carrier]) -> list[ServiceRates]:
    order = CarrierRate.carrier, CarrierRate.service
    rows = db.session.execute(
        select(
            *order,
            CarrierRate.max_distance_km,
            CarrierRate.zone,
            CarrierRate.transit_days,
            *(getattr(CarrierRate, name) for name in Rate._fields),
        )
        .where(CarrierRate.carrier.in_(carriers))
        .order_by(*order, CarrierRate.max_weight_g)
    ).all()
    unit = smallest_unit(currency())
    # One object for each carrier: lanes tell working days that are the same by that.
    workdays = {code: carrier.workdays_less() for code, carrier in carriers.items()}
    return [
        service_rates(code, service, workdays[code], some, chart_for(carriers[code], some), unit)
        for code, service, some in by_service(rows)
    ]


def by_service(rows: Sequence[Any]) -> Iterator[tuple[str, str, list[Any]]]:
    for (carrier, service), group in groupby(rows, lambda row: (row[0], row[1])):
        yield carrier, service, list(group)


def chart_for(carrier: Carrier, rows: Sequence[Any]) -> Chart | None:
    """Return the chart that a service goes by, None if it goes by distance.

    With zones of several names, and no chart that says where they are, nothing is in reach.
    """
    if not zones.are_meant((row.zone, row.max_distance_km) for row in rows):
        return None
    chart = zones.chart_of(carrier)
    return chart if chart.names or len({row.zone for row in rows}) > 1 else None
