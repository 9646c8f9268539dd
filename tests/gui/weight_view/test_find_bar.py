"""Going to a cell and finding a number, as a person does."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from weightview.core.errors import NumberError
from weightview.gui.weight_view.find_bar import index_of

KERNEL = "dense_1/kernel"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def choose(hand, kind):
    box = hand.view.findChild(QComboBox, "find_kind")
    box.setFocus()
    while box.currentData() != kind:
        before = box.currentIndex()
        hand.qtbot.keyClick(box, Qt.Key.Key_Down)
        if box.currentIndex() == before:
            hand.qtbot.keyClick(box, Qt.Key.Key_Home)


def write(hand, text):
    field = hand.view.findChild(QLineEdit, "find_field")
    field.selectAll()
    hand.qtbot.keyClicks(field, text)
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_key_opens_the_line_that_goes_to_a_cell(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_G, CTRL)
    assert hand.view.findChild(object, "find_bar").isVisible()
    write(hand, "6, 4")
    assert hand.selection.cell == (6, 4)
    current = hand.table.currentIndex()
    assert (current.row(), current.column()) == (6, 4)


def test_a_cell_that_is_not_there_is_refused(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_G, CTRL)
    write(hand, "8, 0")
    assert hand.text("find_message") == "There is no input 8: they go from 0 to 7."
    assert hand.selection.cell == (0, 0)


def test_edits_are_found_one_after_another(open_view, dense_document):
    dense_document.set_values(KERNEL, (2, 3), 9)
    dense_document.set_values(KERNEL, (6, 1), 8)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    choose(hand, "edited")
    hand.press("find_next")
    assert hand.selection.cell == (2, 3)
    hand.press("find_next")
    assert hand.selection.cell == (6, 1)
    hand.press("find_next")
    assert hand.selection.cell == (2, 3)


def test_the_largest_and_the_nearest_are_found(open_view, dense_document):
    dense_document.set_values(KERNEL, (4, 4), 9)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    hand.press("find_next")
    assert hand.selection.cell == (4, 4)
    choose(hand, "near")
    write(hand, "0.1")
    kernel = dense_document.read(KERNEL).astype(np.float64)
    assert hand.selection.cell == np.unravel_index(np.abs(kernel - 0.1).argmin(), kernel.shape)


def test_what_is_not_there_is_said(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    choose(hand, "nan")
    hand.press("find_next")
    assert hand.text("find_message") == "There is none."


def test_a_number_in_another_slice_is_brought_into_sight(open_view, conv_document):
    conv_document.set_values("layer/kernel", (1, 1, 3, 5), 100)
    hand = open_view(conv_document, "layer/kernel")
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    hand.press("find_next")
    assert hand.selection.cell == (1, 1, 3, 5)
    assert hand.cell_text(1, 1) == "100"


def test_a_large_weight_is_searched_in_the_background(open_view, make_document, qtbot):
    array = np.zeros((3000, 300), np.float32)
    array[2900, 7] = np.nan
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, "layer/kernel")
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    choose(hand, "nan")
    hand.press("find_next")
    qtbot.waitUntil(lambda: hand.selection.cell == (2900, 7))


@pytest.mark.parametrize(
    ("name", "key", "field"),
    [("find", Qt.Key.Key_G, "find_field"), ("change", Qt.Key.Key_E, "change_field_0")],
)
def test_escape_closes_the_line_and_gives_the_keys_back_to_the_table(
    open_view, dense_document, qtbot, name, key, field
):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(key, CTRL)
    line = hand.view.findChild(object, f"{name}_bar")
    field = hand.view.findChild(QLineEdit, field)
    assert line.isVisible()
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert hand.table.hasFocus()


@pytest.mark.parametrize(
    ("text", "index"), [("3, 2", (3, 2)), ("[3,2]", (3, 2)), ("input 3 unit -1", (3, 4))]
)
def test_a_cell_is_written_in_many_ways(dense_document, text, index):
    assert index_of(text, dense_document.weight(KERNEL)) == index


@pytest.mark.parametrize("text", ["", "3", "1, 2, 3", "x"])
def test_too_few_or_many_numbers_are_no_cell(dense_document, text):
    with pytest.raises(NumberError, match="input, unit"):
        index_of(text, dense_document.weight(KERNEL))


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        ("equal", 0.5, "0.5"),
        ("smallest", -9, None),
        ("zero", 0, None),
        ("nan", np.nan, None),
        ("infinite", np.inf, None),
    ],
)
def test_a_number_of_each_kind_is_found(open_view, dense_document, kind, number, text):
    dense_document.set_values(KERNEL, (5, 3), number)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    choose(hand, kind)
    if text is None:
        hand.press("find_next")
    else:
        write(hand, text)
    assert hand.selection.cell == (5, 3)


def test_more_digits_than_python_reads_are_no_cell(dense_document):
    with pytest.raises(NumberError):
        index_of(f"{'9' * 5_000}, 1", dense_document.weight(KERNEL))
