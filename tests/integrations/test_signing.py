"""Signatures of shops, against values that were worked out by another program."""

import pytest

from fulfillment.integrations import signing

# printf '%s' '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
BODY, SIGNATURE = b'{"id":1}', "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY="
# The example of Shopify's guide to its OAuth requests, by the secret "hush".
QUERY = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173"
DIGITS = "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20"


def test_a_body_is_signed_by_any_of_the_secrets():
    assert signing.signed_by(["hush"], BODY, SIGNATURE)
    assert signing.signed_by(["new", "hush"], BODY, SIGNATURE)
    assert not signing.signed_by(["new"], BODY, SIGNATURE)
    assert not signing.signed_by(["hush"], BODY + b" ", SIGNATURE)


@pytest.mark.parametrize("given", ["", "=", "é", "A" * 44, SIGNATURE.lower()])
def test_nothing_else_is_a_signature(given):
    assert not signing.signed_by(["hush"], BODY, given)


def test_a_query_is_signed_by_its_sorted_parameters_without_the_signature():
    assert signing.query_signed_by(["hush"], f"hmac={DIGITS}&{QUERY}")
    assert signing.query_signed_by(["hush"], f"{QUERY}&hmac={DIGITS}")
    assert not signing.query_signed_by(["hush"], f"{QUERY}0&hmac={DIGITS}")
    assert not signing.query_signed_by(["hush"], QUERY)
