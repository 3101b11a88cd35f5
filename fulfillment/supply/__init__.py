"""Bringing stock in: purchase orders to suppliers, transfers between facilities."""
