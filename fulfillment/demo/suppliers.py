"""Who sells the demo's products to the shop, and on what terms: all made up.

A supplier for each department of the data. What a unit costs is a share of the median price that
households paid; cheap products come in larger packs. Lead times are those of a region's wholesaler
up to an importer's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fulfillment.demo.products import Product

CENT = Decimal("0.01")
# Units of a pack, for products that cost less than so much.
PACKS = ((Decimal(2), 6), (Decimal(5), 3), (Decimal(10), 2))
# Orders are taken every day, or the demo would have nothing to show on a Sunday.
EVERY_DAY = {"order_days": [1, 2, 3, 4, 5, 6, 7], "cutoff": "23:59", "timezone": "UTC"}


@dataclass(frozen=True)
class Supplier:
    """Who sells a department's products: at a share of their price, after so many days."""

    code: str
    department: str
    cost_share: Decimal
    lead_time_days: float
    lead_time_sd: float
    minimum_value: Decimal


SUPPLIERS = (
    Supplier("GROCER", "GROCERY", Decimal("0.74"), 4.0, 1.0, Decimal(100)),
    Supplier("DRUGS", "DRUG GM", Decimal("0.68"), 7.0, 2.0, Decimal(150)),
    Supplier("HEALTH", "NUTRITION", Decimal("0.66"), 7.0, 2.0, Decimal(50)),
    Supplier("BEAUTY", "COSMETICS", Decimal("0.55"), 14.0, 3.0, Decimal(50)),
)
BY_DEPARTMENT = {supplier.department: supplier for supplier in SUPPLIERS}


def unit_cost(product: Product) -> Decimal:
    """Return what the shop pays for a unit."""
    share = BY_DEPARTMENT[product.department].cost_share
    return max((product.unit_price * share).quantize(CENT), CENT)


def pack_size(product: Product) -> int:
    """Return the units that are sold together."""
    return next((pack for below, pack in PACKS if product.unit_price < below), 1)


def terms(supplier: Supplier, products: Iterable[Product]) -> list[dict[str, Any]]:
    """Return the supplier's terms, a row for each product of its department."""
    return [
        {
            "sku": product.sku,
            "unit_cost": str(unit_cost(product)),
            "pack_size": pack_size(product),
            "minimum_quantity": pack_size(product),
        }
        for product in products
        if product.department == supplier.department
    ]


def described(supplier: Supplier) -> dict[str, Any]:
    """Return the supplier as the service takes it."""
    return {
        "name": f"{supplier.department.title()} supplier",
        "lead_time_days": supplier.lead_time_days,
        "lead_time_sd": supplier.lead_time_sd,
        "minimum_value": str(supplier.minimum_value),
        **EVERY_DAY,
    }
