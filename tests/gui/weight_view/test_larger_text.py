"""With larger text the lines above the table keep their height, and the table some room."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from weightview.api import open_document

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def enlarged(window, examples, qtbot):
    """Return a maker: the window with an example, its text made larger by so many presses."""

    def make(presses):
        window.resize(1280, 800)
        window.set_document(open_document(examples / "four_layers.keras"))
        with qtbot.waitActive(window):
            window.activateWindow()
        qtbot.waitUntil(lambda: window.selection.number is not None, timeout=10_000)
        for _ in range(presses):
            qtbot.keyClick(window, Qt.Key.Key_Plus, CTRL)
        return window

    yield make
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL)


@pytest.mark.parametrize("presses", [0, 3, 5, 6])
def test_no_line_above_the_table_is_cut(enlarged, qtbot, presses):
    window = enlarged(presses)
    table = window.findChild(QWidget, "weight_table")
    qtbot.waitUntil(table.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    view = window.findChild(QWidget, "weight_view")
    bar = window.findChild(QWidget, "change_bar")
    qtbot.waitUntil(bar.isVisible)

    def cut():
        parts = [
            w
            for w in view.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if w.isVisible() and not w.isAncestorOf(table)
        ]
        wanted = {
            w: w.heightForWidth(w.width())
            if w.hasHeightForWidth()
            else w.minimumSizeHint().height()
            for w in parts
        }
        return [w.objectName() for w in parts if w.height() < wanted[w]]

    qtbot.waitUntil(lambda: cut() == [])
    assert table.height() >= 64
