"""The status bar: the last edit and the file in words."""

import os
import time

import pytest
from PySide6.QtWidgets import QLabel

from weightview.gui.status_line import StatusLine, edit_text, file_text


@pytest.fixture
def heard(dense_document):
    changes = []
    dense_document.values_changed.connect(changes.append)
    return changes


def test_one_cell_tells_from_and_to(dense_document, heard):
    dense_document.set_values("dense_1/kernel", (5, 1), 0.25)
    dense_document.set_values("dense_1/kernel", (5, 1), 0.9)
    assert edit_text(dense_document, heard[-1]) == "edited: dense_1/kernel[5, 1]: 0.25 → 0.9"


def test_an_undo_tells_the_way_back(dense_document, heard):
    dense_document.set_values("dense_1/kernel", (5, 1), 0.25)
    dense_document.set_values("dense_1/kernel", (5, 1), 0.9)
    dense_document.undo()
    assert edit_text(dense_document, heard[-1]) == "undone: dense_1/kernel[5, 1]: 0.9 → 0.25"
    dense_document.redo()
    assert edit_text(dense_document, heard[-1]) == "edited: dense_1/kernel[5, 1]: 0.25 → 0.9"


def test_many_cells_are_counted(dense_document, heard):
    dense_document.set_values("dense_1/kernel", None, 0.0)
    assert edit_text(dense_document, heard[-1]) == "edited: 40 cells of dense_1/kernel"


@pytest.fixture
def line(qtbot, selection, dense_document):
    result = StatusLine(selection)
    qtbot.addWidget(result)
    result.set_document(dense_document)
    result.show()
    return result


def test_the_edit_of_the_cell_told_about_is_not_told_twice(line, selection, dense_document):
    label = line.findChild(QLabel, "status_edit")
    selection.select_cell("dense_1/kernel", (5, 1))
    dense_document.set_values("dense_1/kernel", (5, 1), 0.9)
    assert not label.isVisible()
    selection.select_cell("dense_1/kernel", (2, 1))
    assert label.isVisible()
    assert label.text().startswith("edited: dense_1/kernel[5, 1]")
    dense_document.set_values("dense_1/kernel", None, 0.0)
    selection.select_cell("dense_1/kernel", (5, 1))
    assert label.text() == "edited: 40 cells of dense_1/kernel"
    assert label.isVisible()


def test_revert_tells_of_no_edit(qtbot, selection, dense_document):
    line = StatusLine(selection)
    qtbot.addWidget(line)
    line.set_document(dense_document)
    dense_document.set_values("dense_1/bias", (0,), 1.0)
    assert line.findChild(type(line._edit), "status_edit").text().startswith("edited: dense_1/bias")
    dense_document.revert()
    assert line.findChild(type(line._edit), "status_edit").text() == ""


def test_a_file_saved_today_has_a_time_and_an_older_one_a_date(tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(b"x" * 26578)
    assert file_text(path).startswith("m.keras · 27 kB · saved ")
    long_ago = time.mktime((2020, 5, 17, 10, 42, 0, 0, 0, -1))
    os.utime(path, (long_ago, long_ago))
    assert file_text(path) == "m.keras · 27 kB · saved 2020-05-17 10:42"


def test_a_missing_file_has_a_name_alone(tmp_path):
    assert file_text(tmp_path / "gone.keras") == "gone.keras"


def test_words_that_come_meanwhile_wait_for_a_message_that_passes(line, selection, dense_document):
    cell, edit = (line.findChild(QLabel, name) for name in ("status_cell", "status_edit"))
    line.showMessage("Saved four_layers.keras")
    line.show_cell("input 3, unit 2: 0.25")
    dense_document.set_values("dense_1/kernel", None, 0.0)
    assert not cell.isVisible()
    assert not edit.isVisible()
    line.clearMessage()
    assert cell.isVisible()
    assert edit.isVisible()
    line.showMessage("Saved four_layers.keras")
    line.show_cell("")
    line.clearMessage()
    assert not cell.isVisible()
