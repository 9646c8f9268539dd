"""Edits laid over stored numbers: the same numbers as numpy gives, block by block."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core import values as values_module
from weightview.core.memory import MemoryStorage
from weightview.core.regions import normalise, shape_of
from weightview.core.values import Values, differing_bits, rows_per_block

DTYPES = ["float32", "float16", "int8", "bool", np.dtype(ml_dtypes.bfloat16)]


@pytest.fixture(autouse=True, scope="module")
def small_blocks():
    """Blocks of 16 bytes, so that small arrays span many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values_module, "BLOCK_BYTES", 16)
        yield


@st.composite
def edit_lists(draw):
    """Draw an array and some (region, numbers) to be put into it one after another."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=9))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)

    def numbers(shape):
        return rng.integers(0, 2 if dtype.kind == "b" else 100, shape).astype(dtype)

    edits = []
    for _ in range(draw(st.integers(1, 5))):
        entries = []
        for length in shape[: draw(st.integers(0, len(shape)))]:
            forwards = st.slices(length).filter(lambda s: (s.step or 1) > 0)
            entries.append(draw(st.one_of(forwards, st.integers(-length, length - 1))))
        region = normalise(tuple(entries), shape)
        edits.append((region, numbers(shape_of(region, shape))))
    return numbers(shape), edits


def lay(weight, array, edits):
    result = Values(MemoryStorage({weight.path: array}))
    for region, new in edits:
        result = result.with_edit(weight, region, new)
    return result


@given(edit_lists(), st.integers(0, 12))
def test_edited_places_are_the_first_that_differ(make_weight, drawn, most):
    array, edits = drawn
    weight = make_weight("a/w", array.shape, array.dtype)
    values = lay(weight, array, edits)
    expected = np.argwhere(differing_bits(values.read(weight), array).reshape(array.shape))
    found = values.edited_places(weight, most)
    assert found.shape == (min(most, len(expected)), array.ndim)
    assert found.tolist() == expected[:most].tolist()


@given(edit_lists())
def test_reading_edits_back_is_numpy_assignment(make_weight, drawn):
    array, edits = drawn
    weight = make_weight("a/w", array.shape, array.dtype)
    expected = array.copy()
    for region, new in edits:
        expected[region] = new
    values = lay(weight, array, edits)
    for read in (values.read(weight), values.whole(weight)):
        assert isinstance(read, np.ndarray)
        assert read.dtype == array.dtype
        assert read.shape == array.shape
        assert read.tobytes() == expected.tobytes()
    for region, _ in edits:
        part = values.read(weight, region)
        assert isinstance(part, np.ndarray)
        assert part.tobytes() == expected[region].tobytes()
        assert part.shape == expected[region].shape
    np.testing.assert_array_equal(values.edited_mask(weight), differing_bits(expected, array))
    assert values.is_edited(weight) == (expected.tobytes() != array.tobytes())


@given(edit_lists())
def test_edits_do_not_reach_into_earlier_values_or_the_storage(make_weight, drawn):
    array, edits = drawn
    before = array.copy()
    weight = make_weight("a/w", array.shape, array.dtype)
    first = lay(weight, array, edits[:1])
    one_edit = first.read(weight).tobytes()
    last = first
    for region, new in edits[1:]:
        last = last.with_edit(weight, region, new)
    last.read(weight)[...] = 0
    assert first.read(weight).tobytes() == one_edit
    assert last.saved().read(weight).tobytes() == before.tobytes() == array.tobytes()


@given(edit_lists())
def test_blocks_written_into_the_stored_bytes_give_the_edited_array(make_weight, drawn):
    array, edits = drawn
    weight = make_weight("a/w", array.shape, array.dtype)
    values = lay(weight, array, edits)
    flat = array.reshape(-1).copy()
    for block in values.blocks((weight,)):
        assert block.values.ndim == 1
        assert block.values.dtype == array.dtype
        flat[block.start : block.start + block.values.size] = block.values
    assert flat.tobytes() == values.read(weight).tobytes()


@given(edit_lists())
def test_on_a_storage_that_holds_the_edits_nothing_is_edited(make_weight, drawn):
    array, edits = drawn
    weight = make_weight("a/w", array.shape, array.dtype)
    values = lay(weight, array, edits)
    edited = values.read(weight)
    moved = values.on(MemoryStorage({"a/w": edited}))
    assert moved.read(weight).tobytes() == edited.tobytes()
    assert not moved.is_edited(weight)
    assert moved.edited_weights((weight,)) == ()
    assert moved.blocks((weight,)) == ()


@given(edit_lists())
def test_equal_versions_mean_equal_numbers(make_weight, drawn):
    array, edits = drawn
    weight = make_weight("a/w", array.shape, array.dtype)
    other = make_weight("a/other", (2,))
    values = Values(MemoryStorage({"a/w": array, "a/other": np.zeros(2, np.float32)}))
    seen = {values.version(weight): values.read(weight).tobytes()}
    for region, new in edits:
        values = values.with_edit(weight, region, new)
        numbers = values.read(weight).tobytes()
        assert seen.setdefault(values.version(weight), numbers) == numbers
    assert len(seen) == len(edits) + 1
    assert values.version(other) == values.saved().version(other)
    assert values.saved().version(weight) in seen


def test_only_touched_blocks_are_read_and_kept(make_weight, file_storage):
    weight = make_weight("a/w", (1000, 4))
    storage = file_storage({"a/w": np.zeros((1000, 4), np.float32)})
    assert rows_per_block(weight) == 1
    values = Values(storage).with_edit(weight, (500, slice(1, 3, 1)), np.ones(2, np.float32))
    assert storage.reads == [("a/w", (slice(500, 501, 1), slice(0, 4, 1)))]
    (block,) = values.blocks((weight,))
    assert (block.start, block.values.tolist()) == (2000, [0, 1, 1, 0])


def test_a_row_longer_than_a_block_is_one_block(make_weight):
    weight = make_weight("a/w", (3, 100))
    assert rows_per_block(weight) == 1
    array = np.zeros((3, 100), np.float32)
    values = lay(weight, array, [((1, 5), np.float32(2))])
    (block,) = values.blocks((weight,))
    assert (block.start, block.values.size) == (100, 100)


def test_a_scalar_is_edited_like_any_other(make_weight):
    weight = make_weight("a/w", (), "int64")
    values = lay(weight, np.array(5), [((), np.array(7))])
    assert values.read(weight).shape == ()
    assert int(values.read(weight)) == 7
    assert values.edited_mask(weight).tolist() is True
    (block,) = values.blocks((weight,))
    assert (block.start, block.values.tolist()) == (0, [7])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_array_without_numbers_can_be_read_and_not_be_edited(make_weight, shape):
    weight = make_weight("a/w", shape)
    array = np.zeros(shape, np.float32)
    values = lay(weight, array, [(normalise(None, shape), array)])
    assert values.read(weight).shape == shape
    assert values.whole(weight).shape == shape
    assert values.edited_mask(weight).shape == shape
    assert not values.is_edited(weight)


def test_the_whole_array_is_read_only_and_read_once(make_weight, file_storage):
    weight = make_weight("a/w", (4,))
    storage = file_storage({"a/w": np.zeros(4, np.float32)})
    values = Values(storage)
    assert values.whole(weight) is values.whole(weight)
    edited = values.with_edit(weight, (slice(1, 2, 1),), np.ones(1, np.float32))
    assert edited.whole(weight) is edited.whole(weight)
    assert edited.whole(weight).tolist() == [0, 1, 0, 0]
    assert len(storage.reads) == 1
    with pytest.raises(ValueError, match="read-only"):
        edited.whole(weight)[0] = 1


def test_what_is_whole_in_memory_is_not_read_again_in_parts(make_weight, file_storage):
    weight = make_weight("a/w", (4,))
    storage = file_storage({"a/w": np.arange(4, dtype=np.float32)})
    values = Values(storage)
    values.whole(weight)
    part = values.read(weight, slice(1, 3))
    part[:] = 9
    assert values.read(weight).tolist() == [0, 1, 2, 3]
    assert len(storage.reads) == 1


def test_a_whole_array_survives_the_edit_of_another_weight(make_weight, file_storage):
    first, second = make_weight("a/v", (2,)), make_weight("a/w", (2,))
    values = Values(file_storage({name: np.zeros(2, np.float32) for name in ("a/v", "a/w")}))
    values = values.with_edit(first, (0,), np.float32(1))
    whole = values.whole(first)
    later = values.with_edit(second, (0,), np.float32(1))
    assert later.whole(first) is whole
    assert later.with_edit(first, (1,), np.float32(2)).whole(first).tolist() == [1, 2]


def test_arrays_beyond_the_cache_are_read_each_time(make_weight, file_storage, monkeypatch):
    monkeypatch.setattr(values_module, "_CACHE_BYTES", 8)
    weight = make_weight("a/w", (4,))
    storage = file_storage({"a/w": np.arange(4, dtype=np.float32)})
    values = Values(storage)
    assert values.whole(weight).tolist() == values.whole(weight).tolist() == [0, 1, 2, 3]
    assert len(storage.reads) == 2


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        (np.array([0.0, 1.0]), np.array([-0.0, 1.0]), [True, False]),
        (np.array([np.nan]), np.array([np.nan]), [False]),
        (np.array(["a", "b"]), np.array(["a", "c"]), [False, True]),
        (np.array([b"a", None], object), np.array([b"a", 1], object), [False, True]),
        (np.zeros((2, 0)), np.zeros((2, 0)), [[], []]),
    ],
)
def test_bits_are_compared_and_not_numbers(left, right, differ):
    assert differing_bits(left, right).tolist() == differ
