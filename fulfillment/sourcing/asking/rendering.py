"""Plans as text, as the shape `SourcingOut` has them; what they share is written once."""

from collections.abc import Mapping, Sequence
from typing import Any

from fulfillment.platform.fast_json import encoded, encoded_each
from fulfillment.sourcing.plans import Plan

Row = Mapping[str, Any]
# The text of a candidate by its identity: plans share all candidates that none of them uses.
Texts = Mapping[int, str]


def rendered(plans: Sequence[Plan]) -> str:
    """Return the answer."""
    documents = [plan.document() for plan in plans]
    rows = [document["explanation"].pop("candidates") for document in documents]
    by_id = {id(row): row for some in rows for row in some}
    texts = dict(zip(by_id, encoded_each(by_id.values()), strict=True))
    told = [option(one, some, texts) for one, some in zip(documents, rows, strict=True)]
    return f'{{"options":[{",".join(told)}]}}'


def option(document: dict[str, Any], rows: Sequence[Row], texts: Texts) -> str:
    """Return a plan with its explanation last, and last in that the candidates."""
    told, inside = document.pop("explanation"), ",".join([texts[id(row)] for row in rows])
    why = f'{encoded(told)[:-1]},"candidates":[{inside}]}}'
    return f'{encoded(document)[:-1]},"explanation":{why}}}'
