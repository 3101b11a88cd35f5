"""What Shopify asks a fulfillment service: the stock that it has, and the numbers of parcels."""

import re
from collections import Counter
from collections.abc import Sequence

from fulfillment.catalog import items
from fulfillment.integrations import shipped, shops
from fulfillment.integrations.models import Shop
from fulfillment.inventory import availability
from fulfillment.network import sites
from fulfillment.platform.pages import MAX_LIMIT

# "#1001.2" and "#1001-F2" are the second fulfillment of "#1001".
FULFILLMENT_NAME = re.compile(r"(.+?)(?:[.-]F?([0-9]{1,4}))?")


def stock(shop: Shop, sku: str | None, location_id: str | None) -> dict[str, int]:
    """Return what can be promised of a SKU, or of all, at a location or everywhere."""
    behind = shop.locations.get(location_id) if location_id else None
    if location_id and shop.locations and behind is None:
        return {}
    active = {site.code for site in sites.active()}
    sending = active if behind is None else active & set(behind)
    found = Counter(dict.fromkeys([sku] if sku else all_skus(), 0))
    for level in availability.levels(found).values():
        if level.facility in sending:
            found[level.sku] += level.promisable
    known = found.keys() - items.unknown(list(found))
    return {one: units for one, units in found.items() if one in known}


def all_skus() -> list[str]:
    skus: list[str] = []
    cursor = None
    while True:
        page = items.list_page(MAX_LIMIT, cursor, gtin=None, tag=None)
        skus += [item.sku for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return skus


def tracking_numbers(shop: Shop, names: Sequence[str]) -> dict[str, str]:
    """Return the numbers of the fulfillments of these names that have one."""
    found = {name: number_of(shop, name) for name in names}
    return {name: number for name, number in found.items() if number}


def number_of(shop: Shop, name: str) -> str | None:
    match = FULFILLMENT_NAME.fullmatch(name)
    if match is None:
        return None
    order_name, which = (name, 1) if shops.orders_named(shop.code, name) else parts(match)
    parcels = [
        parcel
        for known in shops.orders_named(shop.code, order_name)
        if known.order_id
        for parcel in shipped.parcels(known.order_id)
    ]
    parcels.sort(key=lambda parcel: parcel.left_at)
    return parcels[which - 1].number if 0 < which <= len(parcels) else None


def parts(match: re.Match[str]) -> tuple[str, int]:
    return match[1], int(match[2] or 1)
