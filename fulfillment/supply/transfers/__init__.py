"""Transfers: units that move from one facility to another."""
