"""How patient we are with a receiver: pauses, rests, and how it has been lately."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import structlog
from sqlalchemy import update

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.upserts import table_of
from fulfillment.platform.webhooks.models import Webhook
from fulfillment.platform.webhooks.sending import GONE, Answer

# After so many failures in a row a webhook is tried with one delivery at a time, and rests between.
TROUBLE = 5
LONGEST_REST = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=1)
GROWTH = 3.0
JITTER = 0.25
GIVEN_UP = timedelta(days=3)

log = structlog.get_logger()


def pause(attempts: int) -> timedelta:
    """Return the time until the next try after so many failed ones: it triples, about."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * GROWTH ** min(attempts - 1, 20))
    return longest * random.uniform(1 - JITTER, 1 + JITTER)


def rest(failures: int) -> timedelta:
    """Return how long a webhook rests after so many failures in a row: it doubles."""
    if failures < TROUBLE:
        return timedelta(0)
    longest = min(LONGEST_REST, timedelta(seconds=1) * 2.0 ** min(failures - TROUBLE, 20))
    return longest * random.uniform(1 - JITTER, 1 + JITTER)


def asked_for(answer: Answer) -> timedelta:
    """Return for how long a receiver asks to be left alone: Retry-After, but an hour at most."""
    told, wait = answer.headers.get("retry-after", "").strip(), timedelta(0)
    if told.isascii() and told.partition(".")[0].isdigit():
        wait = timedelta(seconds=int(told.partition(".")[0][:9]))
    elif told:
        with suppress(ValueError, TypeError, OverflowError):
            wait = parsedate_to_datetime(told) - clock.now()
    return max(timedelta(0), min(wait, LONGEST_WAIT))


def health(failures: int, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return how a receiver is after these answers: what changes of its failures and its rest."""
    problem: dict[str, Any] = {}
    for answer in answers:
        failures = 0 if answer.taken else failures + 1
        problem = problem if answer.taken else {"problem": answer.problem}
    rest_until = clock.now() + rest(failures) if failures else None
    return {**problem, "failures": failures, "rest_until": rest_until}


def note_health(webhook: Webhook, answers: Sequence[Answer]) -> None:
    """Write down how a receiver is; one that answers 410 wants no more."""
    now, values = clock.now(), health(webhook.failures, answers)
    values |= {"delivered_at" if answer.taken else "failed_at": now for answer in answers}
    if webhook.active and GONE in {answer.status for answer in answers}:
        webhook.active, webhook.updated_at = False, now
        log.error("webhook switched off", webhook=webhook.code, reason=f"status {GONE}")
    # Beside the version, which is of what people set.
    table = table_of(Webhook)
    db.session.flush()
    db.session.execute(update(table).where(table.c.code == webhook.code).values(values))
