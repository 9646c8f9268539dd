"""The bias at the table's edge stays the bias, wherever the table itself goes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication


def test_coming_to_the_table_by_keys_leaves_the_bias_in_sight(window, dense_document, qtbot):
    window.resize(1272, 680)
    window.set_document(dense_document)
    window.activateWindow()
    qtbot.waitUntil(window.findChild(object, "derivation_terms").isVisible, timeout=10_000)
    pinned = window.findChild(object, "pinned_bias")
    qtbot.waitUntil(pinned.isVisible)
    bias_row = pinned.model().rowCount() - 1
    assert pinned.rowAt(pinned.viewport().height() // 2) == bias_row
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
    assert window.selection.cell == (0, 0)
    assert pinned.rowAt(pinned.viewport().height() // 2) == bias_row
