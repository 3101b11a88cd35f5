"""Shops: orders that come from them, and what becomes of those told back, over plain HTTP."""
