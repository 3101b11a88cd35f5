"""Refuse what does not go together: entries twice, names that nobody has, needs in a circle."""

from collections.abc import Iterator

from fulfillment.optimization.replenishment.problem import Position, Problem
from fulfillment.optimization.validity import InvalidProblem, twice, unknown


def repetitions(problem: Problem) -> Iterator[InvalidProblem]:
    """Entries that say again what should stand once."""
    places = ((position.facility, position.sku) for position in problem.positions)
    sold = ((terms.supplier, terms.sku) for terms in problem.terms)
    yield from twice("facilities", "code", (facility.code for facility in problem.facilities))
    yield from twice("suppliers", "code", (supplier.code for supplier in problem.suppliers))
    yield from twice("terms", "supplier and SKU", sold)
    yield from twice("items", "SKU", (item.sku for item in problem.items))
    yield from twice("positions", "facility and SKU", places)


def references(problem: Problem) -> Iterator[InvalidProblem]:
    """Names of facilities, suppliers and resuppliers that there are not."""
    facilities = {facility.code for facility in problem.facilities}
    suppliers = {supplier.code for supplier in problem.suppliers}
    sold = {(terms.supplier, terms.sku) for terms in problem.terms}
    for i, terms in enumerate(problem.terms):
        if terms.supplier not in suppliers:
            yield unknown(f"terms[{i}].supplier", "supplier", terms.supplier)
    resuppliers = {(p.facility, p.sku): p.resupplier for p in problem.positions}
    for i, position in enumerate(problem.positions):
        path, supplier = f"positions[{i}]", position.supplier
        if position.facility not in facilities:
            yield unknown(f"{path}.facility", "facility", position.facility)
        if supplier is not None and (supplier, position.sku) not in sold:
            yield InvalidProblem(f"{path}.supplier", f"has no terms for the SKU {position.sku!r}")
        if position.resupplier is not None:
            yield from _resupplier(f"{path}.resupplier", position, resuppliers)


def _resupplier(
    path: str, position: Position, resuppliers: dict[tuple[str, str], str | None]
) -> Iterator[InvalidProblem]:
    place, seen = position.resupplier, {position.facility}
    while place is not None and (place, position.sku) in resuppliers:
        if place in seen:
            yield InvalidProblem(path, f"goes round in a circle at {place!r}")
            return
        seen.add(place)
        place = resuppliers[place, position.sku]
    if (position.resupplier, position.sku) not in resuppliers:
        yield InvalidProblem(path, f"has no position of the SKU {position.sku!r}")
