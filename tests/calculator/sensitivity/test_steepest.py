"""The steepest of a gradient's slopes, whatever else stands among them."""

import numpy as np

from weightview.calculator.sensitivity.steepest import Steepest, steepest


def test_the_steepest_is_the_first_of_the_largest_magnitude() -> None:
    slopes = np.array([[0.0, -3.0], [3.0, 0.0]])
    assert steepest(slopes) == Steepest((0, 1), -3.0, 0.5)


def test_what_is_not_finite_is_passed_over() -> None:
    assert steepest(np.array([np.nan, 2.0, -np.inf, 0.0])) == Steepest((1,), 2.0, 0.25)


def test_all_zeros_have_a_steepest_that_is_nothing() -> None:
    assert steepest(np.zeros((2, 1))) == Steepest((0, 0), 0.0, 1.0)


def test_a_gradient_without_a_finite_number_has_none() -> None:
    assert steepest(np.array([np.nan, np.inf])) is None
    assert steepest(np.zeros((0, 3))) is None
