"""Forecasts held to their targets, on real and on simulated demand."""
