import copy
import json
from dataclasses import replace

import pytest

from fulfillment.optimization import replenishment as r
from fulfillment.optimization.documents import Refused
from fulfillment.optimization.replenishment import files
from tests.optimization.replenishment.shelves import problem, random_problem, shelf

DOCUMENT = {
    "facilities": [{"code": "DC"}, {"code": "SHOP", "storage_volume": 40, "receiving_units": 30}],
    "suppliers": [{"code": "ACME", "minimum_value": 50.0, "lead_time": 7}],
    "terms": [{"supplier": "ACME", "sku": "X", "unit_cost": 2.5, "pack_size": 6}],
    "positions": [
        {
            "facility": "DC",
            "sku": "X",
            "on_hand": 9,
            "incoming": [[3, 4]],
            "supplier": "ACME",
            "policy": {"kind": "R_Q", "quantity": 12, "cycle_service": 0.9},
            "demand": {"pmf": {"0": 0.5, "20": 0.5}},
        },
        {
            "facility": "SHOP",
            "sku": "X",
            "on_hand": 1,
            "resupplier": "DC",
            "policy": {"kind": "s_S", "reorder_point": 5, "order_up_to": 9},
            "demand": {"quantiles": [[0.5, 3], [0.9, 8]]},
        },
    ],
}
DC, SHOP = "positions[0]", "positions[1]"
NORMAL = {"mean": 4, "sd": 1}


def refusal(document):
    """The faults for which a document is refused."""
    with pytest.raises(Refused) as refused:
        files.read(json.dumps(document).encode())
    return [str(fault) for fault in refused.value.faults]


def changed(*path, to):
    """The document with the value at a path replaced."""
    document = copy.deepcopy(DOCUMENT)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return document


def test_a_file_is_a_problem_whose_policies_have_levels():
    found = files.read(json.dumps(DOCUMENT).encode())
    assert found.positions[0].policy == r.Policy("R_Q", 20, None, 12, cycle_service=0.9)
    assert found.positions[0].incoming == ((3, 4),)
    assert found.positions[1].demand == r.Forecast(quantiles=((0.5, 3), (0.9, 8)))
    assert found.facilities[1] == r.Facility("SHOP", 40, 30)
    assert found.options == r.Options()


@pytest.mark.parametrize("seed", range(5))
def test_a_problem_written_and_read_is_the_same(seed):
    given = random_problem(seed)
    assert files.read(json.dumps(files.problem_document(given)).encode()) == given


