"""Inventory and fulfillment: what stands where, what may be promised, and what ships it."""

__version__ = "0.1.0"
