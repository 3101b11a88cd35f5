"""Allocation waves: waiting orders and those that may move, decided jointly."""
