"""What a carrier's answer means: a number and a label, a refusal, or that it is to be asked again.

Whatever is no refusal of the request itself may be different the next time: a wrong key is set
right, an error repaired. So it is asked again under the same key, and never twice in effect.
"""

import base64
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from msgspec import Struct

from fulfillment.platform.bodies import flattened, parse_json
from fulfillment.platform.errors import Refusal
from fulfillment.platform.fields import text
from fulfillment.platform.tables import JSON
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.sending import Answer, printable
from fulfillment.shipping.carriers.models import SHIPMENT, VOID
from fulfillment.shipping.models import CONFIRMED, PENDING, REFUSED, TRACKING_NUMBER_LENGTH

# A label may be large; nothing that a carrier tells is longer than this.
MOST_BYTES = 4 * 1024 * 1024
# Statuses by which a carrier says that it does not take this request, however often it comes.
FINAL = frozenset({400, 413, 415, 422})
FORGOTTEN = frozenset({404, 410})
REASONS = ("detail", "message", "error", "errors", "reason", "title")
PDF, ZPL = "application/pdf", "application/zpl"
MARKS = {b"%PDF-": PDF, b"^XA": ZPL, b"CT~~CD": ZPL}


class AnswerIn(Schema):
    """What a carrier answers for a shipment; it may say more, which nobody reads."""

    class Meta:
        """Carriers answer with all that they know of it."""

        unknown = EXCLUDE

    tracking_number = text(TRACKING_NUMBER_LENGTH, required=True)
    label = fields.Raw(load_default=None, allow_none=True)


class Reading(Struct, frozen=True):
    """What an answer means for its request: its status from now on, and what was given or wrong.

    `wait` is for how long the carrier asked to be left alone.
    """

    status: str
    problem: str | None = None
    tracking_number: str | None = None
    label: bytes | None = None
    label_type: str | None = None
    wait: timedelta = timedelta(0)


def read(kind: str, answer: Answer) -> Reading:
    """Return what an answer to a request of this kind means."""
    if answer.taken:
        return given(answer) if kind == SHIPMENT else Reading(CONFIRMED)
    if kind == VOID and answer.status in FORGOTTEN:
        return Reading(CONFIRMED)
    if answer.status in FINAL:
        return Reading(REFUSED, f"{answer.problem}: {reason_of(answer.body)}")
    return Reading(PENDING, answer.problem, wait=patience.asked_for(answer))


def given(answer: Answer) -> Reading:
    """Read a number and a label from an answer that says yes."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        return again(f"The answer is compressed ({coding[:20]}); nobody asked for that.")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON and not media_type.endswith("+json"):
        return again(f"The answer is {media_type[:60] or 'of no type'}, not {JSON}.")
    try:
        told = AnswerIn().load(parse_json(answer.body))
    except Refusal as error:
        return again(f"The answer cannot be read: {error.detail}")
    except ValidationError as error:
        wrong = flattened(error.messages).items()
        return again("; ".join(f"{name}: {' '.join(messages)}" for name, messages in wrong))
    label, label_type, problem = label_in(told["label"])
    return Reading(CONFIRMED, problem, told["tracking_number"], label, label_type)


def again(problem: str) -> Reading:
    return Reading(PENDING, printable(problem))


def label_in(told: Any) -> tuple[bytes | None, str | None, str | None]:
    """Return a label, what it is, and why there is none: the number counts all the same."""
    if told is None:
        return None, None, None
    inside = told.get("data") if isinstance(told, dict) else told
    data = b""
    if isinstance(inside, str):
        data = inside.encode()
        with suppress(ValueError):
            data = base64.b64decode(data, validate=True)
    kinds = (kind for mark, kind in MARKS.items() if data.lstrip().startswith(mark))
    label_type = next(kinds, None)
    if label_type is None:
        return None, None, "Its label is neither PDF nor ZPL: print ours."
    return data, label_type, None


def reason_of(body: bytes) -> str:
    """Return why a carrier refused, in its own words as far as they can be printed."""
    words: Any = body.decode("utf-8", "replace")
    with suppress(Refusal):
        document = parse_json(body)
        words = document
        if isinstance(document, dict):
            words = next((document[name] for name in REASONS if document.get(name)), document)
    return printable(words if isinstance(words, str) else json.dumps(words)) or "without a reason"
