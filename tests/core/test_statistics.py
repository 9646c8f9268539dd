"""The statistics of an array, however it comes in pieces, are those that numpy gives."""

import fractions
import math
import tracemalloc

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightview.core import sampling
from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model, Weight
from weightview.core.statistics import (
    BINS,
    Accumulator,
    describe,
    describe_weight,
    glance,
)


def document_of(array):
    weight = Weight(
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
    model = Model("m", "Sequential", (), (weight,))
    return Document(model, MemoryStorage({weight.path: array})), weight


@given(
    arrays.arrays(
        np.float32,
        arrays.array_shapes(max_dims=3, max_side=9),
        elements=st.floats(-1e6, 1e6, width=32),
    )
)
def test_statistics_are_those_of_numpy(array):
    found = describe(array)
    wide = array.astype(np.float64)
    assert (found.minimum, found.maximum) == (wide.min(), wide.max())
    assert found.mean == pytest.approx(wide.mean(), rel=1e-12, abs=1e-9)
    assert found.std == pytest.approx(wide.std(), rel=1e-9, abs=1e-6)
    assert found.norm == pytest.approx(np.linalg.norm(wide), rel=1e-12)
    assert found.zeros == np.count_nonzero(wide == 0)
    assert found.total == pytest.approx(wide.sum(), rel=1e-9, abs=1e-6)


def test_pieces_give_what_the_whole_gives(monkeypatch):
    array = np.random.default_rng(3).normal(5, 0.01, (50, 40)).astype(np.float32)
    document, weight = document_of(array)
    whole = describe_weight(document.values, weight)
    default = sampling.chunk_regions
    monkeypatch.setattr(sampling, "chunk_regions", lambda shape, size: default(shape, size, 300))
    pieces = describe_weight(document.values, weight)
    assert pieces.std == pytest.approx(whole.std, rel=1e-9)
    assert pieces.mean == pytest.approx(whole.mean, rel=1e-12)
    assert (pieces.minimum, pieces.limit) == (whole.minimum, whole.limit)


def test_what_is_not_finite_is_counted_apart():
    found = describe(np.array([1, np.nan, np.inf, -np.inf, -0.0, np.nan], np.float32))
    assert (found.finite, found.nans, found.infinities, found.zeros) == (2, 2, 2, 1)
    assert (found.minimum, found.maximum, found.limit) == (0, 1, 1)


def test_an_array_without_any_finite_number_has_no_mean():
    found = describe(np.array([np.nan], np.float32))
    assert math.isnan(found.mean)
    assert found.limit == 0


def test_a_few_outliers_do_not_wash_out_the_colours():
    array = np.random.default_rng(0).uniform(-1, 1, 10_000)
    array[7] = 1e6
    found = describe(array)
    assert found.limit < 1.1
    assert found.clips


def test_without_outliers_the_limit_is_the_largest_magnitude():
    found = describe(np.array([0.5, -0.75]))
    assert found.limit == 0.75
    assert not found.clips


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.int8, np.bool_])
def test_every_real_dtype_is_described(dtype):
    found = describe(np.array([0, 1], dtype))
    assert (found.maximum, found.zeros) == (1, 1)


def test_text_has_no_finite_number():
    document, weight = document_of(np.array([b"a", b"b"]))
    assert describe_weight(document.values, weight).finite == 0


@pytest.mark.parametrize("shape", [(700, 500), (6,), ()])
def test_edited_cells_are_counted_and_undone_ones_are_not(shape):
    document, weight = document_of(np.zeros(shape, np.float32))
    assert document.values.count_edited(weight) == 0
    document.set_values(weight, tuple(n - 1 for n in shape), 3)
    assert document.values.count_edited(weight) == 1
    if shape:
        document.set_values(weight, (slice(0, 2),), 1)
        assert document.values.count_edited(weight) == 1 + 2 * int(np.prod(shape[1:]))
        document.undo()
    document.undo()
    assert document.values.count_edited(weight) == 0


def test_a_glance_reads_a_little_and_comes_near():
    array = np.random.default_rng(1).normal(size=(4000, 500)).astype(np.float32)
    document, weight = document_of(array)
    found = glance(document.values, weight)
    assert found.is_partial
    assert found.count < array.size / 4
    assert found.std == pytest.approx(1, rel=0.05)
    assert found.limit == pytest.approx(np.abs(array).max(), rel=0.3)


def test_the_histogram_counts_what_lies_near_zero_symmetrically():
    found = describe(np.array([-1.0, -0.5, 0.5, 1.0]))
    counts = np.array(found.histogram)
    assert counts.sum() == 4
    assert (np.flatnonzero(counts) - BINS / 2).tolist() == [-32, -16, 16, 32]


def test_without_a_limit_there_is_no_histogram():
    assert describe(np.zeros(3)).histogram == ()


@given(
    arrays.arrays(
        np.float64, st.integers(1, 12), elements=st.floats(-1e300, 1e300, allow_subnormal=True)
    ),
    st.integers(1, 12),
)
def test_numbers_near_the_ends_of_float64_have_exact_moments_in_pieces_too(array, length):
    accumulator = Accumulator(array.size)
    for start in range(0, array.size, length):
        accumulator.add(array[start : start + length])
    found = accumulator.result()
    exact = [fractions.Fraction(float(number)) for number in array]
    mean = sum(exact) / len(exact)
    largest = float(np.abs(array).max())
    assert found.mean == pytest.approx(float(mean), rel=1e-9, abs=largest * 1e-14)
    assert found.norm == pytest.approx(root(sum(x * x for x in exact)), rel=1e-9)
    spread = root(sum((x - mean) ** 2 for x in exact) / len(exact))
    assert found.std == pytest.approx(spread, rel=1e-9, abs=largest * 1e-14)


def root(square):
    """Return the square root of a fraction that may lie outside float64."""
    shift = square.numerator.bit_length() - square.denominator.bit_length()
    shift -= shift % 2
    return math.ldexp(math.sqrt(square / fractions.Fraction(2) ** shift), shift // 2)


@pytest.mark.parametrize(
    "dtype",
    [
        np.float16,
        ml_dtypes.bfloat16,
        ml_dtypes.float8_e4m3fn,
        np.int8,
        np.uint8,
        np.int64,
        np.bool_,
    ],
)
def test_each_dtype_is_summed_up_in_float64(dtype):
    array = np.random.default_rng(8).uniform(0, 100, 5000).astype(np.float32).astype(dtype)
    found = describe(array)
    wide = array.astype(np.float64)
    assert (found.minimum, found.maximum) == (wide.min(), wide.max())
    assert found.mean == pytest.approx(wide.mean(), rel=1e-13)
    assert found.std == pytest.approx(wide.std(), rel=1e-12)
    assert found.norm == pytest.approx(np.sqrt((wide**2).sum()), rel=1e-13)
    assert found.zeros == np.count_nonzero(wide == 0)


def test_describing_a_large_array_keeps_only_a_sample_of_it():
    part = np.random.default_rng(1).normal(size=1 << 20).astype(np.float32)
    accumulator = Accumulator(16 * part.size)
    tracemalloc.start()
    for _ in range(16):
        accumulator.add(part)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2 * 8 * part.size, "as float64 all of them would take eight times this"
    assert accumulator.result().is_sampled


@pytest.mark.parametrize("number", [5e-324, 1e-310, 1.7e308])
def test_a_histogram_is_drawn_at_the_ends_of_float64_too(number):
    found = describe(np.array([-number, number]))
    assert sum(found.histogram) == 2
