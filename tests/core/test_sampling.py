"""Reading in pieces covers everything once and loses no outlier."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import CancelledError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Weight
from weightview.core.sampling import chunk_regions, chunks, extremes, sampled_matrix
from weightview.core.values import Values


def weight_like(array):
    return Weight(
        name="kernel",
        path="dense/kernel",
        shape=array.shape,
        dtype=array.dtype,
        axes=(),
        keras_index=0,
        stored_name="",
        role="kernel",
        layer_path="dense",
    )


def values_of(array):
    return Values(MemoryStorage({"dense/kernel": array})), weight_like(array)


@given(
    shape=st.lists(st.integers(0, 6), max_size=4).map(tuple),
    nbytes=st.integers(1, 400),
)
def test_chunks_cover_an_array_once_in_order(shape, nbytes):
    array = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
    pieces = [array[region].reshape(-1) for region in chunk_regions(shape, 4, nbytes)]
    joined = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    assert joined.tolist() == array.reshape(-1).tolist()
    assert all(piece.size * 4 <= max(nbytes, 4) for piece in pieces)


def test_chunks_of_a_weight_stop_when_cancelled():
    values, weight = values_of(np.ones((8, 8), np.float32))
    with pytest.raises(CancelledError):
        list(chunks(values, weight, lambda: True))


@given(step=st.integers(1, 7), length=st.integers(1, 30), seed=st.integers(0, 99))
def test_extremes_keep_the_largest_magnitude_of_each_run(step, length, seed):
    array = np.random.default_rng(seed).normal(size=(3, length)).astype(np.float32)
    result = extremes(array, step, axis=1)
    assert result.shape == (3, -(-length // step))
    for row, k in itertools.product(range(3), range(result.shape[1])):
        run = array[row, k * step : (k + 1) * step]
        assert abs(result[row, k]) == np.abs(run).max()
        assert result[row, k] in run


def test_extremes_show_a_nan_among_large_numbers():
    array = np.array([[1e30, np.nan, 2.0, 3.0]], np.float32)
    result = extremes(array, 2, axis=1)
    assert np.isnan(result[0, 0])
    assert result[0, 1] == 3


@given(
    rows=st.tuples(st.integers(0, 9), st.integers(10, 20), st.integers(1, 5)),
    columns=st.tuples(st.integers(0, 9), st.integers(10, 30), st.integers(1, 6)),
)
def test_a_sampled_matrix_is_rows_and_extremes_of_the_whole(rows, columns):
    array = np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32)
    values, weight = values_of(array)
    wanted = range(*rows), range(*columns)
    expected = extremes(array[rows[0] : rows[1] : rows[2], columns[0] : columns[1]], columns[2], 1)
    assert np.array_equal(sampled_matrix(values, weight, *wanted), expected)
