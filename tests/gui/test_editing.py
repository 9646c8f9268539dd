"""The Edit menu acts where the focus is."""

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from weightview.core.history import History
from weightview.gui.editing import labels


class Cells(QWidget):
    def __init__(self, parent):
        super().__init__(parent)
        self.heard = []
        self.inner = QWidget(self)
        self.inner.setFocusPolicy(self.inner.focusPolicy().StrongFocus)

    def copy(self):
        self.heard.append("copy")

    def paste(self):
        self.heard.append("paste")

    def clear_cells(self):
        self.heard.append("clear")

    def select_all(self):
        self.heard.append("select all")


@pytest.fixture
def page(window, qtbot):
    page = QWidget()
    page.cells, page.line = Cells(page), QLineEdit("typed", page)
    column = QVBoxLayout(page)
    column.addWidget(page.cells)
    column.addWidget(page.line)
    window.setCentralWidget(page)
    window.activateWindow()
    qtbot.waitActive(window)
    return page


COMMANDS = ("copy", "paste", "clear_cells", "select_all")


def test_a_view_of_numbers_hears_every_command(window, page, qtbot):
    page.cells.inner.setFocus()
    qtbot.waitUntil(page.cells.inner.hasFocus)
    for command in COMMANDS:
        getattr(window.editing, command)()
    assert page.cells.heard == ["copy", "paste", "clear", "select all"]


def test_a_text_field_edits_its_own_text(window, page, qtbot, qapp):
    page.line.setFocus()
    qtbot.waitUntil(page.line.hasFocus)
    window.editing.select_all()
    window.editing.copy()
    assert qapp.clipboard().text() == "typed"
    window.editing.clear_cells()
    window.editing.paste()
    assert page.line.text() == "typed"
    assert page.cells.heard == []


def test_without_a_focus_nothing_happens(window, page, qtbot):
    if (focused := window.focusWidget()) is not None:
        focused.clearFocus()
    for command in COMMANDS:
        getattr(window.editing, command)()
    assert page.cells.heard == []


def test_undo_and_redo_are_named(dense_document):
    assert labels(History()) == ("", "")
    dense_document.set_values("dense_1/bias", (0,), 1.0, label="Set bias")
    assert labels(dense_document.history) == ("Set bias", "")
    dense_document.undo()
    assert labels(dense_document.history) == ("", "Set bias")
