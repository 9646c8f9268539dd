"""The strips: which numbers they show, and that an edit arrives in them."""

import numpy as np
import pytest
from PySide6.QtCore import QObject

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model, Weight
from weightview.gui.layer_tree.strips import CELLS, Strips, sample


def document_of(array, path="layer/kernel"):
    weight = Weight(
        name="kernel",
        path=path,
        shape=array.shape,
        dtype=array.dtype,
        axes=("axis",) * array.ndim,
        keras_index=0,
        stored_name=path,
        role="kernel",
        layer_path="layer",
    )
    return Document(Model("m", "Sequential", (), (weight,)), MemoryStorage({path: array})), weight


def test_a_small_array_is_shown_whole():
    document, weight = document_of(np.arange(5, dtype=np.float32))
    assert sample(weight, document.values).tolist() == [0, 1, 2, 3, 4]


def test_a_longer_one_is_sampled_from_end_to_end():
    document, weight = document_of(np.arange(1001, dtype=np.float32))
    numbers = sample(weight, document.values)
    assert numbers.size == CELLS
    assert (numbers[0], numbers[-1]) == (0, 1000)


@pytest.mark.parametrize("shape", [(3000, 40), (40, 3000), (300, 2, 3, 20), (60000, 2)])
def test_a_large_one_is_read_in_one_short_run(shape):
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    asked = []

    class Counting(MemoryStorage):
        def read(self, weight, region):
            result = super().read(weight, region)
            asked.append(result.size)
            return result

    document, weight = document_of(array)
    document = Document(document.model, Counting({weight.path: array}))
    numbers = sample(weight, document.values)
    assert numbers.size == CELLS
    assert len(asked) == 1
    assert asked[0] < array.size / 10


@pytest.mark.parametrize("shape", [(), (0,), (0, 4), (1,)])
def test_odd_shapes_have_a_strip_or_none(shape, qtbot):
    document, weight = document_of(np.ones(shape, np.float32))
    owner = QObject()
    strips = Strips(owner)
    strips.set_document(document)
    strips.image(weight)
    qtbot.waitSignal(strips.ready).wait()
    image = strips.image(weight)
    assert (image is None) == (0 in shape)


def test_an_edit_changes_the_colours(qtbot):
    document, weight = document_of(np.array([1, 1, 1, -1], np.float32))
    owner = QObject()
    strips = Strips(owner)
    strips.set_document(document)
    strips.image(weight)
    qtbot.waitSignal(strips.ready).wait()
    before = strips.image(weight).pixelColor(0, 0)
    document.set_values(weight, (0,), -1)
    strips.forget(weight)
    stale = strips.image(weight)
    assert stale.pixelColor(0, 0) == before, "the old strip stays until the new one is there"
    qtbot.waitSignal(strips.ready).wait()
    assert strips.image(weight).pixelColor(0, 0) == strips.image(weight).pixelColor(3, 0) != before


@pytest.mark.parametrize("array", [np.array(["text"], dtype="S4"), np.array([1 + 2j])])
def test_what_holds_no_real_numbers_has_no_strip(qtbot, array):
    document, weight = document_of(array)
    owner = QObject()
    strips = Strips(owner)
    strips.set_document(document)
    strips.image(weight)
    qtbot.waitSignal(strips.ready).wait()
    assert strips.image(weight) is None
