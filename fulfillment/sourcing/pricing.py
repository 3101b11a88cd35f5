"""Prices online: marginal values from the outlook, or the last wave's, as the strategy says.

Costs are in the deployment's money, whatever a strategy weighs plans by: its weight for prices
says what they count beside its other weights.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from fulfillment.optimization.pricing import blend
from fulfillment.sourcing.marginal import marginal_of
from fulfillment.sourcing.prices import outlooks, published, shadow_prices
from fulfillment.sourcing.prices.outlooks import SkuOutlook
from fulfillment.sourcing.prices.published import Source
from fulfillment.sourcing.prices.shadow_prices import NO_PRICES, WavePrices
from fulfillment.sourcing.prices.unit_prices import Marginal, UnitPrices
from fulfillment.sourcing.question import Question

BLEND, NONE = "blend", "none"


class Published(Struct, frozen=True):
    """What planning has published: its sources, and what is expected of the SKUs at hand."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    outlooks: Mapping[str, SkuOutlook] = field(default_factory=dict)


def read(skus: Collection[str]) -> Published:
    """Read what is published for these SKUs."""
    known = published.sources()
    return Published(known, outlooks.find(skus) if published.MARGINAL in known else {})


def with_prices(question: Question, told: Published) -> Question:
    """Return the question with what the units it asks for cost by what is published."""
    prices = prices_for(question, told)
    return question if prices is None else replace(question, prices=prices)


def prices_for(question: Question, told: Published) -> UnitPrices | None:
    """Return what a unit of each SKU asked for costs at each facility; None: nothing anywhere.

    A wave's price of a SKU at a facility goes before its marginal value.
    """
    wanted = question.strategy.prices
    if wanted.source == NONE or not wanted.weight:
        return None
    wave = marginal = None
    if wanted.source in (published.WAVE, BLEND):
        wave = live(told.sources.get(published.WAVE), question)
    if wanted.source in (published.MARGINAL, BLEND):
        marginal = marginal_of(question, told.sources.get(published.MARGINAL), told.outlooks)
    if wave is None and marginal is None:
        return None
    return together(question, marginal, wave or NO_PRICES)


def live(source: Source | None, question: Question) -> WavePrices | None:
    """Return the last wave's prices, None if there was none or they have outlived their time."""
    ttl = timedelta(minutes=question.strategy.prices.ttl_minutes)
    if source is None or question.state.moment - source.as_of > ttl:
        return None
    return shadow_prices.loaded(source)


def together(question: Question, marginal: Marginal | None, wave: WavePrices) -> UnitPrices:
    codes = [facility.code for facility in question.state.facilities]
    skus = list(question.ask.lines)
    value = marginal.among(codes, skus) if marginal else np.zeros((len(codes), len(skus)))
    duals = np.array([[wave.stock.get((sku, at), 0.0) for at in codes] for sku in skus])
    capacity = np.array([wave.units.get(at, 0.0) for at in codes])
    return UnitPrices(
        rows={code: row for row, code in enumerate(codes)},
        skus=skus,
        unit=blend(value.T, duals, duals > 0, capacity).T if wave.plan_id else value,
        shipment=np.array([wave.shipments.get(at, 0.0) for at in codes]),
        marginal=marginal,
        wave=wave,
        moment=question.state.moment,
    )
