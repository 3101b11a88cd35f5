"""Forecasts of demand: made nightly from its history, kept for whoever plans."""
