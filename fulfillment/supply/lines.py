"""Lines that name SKUs, as transfers and purchase orders take them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fulfillment.platform.errors import Invalid


def faults(skus: Sequence[str], known: Collection[str], told: str) -> dict[str, list[str]]:
    """Return by field what is wrong with the SKUs of lines: not known (as `told`), or twice."""
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for index, sku in enumerate(skus):
        if sku not in known:
            errors[f"lines.{index}.sku"] = [told]
        elif sku in seen:
            errors[f"lines.{index}.sku"] = ["Stands twice."]
        seen.add(sku)
    return errors


def kept(
    proposed: Mapping[str, int], named: Sequence[Mapping[str, Any]], told: str
) -> dict[str, int]:
    """Return the units by SKU that stay of a proposal: the lines named, or all without any.

    Raises:
        Invalid: a line is not in the proposal (as `told`), stands twice or asks for more of it.
    """
    if not named:
        return dict(proposed)
    errors = faults([line["sku"] for line in named], proposed, told)
    for index, line in enumerate(named):
        most = proposed.get(line["sku"], line["quantity"])
        if line["quantity"] > most:
            errors[f"lines.{index}.quantity"] = [f"Must be at most {most}, what was proposed."]
    if errors:
        raise Invalid(errors)
    return {line["sku"]: line["quantity"] for line in named}
