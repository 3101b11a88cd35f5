"""Ends: many places of origin and one destination, as rates look them up."""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from fulfillment.network.destinations import Destination
from fulfillment.network.geography import Floats
from fulfillment.network.models import compact
from fulfillment.network.sites import Site


class Ends(Struct, frozen=True, eq=False, dict=True):
    """Where N shipments start and where all of them go, with the distances between."""

    sites: Sequence[Site]  # [N]
    destination: Destination
    distance_km: Floats  # [N]

    @cached_property
    def origins(self) -> tuple[str | None, ...]:
        """The postal codes of the origins; None where it is unknown, or in another country. [N]"""
        country = self.destination.country
        return tuple([s.postal_code if s.country == country else None for s in self.sites])

    @cached_property
    def postal_code(self) -> str:
        """The postal code of the destination as tables keep it; empty where it is unknown."""
        return compact(self.destination.postal_code or "")
