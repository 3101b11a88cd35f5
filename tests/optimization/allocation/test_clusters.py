import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest
from distributed import Client, LocalCluster

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import clusters, partition
from tests.optimization.regions import regions
from tests.optimization.waves import order, random_wave, try_everything, wave

NORTH, SOUTH = frozenset({"A", "B"}), frozenset({"C", "D"})
# In each region the first order takes what the second needs, unless they are planned jointly.
TWO_REGIONS = wave(
    ["A", "B", "C", "D"],
    {("A", "X"): 1, ("B", "X"): 1, ("C", "X"): 1, ("D", "X"): 1},
    [
        order("n1", X=1, eligible=NORTH),
        order("s1", X=1, eligible=SOUTH),
        order("n2", X=1, eligible=frozenset({"A"})),
        order("s2", X=1, eligible=frozenset({"C"})),
    ],
    {"A": (5.0, 1.0), "B": (6.0, 1.0), "C": (5.0, 1.0), "D": (7.0, 1.0)},
)


@pytest.fixture(autouse=True)
def _no_batches(monkeypatch):
    monkeypatch.setattr(partition, "BATCH", 1)


@pytest.fixture(scope="module")
def dask():
    """A cluster of two processes, as on two machines."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def stuck():
    """An executor that takes tasks and never begins them; all must be taken back."""
    release, futures = threading.Event(), []

    class Stuck(ThreadPoolExecutor):
        def submit(self, task, *args):
            futures.append(super().submit(task, *args))
            return futures[-1]

    with Stuck(1) as executor:
        executor.submit(release.wait)
        yield executor
        release.set()
    assert all(future.cancelled() for future in futures[1:])


def processes():
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def plan(solution):
    return replace(solution, seconds={})


def test_two_regions_are_solved_apart_and_add_up():
    solution = clusters.solve(TWO_REGIONS)
    assert [len(part.orders) for part in partition.split(TWO_REGIONS)] == [2, 2]
    assert solution.objective == 6 + 7 + 6 + 8
    assert (solution.status, solution.gap) == ("optimal", 0)
    assert [a.order for a in solution.allocations] == ["n1", "s1", "n2", "s2"]
    assert solution.greedy == allocation.solve(TWO_REGIONS).greedy


@pytest.mark.parametrize("seed", range(40))
def test_the_parts_cost_what_the_whole_costs(seed):
    problem = regions(seed, seed + 500, seed + 1000)
    apart, whole = clusters.solve(problem), allocation.solve(problem)
    assert apart.objective == pytest.approx(whole.objective)
    assert apart.lower_bound == pytest.approx(whole.lower_bound)
    assert apart.greedy.objective == pytest.approx(whole.greedy.objective)
    evaluation = allocation.evaluate(problem, apart.allocations)
    assert (evaluation.violations, evaluation.unfilled) == ((), apart.unfilled)


@pytest.mark.parametrize("seed", range(40))
def test_the_parts_cost_what_trying_everything_gives(seed):
    problem = random_wave(seed)
    assert clusters.solve(problem).objective == pytest.approx(try_everything(problem))


def test_the_plan_is_the_same_on_every_executor(dask):
    here = clusters.solve(problem := regions(*range(12)))
    assert here.method.startswith(f"{len(partition.split(problem))} parts: ")
    with ThreadPoolExecutor(2) as executor:
        assert plan(clusters.solve(problem, executor, workers=2)) == plan(here)
    with processes() as executor:
        assert plan(clusters.solve(problem, executor, workers=2)) == plan(here)
    executor = dask.get_executor(pure=False)
    assert plan(clusters.solve(problem, executor, workers=2)) == plan(here)


def test_parts_whose_workers_died_are_solved_here():
    with ProcessPoolExecutor(1, get_context("spawn"), os._exit, (1,)) as executor:
        solution = clusters.solve(TWO_REGIONS, executor)
        assert plan(solution) == plan(clusters.solve(TWO_REGIONS))
        # By now the executor knows, and takes nothing more.
        assert plan(clusters.solve(TWO_REGIONS, executor)) == plan(solution)


def test_a_worker_that_dies_among_others_costs_nothing(dask):
    pids = list(dask.run(os.getpid).values())

    def kill_one():
        if pids:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()
        return False

    problem = regions(*range(12))
    solution = clusters.solve(problem, dask.get_executor(pure=False), kill_one, workers=2)
    assert plan(solution) == plan(clusters.solve(problem))


def test_parts_that_a_cluster_takes_with_it_are_solved_here():
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        client = Client(cluster)
        executor = client.get_executor(pure=False)

        def lose_it():
            client.close()
            return False

        assert clusters.solve(TWO_REGIONS, executor, lose_it).objective == 27
        assert clusters.solve(TWO_REGIONS, executor).objective == 27


def test_parts_that_nobody_began_in_time_are_solved_here(stuck, monkeypatch):
    monkeypatch.setattr(clusters, "GRACE", 0.0)
    hurried = replace(TWO_REGIONS, options=replace(TWO_REGIONS.options, seconds=0.3))
    solution = clusters.solve(hurried, stuck)
    assert solution.status == "feasible"
    assert solution.fallback
    assert solution.objective == solution.greedy.objective


def test_a_stopped_wave_takes_its_parts_back_and_serves_all_in_turn(stuck):
    asked = iter([False, False])
    solution = clusters.solve(TWO_REGIONS, stuck, stop=lambda: next(asked, True))
    assert solution.objective == solution.greedy.objective
    assert allocation.evaluate(TWO_REGIONS, solution.allocations).violations == ()


def test_a_wave_stopped_here_serves_all_in_turn():
    solution = clusters.solve(TWO_REGIONS, stop=lambda: True)
    assert solution.objective == solution.greedy.objective == 6 + 6 + 2 * 100


def test_only_the_callers_thread_is_asked_and_told():
    threads = set()

    def note(*_):
        threads.add(threading.current_thread())

    with ThreadPoolExecutor(2) as executor:
        clusters.solve(TWO_REGIONS, executor, note, note)
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize("workers", [0, 2])
def test_progress_grows_to_all(workers):
    heard = []
    with ThreadPoolExecutor(2) as executor:
        clusters.solve(TWO_REGIONS, executor if workers else None, on_progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_a_wave_of_one_part_is_solved_as_a_whole():
    tied = wave(["A"], {("A", "X"): 1}, [order("o1", X=1), order("o2", X=1)])
    assert plan(clusters.solve(tied)) == plan(allocation.solve(tied))


def test_a_problem_that_makes_no_sense_is_refused_before_it_is_cut():
    negative = wave(["A"], {("A", "X"): 1}, [order("o1", X=1)], {"A": (-1.0, 0.0)})
    with pytest.raises(allocation.InvalidProblem, match=r"lanes\[0\]\.shipment_cost"):
        clusters.solve(negative)


def test_each_limited_facility_has_one_price_and_what_is_scarce_keeps_its_own():
    a, b, *others = TWO_REGIONS.facilities
    tight, ample = replace(a, capacity_units=1), replace(b, capacity_units=9)
    problem = replace(TWO_REGIONS, facilities=(tight, ample, *others))
    solution, whole = clusters.solve(problem), allocation.solve(problem)
    assert [price.facility for price in solution.capacity_prices] == ["A", "B"]
    assert solution.capacity_prices[1] == allocation.CapacityPrice("B", 0.0, 0.0)
    assert {(p.facility, p.sku) for p in solution.stock_prices} <= {("A", "X"), ("C", "X")}
    assert solution.lower_bound == pytest.approx(whole.lower_bound)


@pytest.mark.parametrize(
    ("weights", "workers", "expected"),
    [
        ([5, 5], 1, [0.5, 0.5]),
        ([5, 5], 2, [1, 1]),
        ([8, 1, 1], 1, [0.8, 0.1, 0.1]),
        ([6, 2, 2, 2], 2, [1, 1 / 3, 1 / 3, 1 / 3]),
        ([4, 3, 3], 2, [2 / 3, 0.5, 0.5]),
    ],
)
def test_parts_share_the_time_of_all_workers(weights, workers, expected):
    assert clusters.shares(weights, workers) == pytest.approx(expected)
