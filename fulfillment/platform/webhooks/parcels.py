"""Parcels: what a postman takes somewhere over HTTP, and what the desk that he serves does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from fulfillment.platform.webhooks.sending import Answer

# Tries of one receiver at once, by all workers together.
AT_ONCE = 4
# A try lasts as long as the settings say, and a look-up of its host before; more is a death.
MARGIN = timedelta(seconds=60)


@dataclass(frozen=True)
class Parcel:
    """A message that is ours to try until its lease ends; its id is the same on every try.

    `listen` is how many bytes of the answer are wanted.
    """

    receiver: str
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    event_id: UUID
    subject: str
    body: bytes = field(repr=False)
    lease_until: datetime
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    listen: int = 0
    method: str = "POST"


Try = tuple[Parcel, Answer]


@dataclass(frozen=True)
class Desk:
    """Where a postman gets parcels, and where he tells what came of them.

    `tend` is done first in each round and tells whether there was anything to do. `ready` returns
    the receivers that something is due for, and whether each is in trouble. `claim` takes at most
    so many parcels of one, for tries of so many seconds; `settle` books tries and returns the
    status of each parcel by its id; `tell` counts and logs one.
    """

    tend: Callable[[], bool]
    ready: Callable[[], Sequence[tuple[str, bool]]]
    claim: Callable[[str, int, float], Sequence[Parcel]]
    settle: Callable[[str, Sequence[Try]], Mapping[UUID, str]]
    tell: Callable[[Parcel, Answer, str | None], None]
