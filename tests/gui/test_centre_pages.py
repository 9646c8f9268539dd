"""The overview in the window: how a person gets there and back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QToolButton

from weightview.gui.selection import NumberAddress

KEYS = Qt.KeyboardModifier


@pytest.fixture
def workspace(window, qtbot, dense_document):
    window.set_document(dense_document)
    with qtbot.waitActive(window):
        window.activateWindow()
    return window.workspace


def overview_table(window):
    table = window.findChild(QTableView, "overview_table")
    assert table is not None and table.isVisible()
    return table


def press_overview(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_O, KEYS.ControlModifier | KEYS.ShiftModifier)


def test_ctrl_shift_o_shows_all_weights_and_a_click_goes_to_one(workspace, window, qtbot):
    press_overview(qtbot, window)
    table = overview_table(window)
    assert table.hasFocus()
    assert not workspace.weight_view.isVisible()
    place = table.visualRect(table.model().index(4, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.selection.weight_path == "dense_3/kernel"
    assert workspace.weight_view.isVisible()
    assert not table.isVisible()


@pytest.mark.parametrize("page", ["overview", "graph"])
@pytest.mark.parametrize("way", ["mouse", "keys"])
def test_a_link_in_the_header_leads_there_and_back(workspace, qtbot, page, way):
    link = workspace.header.findChild(QToolButton, f"{page}_link")

    def press():
        if way == "mouse":
            qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
            return
        link.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(link, Qt.Key.Key_Space)

    press()
    assert workspace.pages.page == page
    assert link.isChecked()
    press()
    assert workspace.weight_view.isVisible()
    assert not link.isChecked()


def test_the_links_show_where_one_is_however_one_came_there(workspace, window, qtbot):
    links = {
        name: workspace.header.findChild(QToolButton, f"{name}_link")
        for name in ("overview", "graph")
    }

    def lit():
        return [name for name, link in links.items() if link.isChecked()]

    assert lit() == []
    press_overview(qtbot, window)
    assert lit() == ["overview"]
    qtbot.mouseClick(links["graph"], Qt.MouseButton.LeftButton)
    assert lit() == ["graph"]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert lit() == []


def test_tab_goes_from_the_overview_link_to_the_graph_link(workspace, qtbot):
    overview = workspace.header.findChild(QToolButton, "overview_link")
    overview.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(overview, Qt.Key.Key_Tab)
    assert workspace.header.findChild(QToolButton, "graph_link").hasFocus()


@pytest.mark.parametrize("leave", ["escape", "again", "tree"])
def test_escape_the_key_again_and_a_click_in_the_tree_leave_it(workspace, window, qtbot, leave):
    press_overview(qtbot, window)
    table = overview_table(window)
    tree = workspace.tree.view
    place = tree.visualRect(tree.currentIndex()).center()
    if leave == "escape":
        qtbot.keyClick(table, Qt.Key.Key_Escape)
    elif leave == "again":
        press_overview(qtbot, window)
    else:  # the row that is selected already
        qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not table.isVisible()
    assert workspace.weight_view.isVisible()


def test_an_edit_is_told_in_the_overview_of_the_window(workspace, window, qtbot, dense_document):
    press_overview(qtbot, window)
    model = overview_table(window).model()
    dense_document.set_values("dense_1/bias", (0,), 77)
    qtbot.waitUntil(lambda: model.index(1, 4).data() == "77.0")


def test_ctrl_e_changes_cells_and_explores_only_with_shift(workspace, window, qtbot):
    table = workspace.weight_view.findChild(QTableView, "weight_table")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_E, KEYS.ControlModifier)
    qtbot.waitUntil(workspace.weight_view.findChild(object, "change_bar").isVisible)
    assert window.findChild(object, "explore_window") is None


def test_the_number_that_the_calculator_chooses_itself_does_not_leave_the_page(
    workspace, window, qtbot
):
    press_overview(qtbot, window)
    table = overview_table(window)
    window.selection.select_number(None)
    qtbot.waitUntil(lambda: workspace.calculator.trace is not None, timeout=10_000)
    window.selection.select_number(NumberAddress("dense_1", 0, "output", (2,)))
    assert table.isVisible()
    workspace.calculator.findChild(QLineEdit).setFocus()
    window.selection.select_number(NumberAddress("dense_1", 0, "output", (3,)))
    assert not table.isVisible()


def test_return_in_the_overview_gives_the_weight_the_keys_and_alt_left_comes_back(
    workspace, window, qtbot
):
    press_overview(qtbot, window)
    table = overview_table(window)
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert window.selection.weight_path == "dense_2/bias"
    focused = QApplication.focusWidget()
    assert focused is not None and focused.objectName() == "weight_table"
    qtbot.keyClick(focused, Qt.Key.Key_Left, KEYS.AltModifier)
    assert overview_table(window).currentIndex().row() == 3


def test_escape_gives_the_weight_the_keys(workspace, window, qtbot):
    press_overview(qtbot, window)
    qtbot.keyClick(overview_table(window), Qt.Key.Key_Escape)
    focused = QApplication.focusWidget()
    assert focused is not None and focused.objectName() == "weight_table"
