"""Dead units: what is a unit, and when nothing leads to it."""

import ml_dtypes
import numpy as np
import pytest

from weightview.core import dead_units
from weightview.core.dead_units import count_dead_units, unit_axes
from weightview.core.document import Document
from weightview.core.errors import CancelledError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model, Weight
from weightview.core.sampling import chunk_regions


def document_of(array, axes, gates=()):
    weight = Weight(
        name="kernel",
        path="layer/kernel",
        shape=array.shape,
        dtype=array.dtype,
        axes=axes,
        keras_index=0,
        stored_name="",
        role="kernel",
        layer_path="layer",
        gates=gates,
    )
    model = Model("m", "Sequential", (), (weight,))
    return Document(model, MemoryStorage({weight.path: array})), weight


def dead(array, axes, gates=()):
    document, weight = document_of(array, axes, gates)
    return count_dead_units(document.values, weight)


def full(*shape):
    return np.random.default_rng(2).uniform(0.1, 1, shape).astype(np.float32)


HEIGHT_WIDTH = ("kernel height", "kernel width")


@pytest.mark.parametrize(
    ("axes", "units"),
    [
        (("input", "unit"), (1,)),
        (("input (c)", "unit (d)"), (1,)),
        ((*HEIGHT_WIDTH, "channel", "filter"), (3,)),
        ((*HEIGHT_WIDTH, "filter", "channel"), (2,)),
        ((*HEIGHT_WIDTH, "channel", "multiplier"), (2, 3)),
        (("output step", "window", "filter"), (0, 2)),
        (("piece", "input", "unit"), (2,)),
        (("previous unit", "gate and unit"), (1,)),
        (("index", "dimension"), (1,)),
        (("input", "query head", "key dimension"), (1, 2)),
        (("head", "value dimension", "output"), (2,)),
        (("unit",), ()),
        (("head", "key dimension"), ()),
        (("input or recurrent", "gate and unit"), ()),
        (("group", "unit"), ()),
        (("rank", "unit"), ()),
        (("axis 0", "axis 1"), ()),
        ((), ()),
    ],
)
def test_the_axes_names_tell_where_the_units_lie(axes, units):
    _, weight = document_of(np.zeros((2,) * len(axes), np.float32), axes)
    assert unit_axes(weight) == units


def test_a_unit_without_any_weight_is_dead_however_the_kernel_is_read(monkeypatch):
    array = full(3, 4, 5, 6)
    array[..., [1, 5]] = 0
    array[0, 0, 0, 1] = -0.0
    axes = (*HEIGHT_WIDTH, "channel", "filter")
    assert dead(array, axes) == 2
    monkeypatch.setattr(dead_units, "chunk_regions", lambda *args: chunk_regions(*args, 20))
    assert dead(array, axes) == 2


def test_a_transposed_convolution_counts_its_filters_not_its_channels():
    array = full(3, 3, 4, 2)
    array[:, :, 1] = 0
    axes = (*HEIGHT_WIDTH, "filter", "channel")
    assert dead(array, axes) == 1
    assert dead(array.swapaxes(2, 3).copy(), axes) == 0


def test_of_a_depthwise_convolution_each_channels_filter_is_a_unit():
    array = full(3, 3, 4, 2)
    array[:, :, 1, 0] = 0
    assert dead(array, (*HEIGHT_WIDTH, "channel", "multiplier")) == 1


def test_a_recurrent_unit_is_dead_where_all_its_gates_are():
    array = full(3, 4 * 5)
    array[:, [2, 7, 12]] = 0
    axes, gates = ("input", "gate and unit"), ("i", "f", "c", "o")
    assert dead(array, axes, gates) == 0
    array[:, 17] = 0
    assert dead(array, axes, gates) == 1


def test_each_dimension_of_a_head_is_a_unit():
    array = full(8, 2, 4)
    array[:, 1, 2:] = 0
    assert dead(array, ("input", "head", "key dimension")) == 2


@pytest.mark.parametrize("number", [np.nan, 5e-324, -np.inf])
def test_what_is_not_quite_0_is_not_dead(number):
    array = np.zeros((3, 2))
    array[1, 0] = number
    assert dead(array, ("input", "unit")) == 1


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, ml_dtypes.int4, np.int8])
def test_short_dtypes_are_looked_through(dtype):
    assert dead(np.array([[0, 1, 0], [0, 2, 0]]).astype(dtype), ("input", "unit")) == 2


def test_text_and_empty_kernels_have_no_count():
    assert dead(np.array([[b"a"]]), ("input", "unit")) is None
    assert dead(np.zeros((0, 3), np.float32), ("input", "unit")) is None


def test_it_can_be_cancelled():
    document, weight = document_of(full(3, 2), ("input", "unit"))
    with pytest.raises(CancelledError):
        count_dead_units(document.values, weight, lambda: True)
