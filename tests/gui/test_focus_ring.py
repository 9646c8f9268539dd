"""Whoever uses the keys sees where they go."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from weightview.gui.focus_ring import FocusRings
from weightview.gui.style import sheet


@pytest.fixture(autouse=True)
def styled(qapp):
    """Look as the program does, for this test."""
    rings = FocusRings(qapp)
    qapp.setStyleSheet(sheet())
    yield
    qapp.setStyleSheet("")
    rings.deleteLater()


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1272, 760)
    window.set_document(dense_document)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.workspace.calculator.trace is not None, timeout=10_000)
    qtbot.wait(100)
    return window


def press(qtbot, key, window):
    """Press a key as the desktop does: the window gets it, and hands it on."""
    qtbot.keyClick(window.windowHandle(), key)


def rings(window):
    return [ring for ring in window.findChildren(QWidget, "focus_ring") if ring.isVisible()]


def test_keys_show_the_ring_and_the_mouse_takes_it_away(shown, qtbot):
    press(qtbot, Qt.Key.Key_F6, shown)
    (ring,) = rings(shown)
    table = shown.findChild(QWidget, "weight_table")
    assert ring.parentWidget() is table
    assert ring.geometry() == table.rect()
    middle = table.mapTo(shown, table.rect().center())
    qtbot.mouseClick(shown.windowHandle(), Qt.MouseButton.LeftButton, pos=middle)
    assert rings(shown) == []


def test_whatever_the_mouse_gives_the_focus_has_no_ring(shown, qtbot):
    table = shown.findChild(QWidget, "weight_table")
    middle = table.mapTo(shown, table.rect().center())
    qtbot.mouseClick(shown.windowHandle(), Qt.MouseButton.LeftButton, pos=middle)
    assert table.hasFocus()
    assert rings(shown) == []


def test_a_menu_bar_that_is_used_by_keys_has_none(shown, qtbot):
    press(qtbot, Qt.Key.Key_F6, shown)
    shown.menuBar().setFocus()
    assert rings(shown) == []


def test_the_ring_is_as_large_as_what_it_surrounds(shown, qtbot):
    press(qtbot, Qt.Key.Key_F6, shown)
    shown.resize(1000, 700)
    (ring,) = rings(shown)
    qtbot.waitUntil(lambda: ring.geometry() == ring.parentWidget().rect())


def test_everything_that_takes_the_focus_looks_different_with_it(shown, qtbot):
    press(qtbot, Qt.Key.Key_F6, shown)  # a person of keys
    elsewhere = QWidget(shown)
    elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    elsewhere.show()
    same, looked_at = [], 0
    for widget in shown.findChildren(QWidget):
        takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if not takes_tab or not widget.isEnabled() or widget.visibleRegion().isEmpty():
            continue
        if widget is elsewhere or widget.focusProxy() is not None:
            continue
        elsewhere.setFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert QApplication.focusWidget() is widget
        looked_at += 1
        if widget.grab().toImage() == before:
            same.append(f"{type(widget).__name__} {widget.objectName()}")
    assert looked_at > 20
    assert same == []
