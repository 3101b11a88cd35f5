"""Bringing stock in: transfers between facilities."""
