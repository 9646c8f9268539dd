"""Means of rows and columns, and sorted orders, against their definitions."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core import lines
from weightview.core.errors import CancelledError
from weightview.core.lines import order_of, profiles

shapes = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)


@given(hnp.arrays(np.float32, shapes, elements=st.floats(-1e3, 1e3, width=32)))
def test_profiles_are_the_means(table):
    found = profiles(lambda rows: table[rows], *table.shape)
    wide = table.astype(np.float64)
    np.testing.assert_allclose(found.rows, wide.mean(axis=1), atol=1e-9)
    np.testing.assert_allclose(found.columns, wide.mean(axis=0), atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.int8, np.bool_])
def test_chunks_make_no_difference(monkeypatch, dtype):
    table = (np.arange(35).reshape(7, 5) % 11).astype(dtype)
    whole = profiles(lambda rows: table[rows], 7, 5)
    monkeypatch.setattr(lines, "_CHUNK", 10)
    parts = profiles(lambda rows: table[rows], 7, 5)
    np.testing.assert_array_equal(parts.rows, whole.rows)
    np.testing.assert_allclose(parts.columns, whole.columns)


def test_only_finite_numbers_count():
    table = np.array([[1, np.nan, 3], [np.inf, np.nan, 5]], np.float32)
    found = profiles(lambda rows: table[rows], 2, 3)
    np.testing.assert_array_equal(found.rows, [2, 5])
    np.testing.assert_array_equal(found.columns, [1, np.nan, 4])


def test_a_cancelled_one_stops():
    with pytest.raises(CancelledError):
        profiles(lambda rows: np.zeros((1, 1)), 1, 1, lambda: True)


lines_of_numbers = st.one_of(
    hnp.arrays(np.float32, st.integers(0, 12), elements=st.floats(width=32)),
    hnp.arrays(np.int64, st.integers(0, 12)),
    hnp.arrays(np.uint64, st.integers(0, 12)),
)


@given(lines_of_numbers, st.booleans())
def test_an_order_is_pythons_with_nan_last(line, is_descending):
    numbers = line.tolist()
    real = [place for place, number in enumerate(numbers) if not math.isnan(number)]
    expected = sorted(real, key=lambda place: numbers[place], reverse=is_descending)
    nans = [place for place in range(len(numbers)) if place not in real]
    assert order_of(line, is_descending=is_descending).tolist() == expected + nans
