"""A number is found wherever it stands, whatever the order in which pieces are read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core import finding
from weightview.core.document import Document
from weightview.core.errors import CancelledError
from weightview.core.finding import find
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model, Weight


def document_of(array):
    weight = Weight("k", "d/k", array.shape, array.dtype, (), 0, "", "k", "d")
    return Document(Model("m", "", (), (weight,)), MemoryStorage({"d/k": array})), weight


@pytest.fixture(params=["in one piece", "in many"], autouse=True)
def piecewise(request, monkeypatch):
    if request.param == "in many":
        whole = finding.chunk_regions
        monkeypatch.setattr(finding, "chunk_regions", lambda shape, size: whole(shape, size, 16))


@given(seed=st.integers(0, 500))
def test_extremes_are_those_of_numpy(seed):
    array = np.random.default_rng(seed).normal(size=(5, 7)).astype(np.float32)
    document, weight = document_of(array)
    for kind, flat in (
        ("largest", array.argmax()),
        ("smallest", array.argmin()),
        ("near", np.abs(array.astype(np.float64) - 0.25).argmin()),
    ):
        found = find(document.values, weight, kind, 0.25)
        assert found == tuple(np.unravel_index(flat, array.shape))


@pytest.mark.parametrize(
    ("kind", "number"), [("nan", 0), ("infinite", 0), ("zero", 0), ("equal", 0.1)]
)
def test_the_next_one_is_found_and_after_the_last_the_first(kind, number):
    array = np.ones((4, 6), np.float32)
    value = {"nan": np.nan, "infinite": -np.inf, "zero": -0.0, "equal": 0.1}[kind]
    places = [(0, 5), (2, 1), (3, 4)]
    for place in places:
        array[place] = value
    document, weight = document_of(array)
    seen, at = [], None
    for _ in range(4):
        at = find(document.values, weight, kind, number, after=at)
        seen.append(at)
    assert seen == [*places, places[0]]


def test_edited_cells_are_found_one_after_another():
    document, weight = document_of(np.zeros((9, 3), np.float32))
    document.set_values(weight, (7, 2), 1)
    document.set_values(weight, (1, 0), 1)
    assert find(document.values, weight, "edited") == (1, 0)
    assert find(document.values, weight, "edited", after=(1, 0)) == (7, 2)


def test_what_is_not_there_is_not_found():
    document, weight = document_of(np.ones((3, 3), np.float32))
    assert find(document.values, weight, "nan") is None
    assert find(document.values, weight, "equal", 2.0) is None
    assert find(document.values, weight, "edited") is None


def test_a_scalar_is_found_at_its_empty_index():
    document, weight = document_of(np.array(3, np.int64))
    assert find(document.values, weight, "equal", 3) == ()


@pytest.mark.parametrize("array", [np.zeros((0, 3), np.float32), np.array([b"text"])])
def test_without_numbers_nothing_is_found(array):
    document, weight = document_of(array)
    assert find(document.values, weight, "largest") is None


def test_all_nan_has_no_largest():
    document, weight = document_of(np.full((3,), np.nan, np.float32))
    assert find(document.values, weight, "largest") is None


def test_a_search_can_be_stopped():
    document, weight = document_of(np.ones((3, 3), np.float32))
    with pytest.raises(CancelledError):
        find(document.values, weight, "nan", cancelled=lambda: True)


@pytest.mark.parametrize(("kind", "place"), [("largest", 1), ("zero", 2), ("nan", 0)])
def test_a_signalling_nan_is_passed_over_without_a_warning(kind, place):
    array = np.array([0x7F800001, 0x3F800000, 0], np.uint32).view(np.float32)
    document, weight = document_of(array)
    assert find(document.values, weight, kind) == (place,)
