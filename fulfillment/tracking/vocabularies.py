"""The words of carriers and their brokers, and the one vocabulary that they are read into."""

from collections.abc import Mapping
from enum import StrEnum


class Word(StrEnum):
    """What a carrier tells of a parcel, in EasyPost's words."""

    UNKNOWN = "unknown"
    PRE_TRANSIT = "pre_transit"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    FAILURE = "failure"
    ERROR = "error"
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    RETURN_TO_SENDER = "return_to_sender"


class Vocabulary(StrEnum):
    """Whose words an event is told in."""

    EASYPOST = "easypost"
    SHIPPO = "shippo"
    AFTERSHIP = "aftership"
    SHIPENGINE = "shipengine"


EASYPOST = {str(word): word for word in Word}
SHIPPO = {
    "pre_transit": Word.PRE_TRANSIT,
    "transit": Word.IN_TRANSIT,
    "delivered": Word.DELIVERED,
    "returned": Word.RETURN_TO_SENDER,
    "failure": Word.FAILURE,
}
AFTERSHIP = {
    "inforeceived": Word.PRE_TRANSIT,
    "intransit": Word.IN_TRANSIT,
    "outfordelivery": Word.OUT_FOR_DELIVERY,
    "availableforpickup": Word.AVAILABLE_FOR_PICKUP,
    "attemptfail": Word.ATTEMPT_FAILED,
    "delivered": Word.DELIVERED,
    "exception": Word.FAILURE,
    "expired": Word.CANCELLED,
}
SHIPENGINE = {
    "ac": Word.PRE_TRANSIT,
    "it": Word.IN_TRANSIT,
    "sp": Word.AVAILABLE_FOR_PICKUP,
    "at": Word.ATTEMPT_FAILED,
    "de": Word.DELIVERED,
    "ex": Word.FAILURE,
}
TABLES: Mapping[Vocabulary, Mapping[str, Word]] = {
    Vocabulary.EASYPOST: EASYPOST,
    Vocabulary.SHIPPO: SHIPPO,
    Vocabulary.AFTERSHIP: AFTERSHIP,
    Vocabulary.SHIPENGINE: SHIPENGINE,
}
# Where the detail says more than the status: Shippo's substatus, AfterShip's subtag.
DETAILS: Mapping[tuple[Vocabulary, Word], Mapping[str, Word]] = {
    (Vocabulary.SHIPPO, Word.IN_TRANSIT): {
        "out_for_delivery": Word.OUT_FOR_DELIVERY,
        "pickup_available": Word.AVAILABLE_FOR_PICKUP,
        "available_for_pickup": Word.AVAILABLE_FOR_PICKUP,
        "delivery_attempted": Word.ATTEMPT_FAILED,
    },
    (Vocabulary.SHIPPO, Word.FAILURE): {"delivery_attempted": Word.ATTEMPT_FAILED},
    (Vocabulary.AFTERSHIP, Word.FAILURE): {
        "exception_010": Word.RETURN_TO_SENDER,
        "exception_011": Word.RETURN_TO_SENDER,
    },
}


def read(told: str, detail: str | None, vocabulary: Vocabulary) -> Word:
    """Return the word that a carrier means, `unknown` for one that is in no table.

    AfterShip's subtags (Exception_010) are read as a status, too.
    """
    status = told.lower()
    if vocabulary is Vocabulary.AFTERSHIP and "_" in status:
        status, detail = status.partition("_")[0], status
    word = TABLES[vocabulary].get(status, Word.UNKNOWN)
    return DETAILS.get((vocabulary, word), {}).get((detail or "").lower(), word)
