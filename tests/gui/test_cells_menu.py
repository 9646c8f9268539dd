"""Edit > Cells: the commands on the cells, with keys that work wherever the focus is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from weightview.gui.key_list import sections_of

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1272, 760)
    window.set_document(dense_document)
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.waitUntil(window.findChild(QWidget, "weight_table").isVisible)
    return window


def open_menu(window, qtbot):
    """Open Edit > Cells and return it."""
    menu = window.findChild(QMenu, "cells_bar_menu")
    menu.popup(QPoint(80, 80))
    qtbot.waitUntil(menu.isVisible)
    return menu


def entry(window, name):
    return window.findChild(QAction, name)


def click_cell(qtbot, window, row, column, modifier=Qt.KeyboardModifier.NoModifier):
    table = window.findChild(QWidget, "weight_table")
    place = table.visualRect(table.model().index(row, column)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_the_edit_menu_has_the_cells_commands_with_their_keys(shown):
    edit = shown.menuBar().findChild(QMenu, "edit_menu")
    inside = next(a.menu() for a in edit.actions() if a.text() == "C&ells")
    keys = {a.text(): a.shortcut().toString() for a in inside.actions() if a.text()}
    assert keys["Go to Cell …"] == "Ctrl+G"
    assert keys["Change Cells …"] == "Ctrl+E"
    assert {"Import Numbers …", "Swap Units", "Names", "Re-initialise …"} <= keys.keys()
    assert not {"Copy\tCtrl+C", "Paste\tCtrl+V", "Clear\tDel"} & keys.keys()


@pytest.mark.parametrize("focused", ["layer_view", "output_rows", "weight_table"])
@pytest.mark.parametrize(
    ("key", "modifier", "bar"),
    [
        (Qt.Key.Key_G, CTRL, "find_field"),
        (Qt.Key.Key_E, CTRL, "change_operation"),
        (Qt.Key.Key_F, CTRL_SHIFT, "find_next"),
    ],
)
def test_their_keys_work_wherever_the_focus_is(shown, qtbot, focused, key, modifier, bar):
    view = shown.findChild(QWidget, focused)
    qtbot.waitUntil(view.isVisible, timeout=10_000)
    view.setFocus()
    qtbot.keyClick(view, key, modifier)
    qtbot.waitUntil(shown.findChild(QWidget, bar).isVisible)


def test_while_another_page_is_shown_the_keys_do_nothing(shown, qtbot):
    qtbot.keyClick(shown, Qt.Key.Key_O, CTRL_SHIFT)
    table = shown.findChild(QWidget, "weight_table")
    qtbot.waitUntil(lambda: not table.isVisible())
    assert not entry(shown, "find_cell").isEnabled()
    menu = open_menu(shown, qtbot)
    menu.close()
    assert not entry(shown, "find_cell").isEnabled()
    qtbot.keyClick(shown, Qt.Key.Key_O, CTRL_SHIFT)
    qtbot.waitUntil(table.isVisible)
    assert entry(shown, "find_cell").isEnabled()


def test_what_cannot_be_done_is_grey_and_says_why(shown, qtbot):
    menu = open_menu(shown, qtbot)
    grey = {a.objectName(): a.toolTip() for a in menu.actions() if not a.isEnabled()}
    assert grey["transpose"].startswith("Only a square matrix")
    assert grey["swap_units"].startswith("Select cells")
    assert grey["original_order"] == "The table is not sorted."
    assert "find_cell" not in grey
    menu.close()
    assert entry(shown, "swap_units").isEnabled()
    assert "output stays" in entry(shown, "swap_units").toolTip()


def test_a_command_is_chosen_from_it(shown, qtbot):
    click_cell(qtbot, shown, 3, 2)
    menu = open_menu(shown, qtbot)
    menu.setActiveAction(entry(shown, "cells_fetching"))
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "model.get_weights()[0][3, 2]"


def test_two_units_that_are_selected_can_be_swapped(shown, qtbot):
    click_cell(qtbot, shown, 0, 1)
    click_cell(qtbot, shown, 0, 3, Qt.KeyboardModifier.ShiftModifier)
    menu = open_menu(shown, qtbot)
    assert entry(shown, "swap_units").isEnabled()
    menu.setActiveAction(entry(shown, "swap_units"))
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert shown.document.history.labels == ("Swap units 1 and 3 of dense_1",)


def test_the_list_of_keys_has_each_of_them_once(shown):
    lines = [line for section in sections_of(shown) for line in section.lines]
    for name in ("Go to Cell", "Change Cells", "Copy with Names", "Undo", "Find"):
        assert [line.text for line in lines].count(name) == 1
