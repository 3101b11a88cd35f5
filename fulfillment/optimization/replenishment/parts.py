"""Lines that share no limit that binds, and no order with a minimum value, decide alone."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from fulfillment.optimization.replenishment.model import Limit, Line, past
from fulfillment.optimization.replenishment.needs import Need, Place


def split(
    lines: Sequence[Line],
    needs: Sequence[Need],
    allowed: dict[Limit, float],
    minimum: dict[Place, float],
) -> list[list[Line]]:
    """The groups of lines that any limit or minimum value ties together, in their order."""
    root = dict[Hashable, Hashable]()
    for line in lines:
        keys = _keys(line, needs, allowed, minimum)
        for key in keys:
            root.setdefault(key, key)
            root[_top(root, key)] = _top(root, keys[0])
    groups = defaultdict[Hashable, list[Line]](list)
    for line in lines:
        keys = _keys(line, needs, allowed, minimum)
        groups[_top(root, keys[0]) if keys else ("alone", line.need)].append(line)
    return list(groups.values())


def is_at_ease(
    part: Sequence[Line],
    needs: Sequence[Need],
    allowed: dict[Limit, float],
    minimum: dict[Place, float],
) -> bool:
    """Whether every line may have what its policy asks for."""
    used, spent = defaultdict[Limit, float](float), defaultdict[Place, float](float)
    for line in part:
        need = needs[line.need]
        if need.order is not None:
            spent[need.order] += need.want * need.pack * need.unit_cost
        for limit, use in line.uses:
            used[limit] += use * need.want
    large = all(not value or not past(minimum.get(key, 0.0), value) for key, value in spent.items())
    return large and not any(past(use, allowed[x]) for x, use in used.items() if x in allowed)


def _keys(
    line: Line,
    needs: Sequence[Need],
    allowed: dict[Limit, float],
    minimum: dict[Place, float],
) -> list[Hashable]:
    order = needs[line.need].order
    keys: list[Hashable] = [limit for limit, _ in line.uses if limit in allowed]
    return [*keys, ("order", *order)] if order is not None and order in minimum else keys


def _top(root: dict[Hashable, Hashable], key: Hashable) -> Hashable:
    while root[key] != key:
        root[key] = key = root[root[key]]
    return key
