"""Addresses of shops, in our words."""

from collections.abc import Mapping
from typing import Any

LONGEST = 200


def destination(
    given: Mapping[str, Any], *, names: tuple[str, str], state: str, zip_code: str, country: str
) -> dict[str, Any]:
    """Return an address whose parts have these names; the others are the same in all shops."""
    person = joined(" ", *(given.get(name) for name in names))
    company = clean(given.get("company"))
    parts = {
        "name": joined(", ", company, person),
        "street": joined(
            ", ",
            given.get("address1", given.get("address_1")),
            given.get("address2", given.get("address_2")),
        ),
        "city": clean(given.get("city")),
        "state": clean(given.get(state)),
        "postal_code": clean(given.get(zip_code)),
        "country": clean(given.get(country)),
        "kind": "business" if company else "residence",
    }
    return {name: value for name, value in parts.items() if value}


def clean(value: Any) -> str | None:
    """Return what is printable of a text, without needless spaces."""
    text = " ".join(str(value or "").split())
    return "".join(filter(str.isprintable, text))[:LONGEST].strip() or None


def joined(between: str, *values: Any) -> str | None:
    return clean(between.join(filter(None, map(clean, values))))
