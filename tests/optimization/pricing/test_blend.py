"""Duals of a wave and marginal values in one price."""

import numpy as np

from fulfillment.optimization.pricing import blend

MARGINAL = np.array([[1.0, 2.0]])
DUALS = np.array([[5.0, 0.0]])
NONE = np.zeros(2)


def test_a_dual_takes_over_where_the_wave_has_priced():
    priced = np.array([[True, False]])
    assert blend(MARGINAL, DUALS, priced, NONE).tolist() == [[5.0, 2.0]]


def test_a_dual_of_zero_counts_too_where_the_wave_says_so():
    assert blend(MARGINAL, DUALS, np.array([[True, True]]), NONE).tolist() == [[5.0, 0.0]]


def test_trust_weighs_the_two():
    priced = np.array([[True, False]])
    assert blend(MARGINAL, DUALS, priced, NONE, trust=0.25).tolist() == [[2.0, 2.0]]


def test_every_unit_pays_for_the_capacity_that_it_takes():
    capacity = np.array([0.5, 3.0])
    assert blend(MARGINAL, DUALS, DUALS > 0, capacity).tolist() == [[5.5, 5.0]]
