"""How numbers are written: chosen by switch and menu, and so again at the next start."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from weightview.gui.settings import Settings

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"
NUMBER = 0.123456789


@pytest.fixture
def document(dense_document):
    dense_document.set_values(KERNEL, (0, 0), NUMBER)
    return dense_document


def choose(hand, name):
    menu = hand.view.findChild(QMenu, "display_menu")
    menu.popup(QPoint(50, 50))
    menu.setActiveAction(hand.view.findChild(QAction, name))
    hand.qtbot.keyClick(menu, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("chosen", "text"), [(2, "0.12"), (4, "0.1235"), (6, "0.123457"), (8, "0.12345679")]
)
def test_auto_shows_as_many_digits_as_chosen(open_view, document, chosen, text):
    hand = open_view(document, KERNEL)
    hand.press("notation_full")
    choose(hand, f"auto_digits_{chosen}")
    assert hand.shown(0, 0) == text
    assert hand.view.findChild(object, "notation_auto").isChecked()


@pytest.mark.parametrize(
    ("switch", "entry", "text"),
    [
        ("notation_scientific", "decimals_2", "1.23e-01"),
        ("notation_fixed", "decimals_6", "0.123457"),
        ("notation_auto", "auto_digits_5", "0.12346"),
        ("notation_full", None, "0.12345679"),
    ],
)
def test_the_next_window_writes_numbers_the_same_way(open_view, document, switch, entry, text):
    hand = open_view(document, KERNEL)
    hand.press(switch)
    if entry:
        choose(hand, entry)
    assert hand.shown(0, 0) == text
    other = open_view(document, KERNEL)
    assert other.shown(0, 0) == text
    assert other.view.findChild(object, switch).isChecked()
    if entry:
        assert other.view.findChild(QAction, entry).isChecked()


def test_damaged_settings_are_no_settings(open_view, document):
    settings = Settings()
    settings.notation = "roman"
    settings.set_digits("decimals", -3)
    hand = open_view(document, KERNEL)
    assert hand.shown(0, 0) == "0.1235"
    hand.press("notation_fixed")
    assert hand.shown(0, 0) == "0.123"
