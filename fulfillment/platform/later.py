"""Modules that only some requests need: imported with the first of them, not at the start."""

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
