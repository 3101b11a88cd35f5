"""The kinds of shops: what each of them is told and asked, in its own words."""

from fulfillment.integrations.models import Shop, ShopKind
from fulfillment.integrations.shopify.kind import SHOPIFY
from fulfillment.integrations.woocommerce.kind import WOOCOMMERCE
from fulfillment.integrations.words import Kind

KINDS = {ShopKind.SHOPIFY: SHOPIFY, ShopKind.WOOCOMMERCE: WOOCOMMERCE}


def kind_of(shop: Shop) -> Kind:
    """Return what a shop's kind says and understands."""
    return KINDS[ShopKind(shop.kind)]
