"""Regions mean what numpy means by the same indices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core.regions import blocks_met, normalise, overlap, shape_of


@st.composite
def shapes_and_regions(draw):
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=7))
    entries = []
    for length in shape[: draw(st.integers(0, len(shape)))]:
        slices = st.slices(length).filter(lambda s: (s.step or 1) > 0)
        indices = st.integers(-length, length - 1) if length else st.nothing()
        entries.append(draw(st.one_of(slices, indices)))
    return shape, tuple(entries)


@given(shapes_and_regions())
def test_a_normalised_region_picks_what_numpy_picks(drawn):
    shape, region = drawn
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    cells = normalise(region, shape)
    assert len(cells) == len(shape)
    np.testing.assert_array_equal(array[cells], array[region])
    assert shape_of(cells, shape) == array[region].shape
    assert normalise(cells, shape) == cells


def test_none_means_everything_and_a_bare_index_the_first_axis():
    assert normalise(None, (3, 4)) == (slice(0, 3, 1), slice(0, 4, 1))
    assert normalise(-1, (3, 4)) == (2, slice(0, 4, 1))
    assert normalise(slice(1, None), (3,)) == (slice(1, 3, 1),)
    assert normalise(np.int64(2), (3,)) == (2,)
    assert normalise(None, ()) == ()


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ((0, 0, 0), "3 indices for an array of 2 axes"),
        ((3, 0), "index 3 is outside axis 0, which has 3 entries"),
        ((0, -5), "index -5 is outside axis 1"),
        (1.5, "neither an index nor a slice"),
        ("0", "neither an index nor a slice"),
        (([0, 1], 0), "neither an index nor a slice"),
        (np.ones((3, 4), bool), "neither an index nor a slice"),
        ((..., 0), "neither an index nor a slice"),
    ],
)
def test_what_is_not_in_the_array_is_refused_with_a_reason(region, words):
    with pytest.raises(IndexError, match=words):
        normalise(region, (3, 4))


@pytest.mark.parametrize("region", [slice(None, None, -1), slice(0, 3, 0)])
def test_slices_that_do_not_run_forwards_are_refused(region):
    with pytest.raises(ValueError, match=r"runs backwards|zero"):
        normalise(region, (3,))


@given(st.integers(1, 40), st.integers(1, 12), st.data())
def test_blocks_share_out_the_picked_rows_without_gap_or_repetition(length, per_block, data):
    index = st.integers(0, length - 1)
    entry = data.draw(st.one_of(index, st.slices(length).filter(lambda s: (s.step or 1) > 0)))
    (entry,) = normalise((entry,), (length,))
    picked = np.atleast_1d(np.arange(length)[entry])
    seen = np.full(picked.shape, -1)
    for number in blocks_met(entry, per_block):
        block = np.arange(length)[number * per_block : (number + 1) * per_block]
        where, rows = overlap(entry, number * per_block, (number + 1) * per_block)
        assert (seen[where] == -1).all()
        seen[where] = block[rows]
    np.testing.assert_array_equal(seen, picked)


def test_no_array_as_long_as_the_weight_is_made_to_find_its_blocks():
    where, rows = overlap(slice(0, 10**15, 1), 7 * 10**14, 7 * 10**14 + 5)
    assert (where, rows) == (slice(7 * 10**14, 7 * 10**14 + 5), slice(0, 5, 1))
