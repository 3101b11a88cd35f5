"""Who may ship what: hazardous goods, and the rules of the strategy."""

from collections.abc import Collection, Iterable, Sequence

from fulfillment.network.sites import Site
from fulfillment.sourcing.strategies.strategy import Rule, Strategy

HAZMAT = "hazmat"


def may_hold(item_tags: Collection[str], facility_tags: Collection[str]) -> bool:
    """Tell whether a facility may ship an item: hazardous goods need one tagged for them."""
    return HAZMAT not in item_tags or HAZMAT in facility_tags


def may_ship_order(rules: Iterable[Rule], facility: Site) -> bool:
    """Tell whether a facility may ship by all rules that are about the order as a whole."""
    return all(
        rule.allows(facility.code, facility.tags) for rule in rules if rule.item_tags is None
    )


def may_ship_item(rules: Iterable[Rule], item_tags: Collection[str], facility: Site) -> bool:
    """Tell whether a facility may ship an item by all rules that are about items like it."""
    return all(
        rule.allows(facility.code, facility.tags)
        for rule in rules
        if rule.item_tags is not None and rule.covers(item_tags)
    )


def eligible(
    strategy: Strategy,
    channel: str | None,
    country: str,
    items: Collection[Collection[str]],
    facilities: Sequence[Site],
) -> frozenset[str] | None:
    """Return the facilities that may ship every line of an order; None: any may.

    `items` are the tags of each line's item. For planners that know an order's facilities as a
    whole: one that may not ship some line is left out for the others, too.
    """
    rules = strategy.rules_for(channel, country)
    if not any(rule.covers(tags) for rule in rules for tags in items):
        return None
    return frozenset(
        facility.code
        for facility in facilities
        if may_ship_order(rules, facility)
        and all(may_ship_item(rules, tags, facility) for tags in items)
    )
