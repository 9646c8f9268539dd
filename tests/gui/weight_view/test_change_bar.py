"""Changing many cells at once, as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

KERNEL = "dense_1/kernel"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def change(hand, operation, *texts):
    hand.table.setFocus()
    hand.key(Qt.Key.Key_E, CTRL)
    box = hand.view.findChild(QComboBox, "change_operation")
    box.setFocus()
    hand.qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != operation:
        hand.qtbot.keyClick(box, Qt.Key.Key_Down)
    for place, text in enumerate(texts):
        field = hand.view.findChild(QLineEdit, f"change_field_{place}")
        field.selectAll()
        hand.qtbot.keyClicks(field, text)
    hand.press("change_apply")


@pytest.mark.parametrize(
    ("operation", "texts", "expected"),
    [
        ("set", ["0.5"], lambda w: np.full_like(w, 0.5)),
        ("add", ["1"], lambda w: w.astype(np.float64) + 1),
        ("multiply", ["-2"], lambda w: w * -2),
        ("clip", ["-0.1", "0.1"], lambda w: np.clip(w.astype(np.float64), -0.1, 0.1)),
        ("zero_below", ["0.3"], lambda w: np.where(np.abs(w) < 0.3, 0, w)),
        ("formula", ["w + i"], lambda w: w.astype(np.float64) + np.array([[2], [3]])),
    ],
)
def test_an_operation_changes_the_selected_cells_alone_in_one_step(
    open_view, dense_document, operation, texts, expected
):
    hand = open_view(dense_document, KERNEL)
    before = dense_document.read(KERNEL)
    hand.click_cell(2, 1)
    hand.click_cell(3, 3, SHIFT)
    change(hand, operation, *texts)
    block = slice(2, 4), slice(1, 4)
    wanted = before.copy()
    wanted[block] = expected(before[block])
    assert np.array_equal(dense_document.read(KERNEL), wanted)
    assert hand.text("change_message") == "6 cells changed."
    dense_document.undo()
    assert not dense_document.is_modified


def test_a_formula_that_is_none_says_why_and_changes_nothing(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    change(hand, "formula", "w.dump('x')")
    assert "not a function of formulas" in hand.refusals[0]
    assert not dense_document.is_modified


def test_numbers_beyond_the_dtype_are_refused_whole(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.view.select_all()
    change(hand, "multiply", "1e39")
    assert "too large" in hand.refusals[0]
    assert not dense_document.is_modified


def test_columns_are_normalised_as_they_are_seen(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.press("orientation_textbook")
    hand.click_cell(0, 0)
    hand.click_cell(4, 7, SHIFT)
    change(hand, "normalise_rows")
    kernel = dense_document.read(KERNEL)
    assert np.linalg.norm(kernel, axis=0) == pytest.approx(np.ones(5), rel=1e-6)


def test_without_a_selection_it_says_so(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    change(hand, "set", "1")
    assert hand.text("change_message").startswith("Select cells first")
    assert not dense_document.is_modified
