"""Deciding for many at once: plans that are computed, looked at, and applied."""
