"""The main job, as a hand does it: open, look, edit, calculate, undo, redo, save, open again."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QTableView, QTreeView

from weightview.api import open_document
from weightview.gui.layer_tree.item_model import ITEM_ROLE
from weightview.gui.welcome import Card

INPUT = (0.6, 0.15, 0.72, 0.35, 0.0, 0.34, 0.63, 0.5)
ROW, UNIT, TYPED = 5, 1, "0.9"
CONTROL = Qt.KeyboardModifier.ControlModifier


def output_of(arrays):
    """Return what four sigmoid layers give for INPUT: the arithmetic once more, in float64."""
    x = np.array(INPUT)
    for kernel, bias in zip(arrays[::2], arrays[1::2], strict=True):
        x = 1 / (1 + np.exp(-(x @ kernel.astype(np.float64) + bias)))
    return x


@pytest.fixture
def job(window, qtbot):
    """Return helpers that act on the window as a hand would."""

    class Job:
        def open_example(self):
            card = next(c for c in window.findChildren(Card) if "four_layers" in c.objectName())
            qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)

        def select_in_tree(self, path):
            tree = window.findChild(QTreeView, "layer_view")
            index = window.workspace.tree.model.index_of(window.document.weight(path))
            tree.scrollTo(index)
            where = tree.visualRect(index).center()
            qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
            assert tree.currentIndex().data(ITEM_ROLE).path == path

        def type_input(self):
            line = window.findChild(QLineEdit, "input_line:inputs")
            line.setFocus()
            line.selectAll()
            qtbot.keyClicks(line, ", ".join(map(str, INPUT)))

        def type_in_cell(self, row, column, text):
            table = window.findChild(QTableView, "weight_table")
            index = table.model().index(row, column)
            table.scrollTo(index)
            where = table.visualRect(index).center()
            # A double click alone does not start editing.
            qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
            qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
            editor = table.viewport().findChild(QLineEdit) or table.findChild(QLineEdit)
            editor.selectAll()
            qtbot.keyClicks(editor, text)
            qtbot.keyClick(editor, Qt.Key.Key_Return)

        def wait_for_output(self, expected):
            def is_there():
                trace = window.workspace.calculator.trace
                assert trace is not None
                np.testing.assert_allclose(trace.output, expected, rtol=1e-6)

            qtbot.waitUntil(is_there, timeout=10_000)

        def press(self, key, modifiers=CONTROL):
            qtbot.keyClick(window, key, modifiers)

    return Job()


def test_open_edit_calculate_undo_redo_save_and_open_again(
    job, window, windows, qtbot, tmp_path, monkeypatch, examples
):
    target = tmp_path / "mine.keras"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    original = open_document(examples / "four_layers.keras")
    arrays = [original.read(weight) for weight in original.model.weights]
    edited = [array.copy() for array in arrays]
    edited[0][ROW, UNIT] = np.float32(TYPED)

    job.open_example()
    job.select_in_tree("dense_1/kernel")
    job.type_input()
    job.wait_for_output(output_of(arrays))

    job.type_in_cell(ROW, UNIT, TYPED)
    qtbot.waitUntil(lambda: window.document.is_modified)
    assert window.document.read("dense_1/kernel", (ROW, UNIT)) == np.float32(TYPED)
    job.wait_for_output(output_of(edited))
    assert window.isWindowModified()
    assert "0.9" in window.findChild(QLabel, "status_edit").text()

    window.activateWindow()
    window.workspace.tree.view.setFocus()
    job.press(Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: not window.document.is_modified)
    job.wait_for_output(output_of(arrays))
    job.press(Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: window.document.is_modified)
    job.wait_for_output(output_of(edited))

    with qtbot.waitSignal(window.files.saved):
        job.press(Qt.Key.Key_S)
    assert not window.isWindowModified()
    assert window.windowTitle() == "mine.keras[*] - weightview"

    window.close()
    again = windows.new_window()
    again.open_files([target])
    qtbot.waitUntil(lambda: again.document is not None, timeout=20_000)
    read = [again.document.read(weight) for weight in again.document.model.weights]
    for have, want in zip(read, edited, strict=True):
        assert have.tobytes() == want.tobytes()
    assert again.path in windows.settings.recent_files


def test_what_is_no_number_is_refused_and_changes_nothing(job, window, qtbot):
    job.open_example()
    job.select_in_tree("dense_1/kernel")
    job.type_in_cell(0, 0, "many")
    qtbot.waitUntil(lambda: bool(window.messages.messages))
    assert "many" in window.messages.messages[-1].text
    assert not window.document.is_modified
