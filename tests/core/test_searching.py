"""Finding numbers among all weights: what a person types, and that no better cell is left out."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import CancelledError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Weight
from weightview.core.searching import Found, Piece, Query, pieces, query_of, search
from weightview.core.values import Values


def weight_of(path, array):
    return weight_like(path, array.shape, array.dtype)


def weight_like(path, shape, dtype=np.float32):
    layer, _, name = path.rpartition("/")
    return Weight(name, path, shape, np.dtype(dtype), (), 0, path, name, layer)


def found_in(arrays, query, limit=40, nbytes=64):
    """Search in arrays by path, in pieces of a few numbers."""
    weights = [weight_of(path, array) for path, array in arrays.items()]
    values = Values(MemoryStorage(arrays))
    found = Found()
    for piece in pieces(weights, nbytes):
        found = search(values, piece, query, found, limit=limit)
    return found


def cells(found):
    return [(hit.weight.path, hit.index) for hit in found.hits]


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("0.645", Query("near", 0.645)),
        (" 1e-3 ", Query("near", 0.001)),
        ("\u22120.5", Query("near", -0.5)),
        ("~ 2", Query("near", 2.0)),
        ("= 0", Query("equal", 0.0)),
        ("> 5", Query("above", 5.0)),
        (">=5", Query("at least", 5.0)),
        ("≤ -1", Query("at most", -1.0)),
        ("< inf", Query("below", math.inf)),
        ("NaN", Query("nan")),
        ("inf", Query("infinite")),
        ("-inf", Query("equal", -math.inf)),
        ("+inf", Query("equal", math.inf)),
    ],
)
def test_what_is_typed_is_understood(typed, query):
    assert query_of(typed) == query


@pytest.mark.parametrize("typed", ["", " ", ">", "dense", "> nan", "(8, 5)", "1 2", "[3]", "0,5"])
def test_other_words_are_no_number(typed):
    assert query_of(typed) is None


ARRAYS = {
    "a/kernel": np.array([[0.5, -2.0, np.nan], [0.25, np.inf, 0.0]], np.float32),
    "a/bias": np.array([3.0, -0.0, -np.inf], np.float32),
    "b/count": np.array(7, np.int64),
}


@pytest.mark.parametrize(
    ("query", "expected", "count"),
    [
        (Query("near", 0.3), [("a/kernel", (1, 0)), ("a/kernel", (0, 0))], 0),
        (Query("equal", 0.0), [("a/kernel", (1, 2)), ("a/bias", (1,))], 2),
        (Query("above", 2.0), [("a/kernel", (1, 1)), ("b/count", ()), ("a/bias", (0,))], 3),
        (Query("at least", 7.0), [("a/kernel", (1, 1)), ("b/count", ())], 2),
        (Query("below", 0.0), [("a/bias", (2,)), ("a/kernel", (0, 1))], 2),
        (Query("at most", -2.0), [("a/bias", (2,)), ("a/kernel", (0, 1))], 2),
        (Query("nan"), [("a/kernel", (0, 2))], 1),
        (Query("infinite"), [("a/kernel", (1, 1)), ("a/bias", (2,))], 2),
        (Query("equal", math.inf), [("a/kernel", (1, 1))], 1),
        (Query("above", 1e9), [("a/kernel", (1, 1))], 1),
        (Query("equal", 1e9), [], 0),
    ],
)
def test_the_best_cells_come_first(query, expected, count):
    found = found_in(ARRAYS, query)
    assert cells(found)[: len(expected)] == expected
    if query.kind != "near":
        assert len(found.hits) == len(expected)
    assert found.count == count


@pytest.mark.parametrize("dtype", [np.float16, np.float32, ml_dtypes.bfloat16, np.float64])
def test_a_number_is_equal_to_what_the_dtype_makes_of_it(dtype):
    array = np.array([0.1, 0.2], np.float64).astype(dtype)
    found = found_in({"w": array}, Query("equal", 0.1))
    assert cells(found) == [("w", (0,))]
    assert found.hits[0].value == array[0]


def test_an_integer_is_not_equal_to_a_fraction():
    array = np.array([0, 1], np.int8)
    assert found_in({"w": array}, Query("equal", 0.4)).hits == ()
    assert cells(found_in({"w": array}, Query("near", 0.4))) == [("w", (0,)), ("w", (1,))]


def test_text_and_empty_weights_are_passed_over():
    arrays = {"text": np.array(["a", "b"]), "none": np.empty((0, 3), np.float32)}
    assert list(pieces([weight_of(path, array) for path, array in arrays.items()])) == []


def test_the_pieces_cover_every_number_once():
    weights = [weight_like("a", (7, 5, 3)), weight_like("b", ()), weight_like("c", (2, 4))]
    parts: list[Piece] = list(pieces(weights, 64))
    assert len(parts) > 3
    for weight in weights:
        seen = np.zeros(weight.shape, int)
        for part in (part for piece in parts for part in piece.parts if part.weight is weight):
            assert np.count_nonzero(seen) == part.start
            seen[part.region] += 1
        assert (seen == 1).all()
    assert sum(piece.nbytes for piece in parts) == sum(weight.nbytes for weight in weights)


def test_small_weights_are_searched_together():
    weights = [weight_like(str(number), (3, 3)) for number in range(100)]
    assert len(list(pieces(weights))) == 1


@given(
    st.lists(st.floats(-2, 2, width=32) | st.just(math.nan), min_size=1, max_size=60),
    st.floats(-2, 2),
    st.integers(1, 8),
    st.sampled_from(["near", "above", "below", "equal"]),
)
def test_no_better_cell_is_left_out(numbers, number, limit, kind):
    array = np.array(numbers, np.float32)
    found = found_in({"w": array}, Query(kind, number), limit, nbytes=20)

    def rank(value):
        if math.isnan(value):
            return None
        wide = float(value)
        as_stored = float(np.float32(number))
        match kind:
            case "near":
                return 0 if wide == as_stored else abs(wide - number)
            case "above":
                return -wide if wide > number else None
            case "below":
                return wide if wide < number else None
        return 0 if wide == as_stored else None

    ranked = [(rank(value), place) for place, value in enumerate(array)]
    expected = sorted(pair for pair in ranked if pair[0] is not None)[:limit]
    assert [hit.index[0] for hit in found.hits] == [place for _, place in expected]


def test_edits_are_found():
    array = np.zeros((4, 4), np.float32)
    weight = weight_of("w", array)
    values = Values(MemoryStorage({"w": array})).with_edit(weight, (2, 3), np.float32(9))
    (piece,) = pieces([weight])
    assert cells(search(values, piece, Query("above", 1.0), Found())) == [("w", (2, 3))]


def test_it_can_be_stopped_between_two_reads():
    array = np.zeros(100, np.float32)
    (piece, *_) = pieces([weight_of("w", array)], 64)
    with pytest.raises(CancelledError):
        search(
            Values(MemoryStorage({"w": array})),
            piece,
            Query("nan"),
            Found(),
            cancelled=lambda: True,
        )


def test_only_a_chunk_of_a_large_weight_is_read_at_once():
    weight = weight_like("w", (250, 1_000_000))
    largest = []

    class Reading(MemoryStorage):
        def read(self, weight, region):
            shape = tuple(e.stop - e.start for e in region if isinstance(e, slice))
            largest.append(math.prod(shape) * 4)
            return np.zeros(shape, np.float32)

    first = next(iter(pieces([weight])))
    found = search(Values(Reading({})), first, Query("equal", 0.0), Found())
    assert max(largest) <= 4 << 20
    assert (len(found.hits), found.count) == (40, first.nbytes // 4)


@pytest.mark.parametrize("query", [Query("near", 1.0), Query("above", 0.0), Query("nan")])
def test_a_signalling_nan_is_passed_over_without_a_warning(query):
    array = np.array([0x7F800001, 0x3F800000], np.uint32).view(np.float32)
    wanted = (0,) if query.kind == "nan" else (1,)
    assert cells(found_in({"w": array}, query)) == [("w", wanted)]
