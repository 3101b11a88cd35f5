"""Customers' links: an address that nobody guesses, for the page of one order."""

import hashlib
import hmac
import secrets
from uuid import UUID

from sqlalchemy import select

from fulfillment.orders import queries as orders
from fulfillment.platform.db import db, insert_once
from fulfillment.tracking.models import TrackingLink

TOKEN_BYTES = 24
PREFIX = "/track/"


def path(link: TrackingLink) -> str:
    """Return the address of a link on this server."""
    return PREFIX + link.token


def find(order_id: UUID) -> TrackingLink | None:
    """Return an order's link, if it was made."""
    return db.session.get(TrackingLink, order_id)


def make(order_id: UUID) -> TrackingLink:
    """Return an order's link, which is made at the first call."""
    orders.get(order_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    insert_once(TrackingLink, {"order_id": order_id, "token": token, "digest": digest_of(token)})
    return db.session.get_one(TrackingLink, order_id, populate_existing=True)


def order_of(token: str) -> UUID | None:
    """Return the order whose link has this token.

    Looked up by its digest, so that the time it takes says nothing of how near a guess was.
    """
    wanted = digest_of(token)
    link = db.session.scalar(select(TrackingLink).where(TrackingLink.digest == wanted))
    known = link.token if link else ""
    same = hmac.compare_digest(known.encode(), token.encode())
    return link.order_id if link and same else None


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
