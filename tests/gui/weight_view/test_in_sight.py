"""A cell that is chosen elsewhere is seen, and a hand that scrolls is not overruled."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

KERNEL = "dense_2/kernel"


def is_seen(hand, row, column):
    table = hand.table
    rect = table.visualRect(table.model().index(row, column))
    area = table.viewport().rect()
    pinned = hand.view.findChild(object, "pinned_bias")
    if pinned.isVisible() and pinned.geometry().top() > 0:
        area.setBottom(area.bottom() - pinned.height())
    return area.contains(rect)


def jump(hand, qtbot):
    """Choose a cell of another weight, far from its first, and wait until it is seen."""
    hand.selection.select_cell(KERNEL, (150, 30))
    qtbot.waitUntil(lambda: hand.text("weight_title") == "dense_2 / kernel")
    qtbot.waitUntil(lambda: is_seen(hand, 150, 30))


@pytest.fixture
def hand(open_view, make_dense_document):
    return open_view(make_dense_document((4, 300, 60)), "dense_1/kernel", (700, 600))


@pytest.mark.parametrize("cell", [(150, 30), (299, 59), (0, 59), (299, 0)])
def test_the_first_jump_into_another_weight_ends_where_the_cell_is_seen(hand, qtbot, cell):
    hand.selection.select_cell(KERNEL, cell)
    qtbot.waitUntil(lambda: hand.text("weight_title") == "dense_2 / kernel")
    qtbot.waitUntil(lambda: is_seen(hand, *cell))
    hand.view.resize(700, 380)  # something below takes the room
    qtbot.waitUntil(lambda: hand.view.height() == 380 and is_seen(hand, *cell))


def test_a_jump_ends_in_the_middle(hand, qtbot):
    jump(hand, qtbot)
    place = hand.table.visualRect(hand.table.currentIndex()).center()
    middle = hand.table.viewport().rect().center()
    assert abs(place.y() - middle.y()) < hand.table.viewport().height() / 4
    assert abs(place.x() - middle.x()) < hand.table.viewport().width() / 4


def test_a_wheel_after_a_jump_is_not_taken_back(hand, qtbot):
    jump(hand, qtbot)
    at = QPointF(hand.table.viewport().rect().center())
    event = QWheelEvent(
        at,
        hand.table.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, -120 * 40),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(hand.table.viewport(), event)
    assert not is_seen(hand, 150, 30)
    hand.view.resize(720, 560)
    qtbot.wait(50)  # nothing is to come
    assert not is_seen(hand, 150, 30)


def test_a_click_on_a_cell_at_the_edge_moves_nothing(hand, qtbot):
    jump(hand, qtbot)
    table = hand.table
    row = table.rowAt(1) + 1
    column = table.columnAt(table.viewport().width() - 4)
    before = table.verticalScrollBar().value()
    place = QPoint(table.viewport().width() - 4, table.rowViewportPosition(row) + 8)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert hand.selection.cell == (row, column)
    assert table.verticalScrollBar().value() == before


def test_an_arrow_key_does_not_lead_under_the_pinned_bias(hand, qtbot):
    hand.selection.select_weight(KERNEL)
    qtbot.waitUntil(lambda: hand.text("weight_title") == "dense_2 / kernel")
    hand.click_cell(0, 0)
    for row in range(1, 40):
        hand.key(Qt.Key.Key_Down)
        assert is_seen(hand, row, 0)
