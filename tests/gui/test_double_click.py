"""A double-click where a click is enough does nothing more than that click."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QTableView

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1200, 760)
    window.set_document(dense_document)
    return window


def click(window, place):
    """Click as the window system tells it: whatever stands at the place hears of it."""
    QTest.mouseClick(window.windowHandle(), LEFT, NO_KEYS, place, 20)


def test_the_second_click_on_a_row_of_the_overview_falls_on_nothing(shown, qtbot):
    shown.commands.actions["overview"].trigger()
    table = shown.findChild(QTableView, "overview_table")
    qtbot.waitUntil(lambda: table.isVisible() and table.model().rowCount() == 8)
    row = table.visualRect(table.model().index(3, 0)).center()
    place = table.viewport().mapTo(shown, row)
    click(shown, place)
    assert shown.selection.weight_path == "dense_2/bias"
    beneath = shown.workspace.weight_view.findChild(QTableView, "weight_table").viewport()
    heard = []
    shown.selection.cell_changed.connect(lambda *told: heard.append(told))
    target = beneath.mapTo(shown, QPoint(120, 8))
    click(shown, target)
    assert heard == []
    click(shown, target)
    assert heard, "the next click is the person's"


def test_the_second_click_on_a_result_of_the_search_falls_on_nothing(shown, qtbot):
    qtbot.keyClicks(shown.search, "dense_4 bias")
    results = shown.findChild(QListWidget, "search_results")
    row = results.visualItemRect(results.item(0)).center()
    qtbot.mouseClick(results.viewport(), LEFT, NO_KEYS, row)
    assert shown.selection.weight_path == "dense_4/bias"
    heard = []
    shown.selection.cell_changed.connect(lambda *told: heard.append(told))
    beneath = shown.workspace.weight_view.findChild(QTableView, "weight_table").viewport()
    target = beneath.mapTo(shown, QPoint(20, 8))
    click(shown, target)
    assert heard == []
    click(shown, target)
    assert heard
