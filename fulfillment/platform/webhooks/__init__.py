"""Webhooks: the outbox's news to whoever subscribed, signed, in order, until it is taken."""
