"""Strategies as documents: what they may say, in JSON and TOML alike."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from fulfillment.platform.bodies import flattened
from fulfillment.platform.errors import Invalid
from fulfillment.platform.fields import LARGEST, code, number, text, units
from fulfillment.platform.money import Amount
from fulfillment.platform.tags import all_different
from fulfillment.sourcing.strategies.strategy import (
    FORBID,
    PENALTY,
    SOURCES,
    STAGES,
    Prices,
    Rule,
    Strategy,
    Weights,
)

MOST = 1_000
DIFFERENT: list[Callable[[Any], Any]] = [validate.Length(max=MOST), all_different]


def some(kind: fields.Field[Any], **options: Any) -> fields.List[Any]:
    """Return a field for a list of one or more different values."""
    return fields.List(kind, validate=[validate.Length(1, MOST), all_different], **options)


def factor(usual: float, **options: Any) -> fields.Float:
    return number(0, LARGEST, load_default=usual, **options)


class WeightsDocument(Schema):
    """What each part of a plan's cost counts."""

    shipping = factor(1.0)
    handling = factor(1.0)
    distance_per_km = factor(0.0, metadata={"description": "Money for a km of each shipment."})
    split = factor(0.0, metadata={"description": "Money added for every shipment."})
    late_cost_per_day = number(
        0,
        LARGEST,
        load_default=None,
        allow_none=True,
        metadata={"description": "null: the setting late_cost_per_day."},
    )

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Weights:
        return Weights(**data)


class RuleDocument(Schema):
    """Where its conditions hold, only the facilities named or tagged may ship."""

    channels = some(text(64), load_default=None, allow_none=True)
    countries = some(
        fields.String(validate=validate.Regexp(r"^[A-Z]{2}\Z")), load_default=None, allow_none=True
    )
    item_tags = some(
        text(64),
        load_default=None,
        allow_none=True,
        metadata={"description": "Only items with one of these tags; null: the whole order."},
    )
    facilities = fields.List(code(), validate=DIFFERENT, load_default=list)
    facility_tags = fields.List(text(64), validate=DIFFERENT, load_default=list)

    @validates_schema
    def names_somebody(self, data: dict[str, Any], **_: Any) -> None:
        if not data["facilities"] and not data["facility_tags"]:
            raise ValidationError("Must name facilities or facility_tags.", "facilities")

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Rule:
        given = {name: tuple(values) for name, values in data.items() if values is not None}
        return Rule(**given)


class PricesDocument(Schema):
    """Where the prices of scarce stock come from, and what they count."""

    source = fields.String(validate=validate.OneOf(SOURCES), load_default="marginal")
    weight = factor(1.0)
    ttl_minutes = fields.Integer(strict=True, validate=validate.Range(1, 100_000), load_default=60)
    horizon_days = fields.Integer(strict=True, validate=validate.Range(1, 366), load_default=7)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Prices:
        return Prices(**data)


class StrategyDocument(Schema):
    """A shipping strategy; what is not given has its default."""

    weights = fields.Nested(WeightsDocument, load_default=Weights)
    stages = fields.List(
        fields.String(validate=validate.OneOf(STAGES)),
        validate=all_different,
        load_default=list,
        metadata={
            "description": "Rules before weights, the first one first; [] lets weights decide. "
            "As many units ship as can; the cost comes last where it is not named."
        },
    )
    max_shipments = units(1, load_default=None, allow_none=True)
    min_value_to_split = Amount(load_default=None, allow_none=True)
    eligibility = fields.List(
        fields.Nested(RuleDocument), validate=validate.Length(max=MOST), load_default=list
    )
    groups = fields.List(
        fields.List(code(), validate=[validate.Length(2, MOST), all_different]),
        validate=validate.Length(max=MOST),
        load_default=list,
        metadata={"description": "Facilities that ship an order as one, at the dearest's cost."},
    )
    late = fields.String(validate=validate.OneOf([FORBID, PENALTY]), load_default=FORBID)
    prices = fields.Nested(PricesDocument, load_default=Prices)

    @validates_schema
    def one_group_each(self, data: dict[str, Any], **_: Any) -> None:
        times = Counter(member for group in data["groups"] for member in group)
        twice = {
            place: {at: ["Is in another group already."]}
            for place, group in enumerate(data["groups"])
            for at, member in enumerate(group)
            if times[member] > 1
        }
        if twice:
            raise ValidationError({"groups": twice})

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Strategy:
        lists = {name: tuple(data[name]) for name in ("stages", "eligibility")}
        return Strategy(**data | lists | {"groups": tuple(map(tuple, data["groups"]))})


def facilities_named(strategy: Strategy) -> dict[str, str]:
    """Return every facility that a strategy names, by the path where it does."""
    lists = {
        f"eligibility.{n}.facilities": r.facilities for n, r in enumerate(strategy.eligibility)
    }
    lists |= {f"groups.{n}": members for n, members in enumerate(strategy.groups)}
    return {f"{path}.{at}": code for path, codes in lists.items() for at, code in enumerate(codes)}


def document_of(strategy: Strategy) -> dict[str, Any]:
    """Return a strategy's content as JSON, every default spelled out."""
    written: dict[str, Any] = StrategyDocument().dump(strategy)
    return written


def strategy_of(document: Mapping[str, Any]) -> Strategy:
    """Return the strategy that a document describes.

    Raises:
        Invalid: naming each field that is wrong by its path.
    """
    try:
        strategy: Strategy = StrategyDocument().load(document)
    except ValidationError as error:
        raise Invalid(flattened(error.messages)) from error
    return strategy
