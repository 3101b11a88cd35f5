"""Plans as text are what their documents say."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.sourcing.asking.rendering import rendered
from fulfillment.sourcing.plans import Plan

# Texts that look like JSON are the ones that could go wrong.
TEXTS = st.one_of(st.text(), st.sampled_from(['},{"facility":', '"},{"facility":"', "\\", "é"]))
FIGURES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.dictionaries(TEXTS, st.integers()),
)
ROWS = st.lists(
    st.tuples(TEXTS, st.dictionaries(TEXTS.filter("facility".__ne__), FIGURES, max_size=4)).map(
        lambda row: {"facility": row[0], **row[1]}
    ),
    max_size=5,
)


@settings(deadline=None)
@given(plans=st.lists(ROWS, max_size=3), shared=ROWS)
def test_the_text_is_what_the_documents_say(plans, shared):
    made = [Plan([], {"S1": 1}, "USD", {"n": 1, "candidates": rows + shared}) for rows in plans]
    told = [plan.document() for plan in made]
    assert json.loads(rendered(made)) == {"options": told}


def test_a_plan_without_any_facility_has_no_candidates():
    text = rendered([Plan([], {"S1": 1}, "USD", {"exact": True, "candidates": []})])
    assert json.loads(text)["options"][0]["explanation"]["candidates"] == []
