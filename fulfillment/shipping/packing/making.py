"""Packages as the floor tells of them, or, where it tells nothing, as the rule packs them."""

from collections import Counter
from collections.abc import Sequence

from flask import current_app
from msgspec import Struct, field

from fulfillment.catalog import items
from fulfillment.catalog.models import Item
from fulfillment.platform import context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import packages
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.package_models import Package, PackageLine
from fulfillment.shipping.packing import rule, sscc
from fulfillment.shipping.packing.limits import limits_of
from fulfillment.shipping.packing.rule import Box, Goods


class Contents(Struct, frozen=True):
    """A package before it has its number: units by SKU, and what was weighed and measured."""

    units: dict[str, int] = field(default_factory=dict)
    weight_g: int | None = None
    sides: dict[str, int] = field(default_factory=dict)


def make(
    shipment: Shipment, told: int | Sequence[Contents] | None, weight_g: int | None
) -> list[Package]:
    """Write the packages of a shipment, each with a number of its own.

    `told` is how many packages there are, or what is in each; None leaves it to the rule.

    Raises:
        Invalid: what was told is not what the shipment holds, or an item fits no package.
    """
    contents = contents_of(shipment, told)
    if weight_g and len(contents) == 1 and contents[0].weight_g is None:
        contents = [Contents(contents[0].units, weight_g, contents[0].sides)]
    settings: Settings = current_app.config["SETTINGS"]
    numbers = sscc.take(settings.gs1_company_prefix, len(contents))
    known = items.find({line.sku for line in shipment.lines})
    made = [
        package_of(shipment, number, code, one, known)
        for number, (code, one) in enumerate(zip(numbers, contents, strict=True), 1)
    ]
    db.session.add_all(made)
    return made


def renumber(shipment: Shipment) -> None:
    """Give the packages of a shipment new numbers: the labels with the former count no more."""
    settings: Settings = current_app.config["SETTINGS"]
    present = packages.live(shipment.id)
    numbers = sscc.take(settings.gs1_company_prefix, len(present))
    packages.void(shipment)
    copies = [copy_of(one, number) for one, number in zip(present, numbers, strict=True)]
    db.session.add_all(copies)
    db.session.flush()


def copy_of(package: Package, number: str) -> Package:
    kept = ("shipment_id", "number", "weight_g", "length_mm", "width_mm", "height_mm")
    return Package(
        **{name: getattr(package, name) for name in kept},
        sscc=number,
        actor=context.actor.get().name,
        lines=[PackageLine(sku=line.sku, quantity=line.quantity) for line in package.lines],
    )


def weigh(shipment: Shipment, made: Sequence[Package]) -> int:
    """Return what packages weigh together; where one is not known, what the catalogue says."""
    weights = [package.weight_g for package in made if package.weight_g]
    return sum(weights) if len(weights) == len(made) else catalogue_weight(shipment)


def catalogue_weight(shipment: Shipment) -> int:
    """Return what the units of a shipment weigh by the catalogue."""
    known = items.find({line.sku for line in shipment.lines})
    return sum(known[line.sku].weight_g * line.quantity for line in shipment.lines)


def contents_of(shipment: Shipment, told: int | Sequence[Contents] | None) -> list[Contents]:
    everything = {line.sku: line.quantity for line in shipment.lines}
    if told is None:
        return by_rule(shipment)
    if isinstance(told, int):
        # Nobody said what is in which; of one there is no doubt.
        return [Contents(everything if told == 1 else {}) for _ in range(told)]
    refuse_difference(everything, told)
    return list(told)


def by_rule(shipment: Shipment) -> list[Contents]:
    return [Contents(box.units) for box in boxes_of(shipment)]


def boxes_of(shipment: Shipment) -> list[Box]:
    """Return the packages that the rule packs a shipment into.

    Raises:
        Invalid: an item fits no package, or there would be too many.
    """
    known = items.find({line.sku for line in shipment.lines})
    goods = [goods_of(known[line.sku], line.quantity) for line in shipment.lines]
    try:
        return rule.packed(goods, limits_of(shipment))
    except rule.FitsNowhere as misfits:
        told = "These items fit no package of the service; say which packages there are."
        errors = [f"{sku} {why}." for sku, why in misfits.told.items()]
        raise Invalid({"packages": errors}, told) from misfits
    except rule.TooManyPackages as many:
        told = f"Would be more than {rule.MOST_PACKAGES}; say which packages there are."
        raise Invalid({"packages": [told]}) from many


def goods_of(item: Item, quantity: int) -> Goods:
    length, width, height = (side or 0 for side in (item.length_mm, item.width_mm, item.height_mm))
    longest = max(length, width, height)
    return Goods(item.sku, quantity, item.weight_g, length * width * height, longest)


def refuse_difference(everything: dict[str, int], told: Sequence[Contents]) -> None:
    """Refuse packages that hold more or less than the shipment."""
    packed: Counter[str] = Counter()
    for one in told:
        packed.update(one.units)
    errors = [
        f"{sku}: {packed[sku]} in packages, {everything.get(sku, 0)} in the shipment."
        for sku in sorted(everything.keys() | packed.keys())
        if packed[sku] != everything.get(sku, 0)
    ]
    if errors:
        raise Invalid({"packages": errors})


def package_of(
    shipment: Shipment, number: int, code: str, told: Contents, known: dict[str, Item]
) -> Package:
    weight = sum(known[sku].weight_g * units for sku, units in told.units.items())
    return Package(
        shipment_id=shipment.id,
        number=number,
        sscc=code,
        weight_g=told.weight_g or weight or None,
        actor=context.actor.get().name,
        lines=[PackageLine(sku=sku, quantity=units) for sku, units in told.units.items()],
        **told.sides,
    )
