"""A number on the command line that is a number."""

from math import isfinite
from typing import Any

import click


class Finite(click.FloatRange):
    """A number within bounds; neither nan, which every comparison lets through, nor inf."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is no finite number", param, ctx)
        return number
