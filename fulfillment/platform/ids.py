"""Identifiers made by the application: time-ordered, so that an index on them grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh UUID of version 7 (RFC 9562)."""
    return uuid7()
