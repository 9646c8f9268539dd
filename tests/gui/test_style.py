"""The style sheet is the windows': a change of theme is quick, and reaches what belongs to them."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QWidget

from weightview.gui import style
from weightview.gui.theme import DARK, theme


@pytest.fixture
def installed(qapp):
    """Let new windows be dressed, as the program does, for this test."""
    qapp.setProperty(style._INSTALLED, True)
    theme().changed.connect(style._restyle)
    yield
    qapp.setProperty(style._INSTALLED, None)
    theme().changed.disconnect(style._restyle)


class Counter(QObject):
    """Counts how often widgets are styled anew."""

    def __init__(self, widgets):
        super().__init__()
        self.count = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched, event):  # noqa: N802 - given by Qt
        self.count += event.type() == QEvent.Type.StyleChange
        return False


@pytest.fixture
def shown(installed, window, dense_document, qtbot):
    window.set_document(dense_document)
    qtbot.waitUntil(lambda: window.workspace.calculator.trace is not None, timeout=10_000)
    return window


def test_a_change_of_theme_styles_no_widget_often(shown):
    widgets = shown.findChildren(QWidget)
    assert len(widgets) > 200
    counter = Counter(widgets)
    shown.commands.actions["theme_dark"].trigger()
    # Once by the window's sheet, and once by that of each widget around it which has its own.
    assert len(widgets) < counter.count < 6 * len(widgets)


def test_every_window_and_what_belongs_to_it_follow_the_theme(shown, windows, qapp):
    other = windows.new_window()
    shown.commands.actions["keys"].trigger()
    shown.commands.actions["theme_dark"].trigger()
    assert all(DARK.panel in window.styleSheet() for window in (shown, other))
    assert qapp.styleSheet() == ""
    field = shown.findChild(QWidget, "keys_search")
    field.ensurePolished()
    assert field.palette().base().color().name() == DARK.panel


def test_larger_text_reaches_everything_that_is_seen(shown, qtbot):
    def sizes():
        return {
            widget: widget.fontInfo().pointSizeF()
            for widget in shown.findChildren(QWidget)
            if widget.isVisible() and (isinstance(widget, QLabel) or hasattr(widget, "text"))
        }

    before = sizes()
    for _ in range(5):
        shown.commands.actions["larger"].trigger()
    qtbot.wait(50)
    after = sizes()
    same = {
        f"{type(widget).__name__} {widget.objectName()} {widget.parent().objectName()}"
        for widget in before.keys() & after.keys()
        if after[widget] < 1.3 * before[widget]
    }
    shown.commands.actions["normal"].trigger()
    assert len(before) > 20
    assert same == set()
