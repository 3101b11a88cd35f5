"""Shipping strategies: what plans are weighed by, in versions, one of them in force."""

from fulfillment.sourcing.strategies.versions import activate, active, current, find, latest, put

__all__ = ["activate", "active", "current", "find", "latest", "put"]
