"""Packing: which units go into which package, and the number of each."""
