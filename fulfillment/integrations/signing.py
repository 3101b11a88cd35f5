"""How shops sign: HMAC-SHA256 by a secret that we share."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from fulfillment.platform.errors import Refusal

# Signed with when there is no such shop: the answer takes as long, and is the same.
NOBODYS = ("nobody's secret",)


class BadSignature(Refusal):
    """Not signed by a secret of this shop."""

    status = 401

    def __init__(self) -> None:
        super().__init__("unauthorized", "It is not signed by a secret of this shop.")


def signed_by(secrets: Sequence[str], signed: bytes, given: str) -> bool:
    """Tell whether a signature in base64 is that of one of these secrets."""
    wanted = [base64.b64encode(digest(secret, signed)) for secret in secrets]
    return matches(wanted, given)


def query_signed_by(secrets: Sequence[str], query: str) -> bool:
    """Tell whether a query's `hmac` is of the other parameters, sorted, in hexadecimal digits."""
    pairs = parse_qsl(query, keep_blank_values=True)
    given = "".join(value for name, value in pairs if name == "hmac")
    rest = urlencode(sorted(pair for pair in pairs if pair[0] != "hmac"), safe=":/#[]")
    return matches([digest(secret, rest.encode()).hex().encode() for secret in secrets], given)


def matches(wanted: Sequence[bytes], given: str) -> bool:
    # All are compared, so that the time tells nothing.
    compared = [hmac.compare_digest(one, given.encode()) for one in wanted]
    return any(compared)


def digest(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, hashlib.sha256)
