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


def focusable(window):
    """Return what Tab can reach in ``window`` as it is shown."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and not widget.visibleRegion().isEmpty()
        and widget.focusProxy() is None
    ]


def looking_the_same(window, widgets):
    """Return those of ``widgets`` that do not show whether they have the focus."""
    elsewhere = QWidget(window)
    elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    elsewhere.show()
    same = []
    for widget in widgets:
        elsewhere.setFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert QApplication.focusWidget() is widget
        if widget.grab().toImage() == before:
            same.append(f"{type(widget).__name__} {widget.objectName()}")
    return same


def test_everything_that_takes_the_focus_looks_different_with_it(shown, qtbot):
    press(qtbot, Qt.Key.Key_F6, shown)  # a person of keys
    widgets = focusable(shown)
    assert len(widgets) > 20
    assert looking_the_same(shown, widgets) == []


def test_so_does_everything_on_the_welcome_page(window, windows, examples, qtbot):
    window.activateWindow()
    windows.settings.add_recent_file(examples / "line.keras")
    window.welcome.set_recent(windows.settings.recent_files)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press(qtbot, Qt.Key.Key_Tab, window)
    widgets = focusable(window)
    assert len(widgets) >= 5
    assert looking_the_same(window, widgets) == []
