"""The history as a list: how a person steps through the edits."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QListWidget

VALUES = (1.0, 2.0, 3.0)
CELL = ("dense_1/bias", (0,))


@pytest.fixture
def edits(window, qtbot, dense_document):
    """Return the shown list of three edits of one cell."""
    window.set_document(dense_document)
    for value in VALUES:
        dense_document.set_values(*CELL, value, label=f"Set to {value:g}")
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    found = window.findChild(QListWidget, "history_list")
    qtbot.waitUntil(found.isVisible)
    return found


def rows(edits):
    return [edits.item(row).text() for row in range(edits.count())]


def click(qtbot, edits, row):
    place = edits.visualItemRect(edits.item(row)).center()
    qtbot.mouseClick(edits.viewport(), Qt.MouseButton.LeftButton, pos=place)


def words(window):
    return window.findChild(object, "history_words").text()


def test_every_edit_is_listed_and_the_place_marked(edits, window):
    assert rows(edits) == ["As opened", "Set to 1", "Set to 2", "Set to 3"]
    assert edits.currentRow() == 3
    assert words(window) == "3 edits."


@pytest.mark.parametrize("row", [2, 1, 0])
def test_a_click_undoes_up_to_there_and_another_redoes(edits, window, qtbot, dense_document, row):
    original = dense_document.saved_values.read(dense_document.weight(CELL[0]), CELL[1])
    click(qtbot, edits, row)
    expected = VALUES[row - 1] if row else original
    np.testing.assert_array_equal(dense_document.read(*CELL), np.float32(expected))
    assert dense_document.history.position == row
    assert words(window) == f"3 edits, {3 - row} of them undone."
    assert dense_document.is_modified == (row > 0)
    click(qtbot, edits, 3)
    assert dense_document.read(*CELL) == VALUES[2]


def test_the_arrows_and_return_step_too(edits, qtbot, dense_document):
    qtbot.keyClick(edits, Qt.Key.Key_Up)
    assert dense_document.history.position == 3
    qtbot.keyClick(edits, Qt.Key.Key_Return)
    assert dense_document.history.position == 2


def test_it_follows_undo_and_a_new_edit_in_the_window(edits, window, dense_document):
    window.editing.undo()
    assert edits.currentRow() == 2
    dense_document.set_values(*CELL, 9, label="Set to 9")
    assert rows(edits) == ["As opened", "Set to 1", "Set to 2", "Set to 9"]


def test_another_document_has_its_own_edits(edits, window, make_dense_document):
    window.set_document(make_dense_document((2, 2)))
    assert rows(edits) == ["As opened"]
    assert words(window) == "No edits yet."


def data_of(edits, role):
    return [edits.item(row).data(Qt.ItemDataRole.UserRole + role) for row in range(edits.count())]


def test_each_edit_shows_its_numbers_before_and_after(edits, dense_document):
    numbers = data_of(edits, 0)
    assert numbers[0] == ""
    assert numbers[2:] == ["1 → 2", "2 → 3"]
    dense_document.set_values("dense_1/kernel", (0,), [0, -1, 2, 0.5, 0], label="A row")
    assert data_of(edits, 0)[4].endswith("→ -1 … 2")
    dense_document.set_values(CELL[0], CELL[1], np.nan, label="None")
    assert data_of(edits, 0)[5] == "3 → nan"


def test_a_click_shows_the_cell_of_that_edit(edits, window, qtbot, dense_document):
    dense_document.set_values("dense_3/kernel", (slice(2, 4), slice(1, 3)), 7, label="Four cells")
    window.selection.select_cell("dense_4/kernel", (0, 0))
    click(qtbot, edits, 1)
    assert (window.selection.weight_path, window.selection.cell) == CELL
    click(qtbot, edits, 4)
    assert (window.selection.weight_path, window.selection.cell) == ("dense_3/kernel", (2, 1))
    table = window.workspace.weight_view.findChild(object, "weight_table")
    assert (table.currentIndex().row(), table.currentIndex().column()) == (2, 1)


def test_undo_and_redo_keys_step_in_the_list_too(edits, qtbot, dense_document):
    qtbot.keyClick(edits, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dense_document.history.position == 2
    qtbot.keyClick(edits, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edits.currentRow() == 1
    redo = QKeySequence(QKeySequence.StandardKey.Redo)[0]
    qtbot.keyClick(edits, redo.key(), redo.keyboardModifiers())
    assert dense_document.history.position == 2


def test_the_place_that_is_on_disk_is_marked(edits, dense_document):
    assert data_of(edits, 1) == [True, False, False, False]
    dense_document.undo()
    dense_document.history.mark_saved()
    dense_document.redo()
    assert data_of(edits, 1) == [False, False, True, False]
    dense_document.undo()
    dense_document.undo()
    dense_document.set_values(*CELL, 9, label="Another way")
    assert data_of(edits, 1) == [False, False, False]


def test_a_name_in_an_edit_is_shown_and_not_rendered(edits, dense_document):
    dense_document.set_values(*CELL, 9, label="Set <img src=x>/kernel")
    assert edits.item(4).text() == "Set <img src=x>/kernel"
    assert "&lt;img" in edits.item(4).toolTip()


def test_a_hidden_list_catches_up_when_it_is_shown(edits, window, dense_document, qtbot):
    edits.window().close()
    dense_document.set_values(*CELL, 9, label="Meanwhile")
    window.activateWindow()
    window.workspace.show_history()
    qtbot.waitUntil(edits.isVisible)
    assert rows(edits)[-1] == "Meanwhile"
    assert edits.currentRow() == 4
