"""Means over some axes, against numpy's on the whole array."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core import means
from weightview.core.document import Document
from weightview.core.errors import CancelledError
from weightview.core.means import means_along
from weightview.core.memory import MemoryStorage
from weightview.core.model import Layer, Model, Weight


def stored(array):
    weight = Weight(
        name="w",
        path="layer/w",
        shape=array.shape,
        dtype=array.dtype,
        axes=(),
        keras_index=0,
        stored_name="w",
        role="w",
        layer_path="layer",
        layer_index=0,
        expression="",
    )
    layer = Layer("layer", "layer", "Any", {}, (weight,))
    model = Model("m", "Sequential", (layer,), (weight,))
    return Document(model, MemoryStorage({weight.path: array})).values, weight


@st.composite
def arrays_and_axes(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    array = draw(hnp.arrays(np.float32, shape, elements=st.floats(-1e3, 1e3, width=32)))
    axes = draw(st.permutations(range(len(shape))))
    return array, tuple(axes[: draw(st.integers(0, len(shape)))])


@given(arrays_and_axes())
def test_means_are_numpys_with_the_axes_in_the_order_asked_for(case):
    array, kept = case
    values, weight = stored(array)
    (found,) = means_along(values, weight, kept)
    others = tuple(axis for axis in range(array.ndim) if axis not in kept)
    expected = array.astype(np.float64).mean(axis=others)
    order = [sorted(kept).index(axis) for axis in kept]
    np.testing.assert_allclose(found, expected.transpose(order), atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.int8, np.bool_, np.float64])
@pytest.mark.parametrize("chunk", [1, 8, 70])
def test_chunks_make_no_difference(monkeypatch, dtype, chunk):
    array = (np.arange(210).reshape(7, 5, 6) % 11).astype(dtype)
    values, weight = stored(array)
    whole = means_along(values, weight, (0,), (1, 2))
    monkeypatch.setattr(means, "CHUNK_BYTES", chunk)
    for part, all_of_it in zip(means_along(values, weight, (0,), (1, 2)), whole, strict=True):
        np.testing.assert_allclose(part, all_of_it)


def test_only_finite_numbers_count():
    values, weight = stored(np.array([[1, np.nan, 3], [np.inf, np.nan, 5]], np.float32))
    rows, columns = means_along(values, weight, (0,), (1,))
    np.testing.assert_array_equal(rows, [2, 5])
    np.testing.assert_array_equal(columns, [1, np.nan, 4])


def test_a_signalling_nan_is_left_out_without_a_warning():
    bits = np.array([[0x3F800000, 0x7FA00001]], np.uint32)
    values, weight = stored(bits.view(np.float32))
    np.testing.assert_array_equal(means_along(values, weight, (0,))[0], [1])


def test_a_sum_beyond_float64_is_infinite_and_no_warning():
    values, weight = stored(np.full((2, 2), 1.7e308))
    assert np.isinf(means_along(values, weight, ())[0])


def test_a_cancelled_one_stops():
    values, weight = stored(np.zeros((3, 3), np.float32))
    with pytest.raises(CancelledError):
        means_along(values, weight, (0,), cancelled=lambda: True)
