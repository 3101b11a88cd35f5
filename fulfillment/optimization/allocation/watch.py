"""How long a wave may take and where its time went."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Watch:
    """Runs out after `allowed` seconds or when `stop` says so; `seconds` are by phase."""

    allowed: float
    stop: Callable[[], bool]
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def left(self) -> float:
        """Seconds left, never negative."""
        return 0.0 if self.stop() else max(self.started + self.allowed - time.monotonic(), 0.0)

    def over(self) -> bool:
        """Whether to hand over what there is."""
        return self.left() <= 0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of a block under `name`, and the whole under "total"."""
        began = time.monotonic()
        try:
            yield
        finally:
            ended = time.monotonic()
            self.seconds[name] = self.seconds.get(name, 0.0) + ended - began
            self.seconds["total"] = ended - self.started
