"""The packing rule: first fit decreasing (Johnson 1974), by weight and by volume.

The heaviest units go first, of equal weight the largest; each goes into the first package that has
the weight and the volume left, else into a new one. An item that was never measured takes no
volume: its weight alone counts.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

MOST_PACKAGES = 1_000


class TooManyPackages(Exception):
    """More packages than a shipment may have."""


class FitsNowhere(Exception):
    """Some items fit no package, not even alone: `told` says why, by SKU."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__("; ".join(f"{sku}: {why}" for sku, why in told.items()))
        self.told = told


class Goods(Struct, frozen=True):
    """Units of one SKU: how many, and the weight, volume and longest side of one; 0 is unknown."""

    sku: str
    quantity: int
    weight_g: int
    volume_mm3: int = 0
    longest_mm: int = 0


class Limits(Struct, frozen=True):
    """What one package may weigh, hold and measure."""

    weight_g: int
    volume_mm3: int
    longest_mm: int


class Box(Struct):
    """A package while it is filled."""

    weight_g: int = 0
    volume_mm3: int = 0
    units: dict[str, int] = field(default_factory=dict)

    def put(self, goods: Goods, most: int, limits: Limits) -> int:
        """Put in as many units as fit, at most so many; return how many."""
        taken = min(most, (limits.weight_g - self.weight_g) // goods.weight_g)
        if goods.volume_mm3:
            taken = min(taken, (limits.volume_mm3 - self.volume_mm3) // goods.volume_mm3)
        if taken > 0:
            self.weight_g += taken * goods.weight_g
            self.volume_mm3 += taken * goods.volume_mm3
            self.units[goods.sku] = taken
        return max(0, taken)


def packed(goods: Iterable[Goods], limits: Limits) -> list[Box]:
    """Return the packages that all units go into.

    Raises:
        FitsNowhere: an item is too heavy, too long or too large by itself.
        TooManyPackages: there would be more than MOST_PACKAGES.
    """
    in_turn = sorted(goods, key=lambda one: (-one.weight_g, -one.volume_mm3, one.sku))
    refuse_misfits(in_turn, limits)
    boxes: list[Box] = []
    for one in in_turn:
        left = one.quantity
        for box in boxes:
            left -= box.put(one, left, limits)
        while left:
            if len(boxes) == MOST_PACKAGES:
                raise TooManyPackages
            boxes.append(Box())
            left -= boxes[-1].put(one, left, limits)
    return boxes


def refuse_misfits(goods: Sequence[Goods], limits: Limits) -> None:
    told = {one.sku: why for one in goods if (why := misfit(one, limits))}
    if told:
        raise FitsNowhere(told)


def misfit(one: Goods, limits: Limits) -> str:
    if one.weight_g > limits.weight_g:
        return f"weighs {one.weight_g} g, a package at most {limits.weight_g}"
    if one.longest_mm > limits.longest_mm:
        return f"is {one.longest_mm} mm long, a package at most {limits.longest_mm}"
    if one.volume_mm3 > limits.volume_mm3:
        litres = one.volume_mm3 / 1e6
        return f"takes {litres:.1f} litres, a package holds {limits.volume_mm3 / 1e6:.1f}"
    return ""
