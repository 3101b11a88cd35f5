"""Cycle counts: what to count today and why, what was found, and how right the records are."""
