"""Standard Webhooks 1.0: secrets, and the headers by which a receiver knows who sent what."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def body_of(kind: str, occurred_at: datetime, payload: dict[str, Any]) -> bytes:
    """Return what is sent: the same bytes on every try."""
    document = {"type": kind, "timestamp": occurred_at.isoformat(), "data": payload}
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def headers(event_id: UUID, moment: datetime, body: bytes, whose: Sequence[str]) -> dict[str, str]:
    """Return the headers of a message sent at that moment, with a signature by each secret."""
    stamp = str(int(moment.timestamp()))
    signed = b".".join((str(event_id).encode(), stamp.encode(), body))
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signature(secret, signed) for secret in whose),
    }


def signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
