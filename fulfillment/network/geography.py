"""Distances on the globe."""

import numpy as np
import numpy.typing as npt

# The mean radius of the Earth of the IUGG, (2a + b) / 3 of WGS84.
EARTH_RADIUS_KM = 6371.0088

Floats = npt.NDArray[np.float64]


def great_circle_km(lat: float, lng: float, lats: Floats, lngs: Floats) -> Floats:
    """Great-circle distances from one point to n others, by the haversine formula.

    Degrees WGS84 in, km out, shape (n,). Against the ellipsoid the sphere errs by at most 0.6 %.
    Source: R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68(2), 1984.
    """
    phi, phis = np.radians(lat), np.radians(lats)
    half_chord = (
        np.sin((phis - phi) / 2) ** 2
        + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lngs - lng) / 2) ** 2
    )
    # Rounding may carry the half chord of antipodes past 1.
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))
    return distances
