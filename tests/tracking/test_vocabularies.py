"""Words of four vocabularies, read into one."""

import pytest

from fulfillment.tracking.vocabularies import TABLES, Vocabulary, Word, read


@pytest.mark.parametrize(
    ("vocabulary", "told", "detail", "word"),
    [
        ("easypost", "OUT_FOR_DELIVERY", None, "out_for_delivery"),
        ("easypost", "attempt_failed", None, "attempt_failed"),
        ("shippo", "TRANSIT", None, "in_transit"),
        ("shippo", "Transit", "out_for_delivery", "out_for_delivery"),
        ("shippo", "TRANSIT", "PICKUP_AVAILABLE", "available_for_pickup"),
        ("shippo", "FAILURE", None, "failure"),
        ("shippo", "FAILURE", "delivery_attempted", "attempt_failed"),
        ("shippo", "RETURNED", None, "return_to_sender"),
        ("aftership", "Pending", None, "unknown"),
        ("aftership", "InfoReceived", None, "pre_transit"),
        ("aftership", "AttemptFail", None, "attempt_failed"),
        ("aftership", "AvailableForPickup_001", None, "available_for_pickup"),
        ("aftership", "Exception", None, "failure"),
        ("aftership", "Exception", "Exception_004", "failure"),
        ("aftership", "Exception_011", None, "return_to_sender"),
        ("aftership", "Exception", "Exception_010", "return_to_sender"),
        ("aftership", "Expired", None, "cancelled"),
        ("shipengine", "DE", None, "delivered"),
        ("shipengine", "sp", None, "available_for_pickup"),
        ("shipengine", "NY", None, "unknown"),
        ("shipengine", "delivered", None, "unknown"),
    ],
)
def test_a_word_means_what_its_vocabulary_says(vocabulary, told, detail, word):
    assert read(told, detail, Vocabulary(vocabulary)) is Word(word)


def test_every_vocabulary_can_say_the_way_to_the_door():
    for table in TABLES.values():
        assert {Word.PRE_TRANSIT, Word.IN_TRANSIT, Word.DELIVERED} <= set(table.values())