def test_a_table_of_chances_written_and_read_is_the_same():
    given = problem(shelf(demand=r.Forecast(pmf=((0, 0.25), (3, 0.75)))))
    assert files.read(json.dumps(files.problem_document(given)).encode()) == given


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("facilities",), {}, "facilities must be an array, not an object"),
        (("budget",), 5, "budget is unknown"),
        (("positions", 0, "on_hand"), -1, f"{DC}.on_hand must be a whole number of at least 0"),
        (("positions", 0, "on_hand"), True, f"{DC}.on_hand must be a whole number of at least 0"),
        (("positions", 0, "incoming"), [[3]], f"{DC}.incoming[0] must be [day, units]"),
        (("positions", 0, "incoming"), [[3, 1.5]], f"{DC}.incoming[0][1] must be a whole number"),
        (("positions", 0, "policy", "kind"), "sS", f"{DC}.policy.kind must be one of s_S, R_Q"),
        (("positions", 0, "policy", "cycle_service"), 1, f"{DC}.policy.cycle_service must be"),
        (("positions", 0, "policy", "fill_rate"), 0.9, f"{DC}.policy must have one service"),
        (("positions", 0, "policy"), {"kind": "R_Q", "quantity": 3}, f"{DC}.policy of kind R_Q"),
        (("positions", 0, "policy"), {"kind": "min_max"}, f"{DC}.policy of kind min_max has"),
        (
            ("positions", 1, "policy", "order_up_to"),
            5,
            f"{SHOP}.policy.order_up_to must be above the reorder point",
        ),
        (("positions", 0, "demand"), None, f"{DC}.policy has a service and no demand"),
        (("positions", 0, "demand"), {"mean": 4}, f"{DC}.demand must have mean and sd, or"),
        (
            ("positions", 0, "demand"),
            NORMAL | {"pmf": {"1": 1.0}},
            f"{DC}.demand must have mean and sd, or quantiles, or pmf",
        ),
        (("positions", 0, "demand", "pmf", "20"), 0.4, f"{DC}.demand.pmf must sum to 1"),
        (("positions", 0, "demand", "pmf"), {"a": 1.0}, f'{DC}.demand.pmf["a"] is no amount'),
        (
            ("positions", 1, "demand", "quantiles"),
            [[0.5, 3], [0.9, 2]],
            f"{SHOP}.demand.quantiles[1] must have a higher share",
        ),
        (("positions", 1, "demand", "quantiles"), [], f"{SHOP}.demand.quantiles must not be empty"),
        (("positions", 1, "lead_demand"), 3, f"{SHOP}.lead_demand must be an object, not 3"),
        (("positions", 0, "supplier"), "ANVIL", f"{DC}.supplier has no terms for the SKU 'X'"),
        (("positions", 0, "supplier"), None, f"{DC} needs a supplier or a resupplier"),
        (("positions", 1, "supplier"), "ACME", f"{SHOP} needs a supplier or a resupplier"),
        (("positions", 0, "facility"), "MOON", f"{DC}.facility names the unknown facility 'MOON'"),
        (("positions", 1, "facility"), "DC", f"{SHOP} repeats the facility and SKU ('DC', 'X')"),
        (("positions", 1, "resupplier"), "MOON", f"{SHOP}.resupplier has no position of the SKU"),
        (("positions", 1, "resupplier"), "SHOP", f"{SHOP}.resupplier goes round in a circle"),
        (("terms", 0, "supplier"), "ANVIL", "terms[0].supplier names the unknown supplier 'ANVIL'"),
        (("terms", 0, "unit_cost"), 0, "terms[0].unit_cost must be a number above 0"),
        (("terms", 0, "pack_size"), 0, "terms[0].pack_size must be a whole number of at least 1"),
        (("suppliers", 0, "orders_today"), 1, "suppliers[0].orders_today must be true or false"),
        (("suppliers", 0, "code"), "", "suppliers[0].code must be text that is not empty"),
        (("options",), {"seed": 2**31}, "options.seed must be at most 2147483647"),
        (("options",), {"budget": "much"}, "options.budget must be a number of at least 0"),
    ],
)
def test_what_is_wrong_is_told_by_its_path(path, value, fault):
    assert any(told.startswith(fault) for told in refusal(changed(*path, to=value)))


def test_demand_beyond_all_bounds_is_refused_by_its_path():
    wide = changed("positions", 0, "demand", to={"mean": 1e12, "sd": 1e11})
    (fault,) = refusal(wide)
    assert fault.startswith(f"{DC}.policy has no levels: demand spreads over more than")


def test_the_answer_has_every_part_of_a_plan():
    given = files.read(json.dumps(DOCUMENT).encode())
    solution = r.solve(replace(given, options=replace(given.options, gap=0.0)))
    document = files.solution_document(solution, reading=2.0)
    assert json.loads(json.dumps(document)) == document
    (order,), (transfer,) = document["orders"], document["transfers"]
    assert (order["supplier"], order["facility"], order["cost"]) == ("ACME", "DC", 60.0)
    assert order["lines"][0]["quantity"] == 24
    assert (transfer["from"], transfer["to"], transfer["quantity"]) == ("DC", "SHOP", 8)
    assert document["seconds"]["read"] == 2.0
    assert document["seconds"]["total"] >= 2.0
