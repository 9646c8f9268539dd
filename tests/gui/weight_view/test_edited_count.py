"""The number of edited cells in the heading: right after every step, counted only once."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from weightview.core import values as values_module

ALL = 1200 * 1000


@pytest.fixture
def compared(monkeypatch):
    """Return how many numbers were compared with the stored ones, and in which threads."""
    found = []
    compare = values_module.differing_bits

    def watched(left, right):
        found.append((left.size, threading.current_thread()))
        return compare(left, right)

    monkeypatch.setattr(values_module, "differing_bits", watched)
    return found


@pytest.fixture
def document(make_document):
    array = np.random.default_rng(1).normal(size=(1200, 1000)).astype(np.float32)
    return make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})


def change_all(hand, text):
    hand.table.setFocus()
    hand.table.selectAll()
    hand.qtbot.keyClick(hand.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    operation = hand.view.findChild(object, "change_operation")
    operation.setCurrentIndex(operation.findData("multiply"))
    field = hand.view.findChild(object, "change_field_0")
    field.selectAll()
    hand.qtbot.keyClicks(field, text)
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)


def test_many_edited_cells_are_counted_outside_the_windows_thread(
    open_view, document, compared, qtbot
):
    hand = open_view(document, "layer/kernel")
    change_all(hand, "2")
    qtbot.waitUntil(lambda: hand.text("weight_edited") == f"{ALL:,} cells edited")
    here = [size for size, thread in compared if thread is threading.main_thread()]
    assert sum(here) < ALL // 2  # blocks in sight: those of the cells and of the image's dots
    assert len(compared) > len(here)


def test_after_a_change_of_all_one_more_cell_compares_one_block(
    open_view, document, compared, qtbot
):
    hand = open_view(document, "layer/kernel")
    change_all(hand, "2")
    qtbot.waitUntil(lambda: hand.text("weight_edited") == f"{ALL:,} cells edited")
    stored = document.saved_values.read(document.weight("layer/kernel"), (3, 4))
    compared.clear()
    document.set_values("layer/kernel", (3, 4), stored)
    assert sum(size for size, _ in compared) < ALL // 2
    assert hand.text("weight_edited") == f"{ALL - 1:,} cells edited"


def test_the_count_is_right_after_undo_redo_and_reverting(open_view, document, qtbot):
    hand = open_view(document, "layer/kernel")
    change_all(hand, "2")
    qtbot.waitUntil(lambda: hand.text("weight_edited") == f"{ALL:,} cells edited")
    document.set_values(
        "layer/kernel",
        (slice(0, 3),),
        document.saved_values.read(document.weight("layer/kernel"), (slice(0, 3),)),
    )
    assert hand.text("weight_edited") == f"{ALL - 3000:,} cells edited"
    document.undo()
    assert hand.text("weight_edited") == f"{ALL:,} cells edited"
    document.undo()
    assert hand.text("weight_edited") == ""
    document.redo()
    qtbot.waitUntil(lambda: hand.text("weight_edited") == f"{ALL:,} cells edited")
    document.revert()
    assert hand.text("weight_edited") == ""


def test_after_saving_nothing_counts_as_edited(open_view, examples, tmp_path, qtbot):
    from weightview.api import open_document

    file = next(examples.glob("*.keras"))
    document = open_document(file)
    weight = document.all_weights[0]
    hand = open_view(document, weight.path)
    hand.type_into(0, 0, "0.125")
    assert hand.text("weight_edited") == "one cell edited"
    document.save_as(tmp_path / file.name)
    assert hand.text("weight_edited") == ""
    hand.type_into(0, 0, "0.25")
    assert hand.text("weight_edited") == "one cell edited"


def test_of_another_weight_its_own_count_is_told(open_view, dense_document, selection):
    hand = open_view(dense_document, "dense_1/kernel")
    hand.type_into(0, 0, "9")
    selection.select_weight("dense_2/kernel")
    assert hand.text("weight_edited") == ""
    selection.select_weight("dense_1/kernel")
    assert hand.text("weight_edited") == "one cell edited"
