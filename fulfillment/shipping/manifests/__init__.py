"""Manifests: the parcels of a day that a facility gives to one carrier."""
