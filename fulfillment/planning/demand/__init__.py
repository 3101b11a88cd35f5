"""Demand as it was: asked where the customer is, and shipped from where the stock was."""
