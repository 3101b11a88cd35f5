"""Replenishment: what each shelf needs, from whom, and when."""
