"""Operations on many numbers give what their names say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightview.core.errors import NumberError
from weightview.core.operations import OPERATIONS, operate

tables = arrays.arrays(
    np.float32, (3, 4), elements=st.floats(-(2.0**60), 2.0**60, width=32, allow_subnormal=False)
)


def do(name, table, *parameters):
    return operate(name, table, range(table.shape[0]), range(table.shape[1]), parameters)


@given(tables, st.floats(-1e3, 1e3))
def test_arithmetic_is_that_of_numpy_in_float64(table, number):
    wide = table.astype(np.float64)
    assert np.array_equal(do("set", table, number), np.full((3, 4), number))
    assert np.array_equal(do("add", table, number), wide + number)
    assert np.array_equal(do("multiply", table, number), wide * number)
    assert np.array_equal(do("clip", table, -1, 1), np.clip(wide, -1, 1))
    assert np.array_equal(do("zero_below", table, 0.5), np.where(abs(wide) < 0.5, 0, wide))


@given(tables)
def test_normalised_rows_have_length_one_and_zeros_stay(table):
    for name, axis in (("normalise_rows", 1), ("normalise_columns", 0)):
        result = do(name, table)
        lengths = np.sqrt((result**2).sum(axis=axis))
        was = np.abs(table).max(axis=axis) > 0
        assert lengths[was] == pytest.approx(1)
        assert (lengths[~was] == 0).all()


def test_rounding_goes_to_decimals():
    assert do("round", np.array([[0.126, -3.5]]), 2).tolist() == [[0.13, -3.5]]


def test_a_formula_knows_rows_and_columns():
    table = np.zeros((2, 3), np.float32)
    result = operate("formula", table, range(5, 7), range(1, 4), ["10 * i + j"])
    assert result.tolist() == [[51, 52, 53], [61, 62, 63]]


@pytest.mark.parametrize(
    ("name", "parameters"), [("clip", (1, -1)), ("round", (0.5,)), ("round", (400,))]
)
def test_a_parameter_without_sense_is_refused(name, parameters):
    with pytest.raises(NumberError):
        do(name, np.ones((2, 2)), *parameters)


def test_numbers_that_were_none_stay_so():
    result = do("multiply", np.array([[np.nan, np.inf, 1.0]]), 2.0)
    assert np.isnan(result[0, 0])
    assert result[0, 1:].tolist() == [np.inf, 2.0]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_works_with_what_stands_in_its_fields(name):
    operation = OPERATIONS[name]
    parameters = [p.default if p.is_text else float(p.default) for p in operation.parameters]
    assert do(name, np.array([[0.5, -2.0]], np.float32), *parameters).shape == (1, 2)
