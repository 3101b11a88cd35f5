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

ID, STAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
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
    signatures = [signature(secret, str(event_id), stamp, body) for secret in whose]
    return {ID: str(event_id), STAMP: stamp, SIGNATURE: " ".join(signatures)}


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Return what a secret signs a message by: its id, when it was sent, and what it says."""
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
