import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import files
from fulfillment.optimization.documents import Refused
from tests.optimization.waves import instance, order, random_wave, wave

SMALLEST = {
    "facilities": [{"code": "A"}],
    "lanes": [{"zone": "Z", "facility": "A"}],
    "stock": [{"facility": "A", "sku": "X", "quantity": 1}],
    "orders": [{"id": "o1", "zone": "Z", "lines": [{"sku": "X", "quantity": 1}]}],
}

EVERYTHING = {
    "facilities": [{"code": "A", "capacity_units": 5, "capacity_shipments": 3, "group": "G"}],
    "items": [{"sku": "X", "weight": 2.5}],
    "lanes": [{"zone": "Z", "facility": "A", "shipment_cost": 8.76, "unit_cost": 0.61, "days": 2}],
    "stock": [{"facility": "A", "sku": "X", "quantity": 40}],
    "orders": [
        {
            "id": "o1",
            "zone": "Z",
            "unfilled_cost": 60.0,
            "max_shipments": 2,
            "ship_complete": True,
            "deliver_within_days": 1,
            "late_cost_per_day": 0.5,
            "eligible": ["A"],
            "current": [{"facility": "A", "sku": "X", "quantity": 2}],
            "move_cost": 1.5,
            "lines": [{"sku": "X", "quantity": 2}],
        }
    ],
    "options": {"seconds": 5, "gap": 0.01, "seed": 3, "split_lines": False},
}


def bytes_of(document):
    return json.dumps(document).encode()


def refusals(raw):
    with pytest.raises(Refused) as refused:
        files.read(raw)
    return str(refused.value).splitlines()


def with_order(**fields):
    return bytes_of({**SMALLEST, "orders": [SMALLEST["orders"][0] | fields]})


def test_all_but_what_identifies_has_a_default():
    problem = files.read(bytes_of(SMALLEST))
    assert problem == allocation.Problem(
        facilities=(allocation.Facility("A"),),
        lanes=(allocation.Lane("Z", "A", 0.0, 0.0),),
        stock=(allocation.Stock("A", "X", 1),),
        orders=(allocation.Order("o1", "Z", (allocation.Line("X", 1),)),),
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_problem_survives_its_file(seed):
    problem = random_wave(seed)
    assert files.read(bytes_of(files.problem_document(problem))) == problem


def test_every_field_is_read():
    document = EVERYTHING
    assert files.problem_document(files.read(bytes_of(document))) == {
        **document,
        "orders": tuple(
            o | {"lines": tuple(o["lines"]), "current": tuple(o["current"])}
            for o in document["orders"]
        ),
        **{name: tuple(document[name]) for name in ("facilities", "items", "lanes", "stock")},
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"lines": 3}, "orders[0].lines must be an array, not 3"),
        ({"lines": [3]}, "orders[0].lines[0] must be an object, not 3"),
        ({"lines": []}, "orders[0].lines must not be empty"),
        ({"lines": [{"sku": "X"}]}, "orders[0].lines[0].quantity is missing"),
        (
            {"lines": [{"sku": "X", "quantity": "two"}]},
            'orders[0].lines[0].quantity must be a whole number of at least 1, not "two"',
        ),
        (
            {"lines": [{"sku": "X", "quantity": True}]},
            "orders[0].lines[0].quantity must be a whole number of at least 1, not true",
        ),
        (
            {"lines": [{"sku": "X", "quantity": 1.5}]},
            "orders[0].lines[0].quantity must be a whole number of at least 1, not 1.5",
        ),
        (
            {"lines": [{"sku": "X", "quantity": 2**53 + 1}]},
            "orders[0].lines[0].quantity must be at most 9007199254740992, not 9007199254740993",
        ),
        (
            {"lines": [{"sku": 5, "quantity": 1}]},
            "orders[0].lines[0].sku must be text that is not empty, not 5",
        ),
        ({"id": ""}, 'orders[0].id must be text that is not empty, not ""'),
        ({"id": ["o1"]}, "orders[0].id must be text that is not empty, not an array"),
        ({"zone": None}, "orders[0].zone must be text that is not empty, not null"),
        ({"colour": "red"}, "orders[0].colour is unknown"),
        (
            {"unfilled_cost": float("nan")},
            "orders[0].unfilled_cost must be a number of at least 0, not NaN",
        ),
        (
            {"unfilled_cost": float("inf")},
            "orders[0].unfilled_cost must be at most 9007199254740992, not Infinity",
        ),
        (
            {"max_shipments": -1},
            "orders[0].max_shipments must be a whole number of at least 0, or null, not -1",
        ),
        ({"ship_complete": "yes"}, 'orders[0].ship_complete must be true or false, not "yes"'),
        ({"eligible": "A"}, 'orders[0].eligible must be an array, not "A"'),
        ({"eligible": [1]}, "orders[0].eligible[0] must be text, not 1"),
        ({"eligible": ["A", "A"]}, 'orders[0].eligible[1] repeats "A"'),
        ({"eligible": ["B"]}, "orders[0].eligible names the unknown facility 'B'"),
        (
            {"current": [{"facility": "A", "sku": "Y", "quantity": 1}]},
            "orders[0].current[0].quantity is more 'Y' than was asked for",
        ),
    ],
)
def test_a_wrong_field_is_told_by_its_path(fields, told):
    assert refusals(with_order(**fields)) == [told]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"facilities": {}}, "facilities must be an array, not an object"),
        ({"vehicles": []}, "vehicles is unknown"),
        ({"facilities": [{"code": "A"}] * 2}, "facilities[1] repeats the code 'A'"),
        ({"lanes": [{"zone": "Z", "facility": "B"}]}, "lanes[0].facility names the unknown"),
        ({"stock": [{"facility": "A", "sku": "X"}]}, "stock[0].quantity is missing"),
        ({"options": []}, "options must be an object, not an array"),
        ({"options": {"gap": "0"}}, 'options.gap must be a number of at least 0, not "0"'),
        ({"options": {"secs": 1}}, "options.secs is unknown"),
    ],
)
def test_what_is_wrong_with_the_rest_is_told_too(changes, told):
    [line] = refusals(bytes_of(SMALLEST | changes))
    assert line.startswith(told)


