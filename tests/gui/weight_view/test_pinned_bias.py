"""The bias at the table's edge stays the bias, wherever the table itself goes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit


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


def test_what_is_typed_into_the_pinned_bias_stays_and_is_stored(
    open_view, make_dense_document, qtbot
):
    document = make_dense_document((60, 4, 2))
    hand = open_view(document, "dense_1/kernel", size=(700, 300))
    pinned = hand.view.findChild(object, "pinned_bias")
    place = pinned.visualRect(pinned.model().index(60, 2)).center()
    qtbot.mouseClick(pinned.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(pinned.viewport(), Qt.MouseButton.LeftButton, pos=place)
    editor = pinned.findChild(QLineEdit, "cell_editor")
    qtbot.keyClicks(editor, "1.25")
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    assert editor.text() == "1.25"
    assert hand.view.finish_typing()
    assert float(document.read("dense_1/bias", (2,))) == 1.25
