"""Shipments: one order's goods from one facility, from planned to handed over."""
