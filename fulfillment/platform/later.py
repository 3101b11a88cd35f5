"""Modules that only some requests need: imported with the first of them, not at the start."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Later:
    """Stands for a module until something of it is asked for, and after.

    Type checkers and the contracts of imports are told of the module itself:

        if TYPE_CHECKING:
            import holidays
        else:
            holidays = Later("holidays")
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self.name), attribute)


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let imports of a module fail within, so that what only optionally uses it does without."""
    known: dict[str, Any] = sys.modules
    there = known.get(name)
    known[name] = None  # what the import system takes for a module that cannot be found
    try:
        yield
    finally:
        del known[name]
        if there is not None:
            known[name] = there
