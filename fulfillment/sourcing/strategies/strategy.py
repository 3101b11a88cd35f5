"""A shipping strategy: what a plan is weighed by, and the rules that it keeps."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

BUILT_IN = "default"
FORBID, PENALTY = "forbid", "penalty"
STAGES = ("shipments", "late", "distance", "cost")
SOURCES = ("marginal", "wave", "blend", "none")


class Weights(Struct, frozen=True):
    """What each part of a plan's cost counts.

    `shipping` and `handling` multiply the carrier's and the facility's money; the others are
    money added for each shipment: for a kilometre of its way, for being one more, for a day that
    it is late (None: the setting late_cost_per_day).
    """

    shipping: float = 1.0
    handling: float = 1.0
    distance_per_km: float = 0.0
    split: float = 0.0
    late_cost_per_day: float | None = None


class Rule(Struct, frozen=True):
    """Where all its conditions hold, only the facilities named or tagged may ship.

    A condition of None always holds. With `item_tags` the rule is about the items that bear one
    of them, otherwise about the whole order.
    """

    channels: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    item_tags: tuple[str, ...] | None = None
    facilities: tuple[str, ...] = ()
    facility_tags: tuple[str, ...] = ()

    def speaks_of(self, channel: str | None, country: str) -> bool:
        """Tell whether the rule is about orders of this channel to this country."""
        right_channel = self.channels is None or channel in self.channels
        return right_channel and (self.countries is None or country in self.countries)

    def covers(self, item_tags: Collection[str]) -> bool:
        """Tell whether the rule is about an item with these tags."""
        return self.item_tags is None or any(tag in self.item_tags for tag in item_tags)

    def allows(self, code: str, tags: Collection[str]) -> bool:
        """Tell whether a facility is among those that may ship."""
        return code in self.facilities or any(tag in self.facility_tags for tag in tags)


class Prices(Struct, frozen=True):
    """Where the prices of scarce stock come from, what they count, and how long they hold."""

    source: str = "marginal"
    weight: float = 1.0
    ttl_minutes: int = 60
    horizon_days: int = 7


class Strategy(Struct, frozen=True):
    """One version of a strategy; without arguments the one that is built in.

    By `stages` rules decide before weights, in this order. `late` says whether a shipment that
    arrives after the wanted day is out, or costs. Facilities of one group in `groups` ship an
    order as one: their shipments cost what the dearest of them costs. An order worth less than
    `min_value_to_split` ships in one shipment.
    """

    name: str = BUILT_IN
    version: int = 0
    weights: Weights = Weights()
    stages: tuple[str, ...] = ()
    max_shipments: int | None = None
    min_value_to_split: Decimal | None = None
    eligibility: tuple[Rule, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    late: str = FORBID
    prices: Prices = field(default_factory=Prices)

    @property
    def label(self) -> dict[str, str | int]:
        """How a decision says which strategy it followed."""
        return {"name": self.name, "version": self.version}

    def named(self, name: str, version: int) -> "Strategy":
        """Return the same content under another name or version."""
        return replace(self, name=name, version=version)

    def rules_for(self, channel: str | None, country: str) -> tuple[Rule, ...]:
        """Return the rules that are about orders of a channel to a country."""
        return tuple([rule for rule in self.eligibility if rule.speaks_of(channel, country)])

    def most_shipments(self, asked: int | None, value: Decimal | None) -> int | None:
        """Return how many shipments an order may have, by the request and by this strategy.

        `value` is None where the price of an item is not known: then it may split.
        """
        limits = [limit for limit in (asked, self.max_shipments) if limit is not None]
        least = self.min_value_to_split
        if least is not None and value is not None and value < least:
            limits.append(1)
        return min(limits, default=None)


def group_of(strategy: Strategy) -> Mapping[str, str]:
    """Return the group of each facility that is in one, by a name for it."""
    return {code: members[0] for members in strategy.groups for code in members}
