"""Suppliers: what they ask for a SKU, when they take orders, and how long they take."""
