"""The moments of a schedule: the cron's times, each a little later, the missed ones as one."""

from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from msgspec import Struct

from fulfillment.platform import cron

# A run may start this late, when every scheduler was busy or stopped; later it is left out.
GRACE = timedelta(minutes=10)
INSTANT = timedelta(microseconds=1)
# As many times of a cron are looked at to find how close they come.
LOOKED_AT = 100


class Hours(Struct, frozen=True, dict=True):
    """When a job is due; `since` is when that was set, and nothing was missed before."""

    expression: str
    timezone: str
    jitter_seconds: int
    since: datetime
    salt: str

    @cached_property
    def cron(self) -> cron.Cron:
        return cron.Cron(self.expression, self.timezone)

    @property
    def jitter(self) -> timedelta:
        return timedelta(seconds=self.jitter_seconds)

    def due(self, moment: datetime) -> datetime:
        """Return when the run of this moment starts: the same to every scheduler that asks."""
        drawn = int.from_bytes(sha256(f"{self.salt} {moment.isoformat()}".encode()).digest()[:6])
        return moment + self.jitter * (drawn / 2**48)

    def next_due(self, after: datetime) -> datetime | None:
        """Return when the next run after this starts."""
        moment = self.cron.next_after(after - self.jitter)
        while moment is not None and self.due(moment) <= after:
            moment = self.cron.next_after(moment)
        return moment and self.due(moment)

    def first_wake(self, now: datetime) -> datetime | None:
        """Return when a scheduler that starts now is to wake the job: soon, if it missed a run."""
        return self.next_due(max(self.since, now - GRACE - INSTANT))

    def latest_moment(self, now: datetime) -> datetime | None:
        """Return the last moment that is due by now, and not long since: it stands for others."""
        earliest = max(self.since, now - GRACE - INSTANT)
        latest, moment = None, self.cron.next_after(earliest - self.jitter)
        while moment is not None and self.due(moment) <= now:
            latest = moment if self.due(moment) > earliest else None
            moment = self.cron.next_after(moment)
        return latest


def closest(hours: cron.Cron, after: datetime) -> timedelta | None:
    """Return the shortest time between two runs in a row, among the next ones."""
    found, before = [], hours.next_after(after)
    for _ in range(LOOKED_AT):
        later = before and hours.next_after(before)
        if before is None or later is None:
            break
        found.append(later - before)
        before = later
    return min(found, default=None)