def test_a_name_twice_in_one_object_is_told_by_its_path():
    raw = bytes_of(SMALLEST).replace(b'"quantity": 1}]}]', b'"quantity": 1, "quantity": 2}]}]')
    assert refusals(raw) == ["orders[0].lines[0].quantity stands twice in one object"]


@pytest.mark.parametrize("name", ["facilities", "lanes", "stock", "orders"])
def test_the_four_lists_must_be_there(name):
    rest = {key: value for key, value in SMALLEST.items() if key != name}
    assert refusals(bytes_of(rest)) == [f"{name} is missing"]


@pytest.mark.parametrize("document", [[], "x", 3, None])
def test_the_document_must_be_an_object(document):
    [line] = refusals(bytes_of(document))
    assert line.startswith("must be an object, not ")


def test_whole_numbers_may_be_written_with_a_point():
    problem = files.read(with_order(lines=[{"sku": "X", "quantity": 2.0}]))
    assert problem.orders[0].lines == (allocation.Line("X", 2),)


def test_several_wrong_fields_are_told_at_once_up_to_twenty():
    lanes = [{"zone": "Z", "facility": "A", "unit_cost": -1}] * 30
    assert len(refusals(bytes_of(SMALLEST | {"lanes": lanes}))) == 20


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("A"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["sku", "quantity", "code"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def spots(value):
    """Every container in a document with every name or place in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in inner:
        yield value, key
        if isinstance(part, dict | list):
            yield from spots(part)


def read_or_faults(raw):
    try:
        return files.read(raw), ()
    except Refused as refused:
        return None, refused.faults


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.data())
def test_anything_anywhere_is_refused_by_its_path_or_solved(data):
    document = json.loads(bytes_of(EVERYTHING))
    container, key = data.draw(st.sampled_from(list(spots(document))))
    container[key] = data.draw(ANYTHING)
    problem, faults = read_or_faults(bytes_of(document))
    assert all(fault.path and str(fault).isprintable() for fault in faults)
    if problem is None:
        assert faults
        return
    hurried = replace(problem, options=replace(problem.options, seconds=1.0))
    solution = allocation.solve(hurried)
    assert allocation.evaluate(hurried, solution.allocations).violations == ()
    json.dumps(files.solution_document(solution), allow_nan=False)


def test_the_answer_has_the_plan_its_quality_and_prices():
    problem = wave(["A"], {("A", "X"): 1}, [order("o1", X=1), order("o2", X=2)], split_lines=False)
    answer = files.solution_document(allocation.solve(problem))
    assert answer["status"] == "optimal"
    assert answer["objective"] == 211
    assert answer["gap"] == 0
    assert answer["allocations"] == [{"order": "o1", "facility": "A", "sku": "X", "quantity": 1}]
    assert answer["unfilled"] == [{"order": "o2", "sku": "X", "quantity": 2}]
    assert answer["greedy"] == {"objective": 211.0, "shipments": 1}
    assert answer["shipments"] == 1
    json.dumps(answer, allow_nan=False)


def test_the_price_of_a_facility_is_what_room_for_a_shipment_of_one_unit_saves():
    problem = wave(["A"], {("A", "X"): 9}, [order("o1", X=1), order("o2", X=1)])
    for limit in ("capacity_units", "capacity_shipments"):
        full = replace(problem, facilities=(replace(problem.facilities[0], **{limit: 1}),))
        [price] = files.solution_document(allocation.solve(full))["prices"]["capacity"]
        assert price["price"] == pytest.approx(100 - 11)
        assert price["price"] == price["unit_price"] + price["shipment_price"]


def test_seconds_count_the_reading_of_the_file():
    solution = allocation.solve(random_wave(1))
    seconds = files.solution_document(solution, reading=2.0)["seconds"]
    assert {"read", "price", "master", "total"} <= seconds.keys()
    assert seconds["read"] >= 2
    assert seconds["total"] == pytest.approx(2 + solution.seconds["total"], abs=1e-5)
    parts = sum(seconds.values()) - seconds["total"]
    assert parts <= seconds["total"] + 1e-4


def test_fifty_thousand_orders_are_read():
    assert len(files.read(instance("orders_50000.json.gz")).orders) == 50_000
