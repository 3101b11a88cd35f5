"""What processes count and measure, for Prometheus.

Its client is imported with the first figure that changes: most commands never come to one.
"""

from collections.abc import Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import prometheus_client
else:
    prometheus_client = Later("prometheus_client")

# Of two threads that come first one makes it: the client takes each name once.
making = Lock()


class Figure:
    """Stands for a figure of Prometheus' client, which is made when it is first used."""

    def __init__(
        self, kind: str, name: str, told: str, labels: Sequence[str] = (), **options: Any
    ) -> None:
        self.kind = kind
        self.given = (name, told, labels)
        self.options = options
        self.made: Any = None

    def __getattr__(self, attribute: str) -> Any:
        with making:
            if self.made is None:
                self.made = getattr(prometheus_client, self.kind)(*self.given, **self.options)
        return getattr(self.made, attribute)


Counter = partial(Figure, "Counter")
Gauge = partial(Figure, "Gauge")
Histogram = partial(Figure, "Histogram")
