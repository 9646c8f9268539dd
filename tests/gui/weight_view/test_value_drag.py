"""Dragging on a cell changes its number live, as a hand does it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from weightview.gui.weight_view.value_drag import step_for

KERNEL = "dense_1/kernel"
LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


class Drag:
    """A hand that takes hold of a cell's handle (or with Alt of the cell) and moves."""

    def __init__(self, hand, row, column, modifier=NONE, *, grid=None):
        self.hand, self.grid = hand, grid or hand.table
        rect = self.grid.visualRect(self.grid.model().index(row, column))
        start = rect.center() if modifier == ALT else QPoint(rect.left() + 3, rect.center().y())
        self.at = start
        hand.qtbot.mousePress(self.grid.viewport(), LEFT, modifier, start)

    def by(self, pixels, modifier=NONE, up=0):
        from PySide6.QtGui import QMouseEvent

        self.at += QPoint(pixels, -up)
        viewport = self.grid.viewport()
        place = viewport.mapToGlobal(self.at)
        kind = QEvent.Type.MouseMove
        event = QMouseEvent(kind, self.at, place, Qt.MouseButton.NoButton, LEFT, modifier)
        QApplication.sendEvent(viewport, event)

    def release(self):
        self.hand.qtbot.mouseRelease(self.grid.viewport(), LEFT, NONE, self.at)


@pytest.fixture
def hand(open_view, dense_document):
    dense_document.set_values(KERNEL, (2, 1), 0.25, label="Begin")
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(2, 1)
    return hand


def number(document):
    return float(document.read(KERNEL, (2, 1)))


@pytest.mark.parametrize("modifier", [NONE, ALT])
def test_the_number_follows_the_hand_and_is_one_step(hand, dense_document, modifier):
    seen = []
    dense_document.values_changed.connect(follow := lambda _: seen.append(number(dense_document)))
    drag = Drag(hand, 2, 1, modifier)
    drag.by(10)
    drag.by(30)
    drag.by(-5)
    drag.release()
    assert seen == pytest.approx([0.26, 0.29, 0.285])
    assert hand.cell_text(2, 1).startswith("0.285")
    assert dense_document.history.position == 2
    dense_document.undo()
    assert number(dense_document) == 0.25
    del follow


def test_shift_moves_finer_without_a_jump(hand, dense_document):
    drag = Drag(hand, 2, 1)
    drag.by(10)
    drag.by(10, SHIFT)
    assert number(dense_document) == pytest.approx(0.261)
    drag.by(10)
    assert number(dense_document) == pytest.approx(0.271)
    drag.release()


def test_escape_takes_the_number_back_and_ends_the_drag(hand, dense_document, qtbot):
    drag = Drag(hand, 2, 1)
    drag.by(50)
    assert number(dense_document) == pytest.approx(0.3)
    qtbot.keyClick(hand.table, Qt.Key.Key_Escape)
    assert number(dense_document) == 0.25
    drag.by(50)
    drag.release()
    assert number(dense_document) == 0.25
    assert dense_document.history.position == 1


def test_going_back_to_where_the_drag_began_gives_the_number_itself(hand, dense_document):
    odd = np.float32(0.1234567)
    dense_document.set_values(KERNEL, (2, 1), odd)
    drag = Drag(hand, 2, 1)
    drag.by(7)
    drag.by(-7)
    drag.release()
    assert np.float32(number(dense_document)) == odd


@pytest.mark.parametrize(("up", "becomes"), [(10, 0.26), (-30, 0.22)])
def test_up_is_more_and_down_is_less(hand, dense_document, up, becomes):
    drag = Drag(hand, 2, 1)
    drag.by(0, up=up)
    drag.release()
    assert number(dense_document) == pytest.approx(becomes)


@pytest.mark.parametrize("steps", [(), ((0, 0),), ((5, -5),), ((9, 0), (-9, 0))])
def test_a_drag_that_changes_nothing_is_no_edit(hand, dense_document, steps):
    drag = Drag(hand, 2, 1)
    for pixels, up in steps:
        drag.by(pixels, up=up)
    drag.release()
    assert dense_document.history.position == 1
    assert number(dense_document) == 0.25


def test_a_drag_that_changes_nothing_leaves_redo_as_it_was(hand, dense_document):
    dense_document.set_values(KERNEL, (0, 0), 1.0)
    dense_document.undo()
    drag = Drag(hand, 2, 1)
    drag.by(4, up=-4)
    drag.release()
    assert dense_document.history.can_redo


def test_two_drags_are_two_steps(hand, dense_document):
    for _ in range(2):
        drag = Drag(hand, 2, 1)
        drag.by(10)
        drag.release()
    assert dense_document.history.position == 3


def test_a_drag_elsewhere_in_the_cell_selects_and_changes_nothing(hand, dense_document):
    rect = hand.cell_rect(2, 1)
    hand.qtbot.mousePress(hand.table.viewport(), LEFT, NONE, rect.center())
    hand.qtbot.mouseMove(hand.table.viewport(), hand.cell_rect(4, 3).center())
    hand.qtbot.mouseRelease(hand.table.viewport(), LEFT, NONE, hand.cell_rect(4, 3).center())
    assert dense_document.history.position == 1


def test_cursor_and_tooltip_tell_of_the_handle(hand, qtbot):
    viewport = hand.table.viewport()
    rect = hand.cell_rect(2, 1)
    grip, middle = QPoint(rect.left() + 3, rect.center().y()), rect.center()
    qtbot.mouseMove(viewport, middle)
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert "drag its left edge" in hand.table.model().index(2, 1).data(Qt.ItemDataRole.ToolTipRole)
    qtbot.mouseMove(viewport, grip)
    assert viewport.cursor().shape() == Qt.CursorShape.SizeAllCursor
    event = QHelpEvent(QEvent.Type.ToolTip, grip, viewport.mapToGlobal(grip))
    QApplication.sendEvent(viewport, event)
    assert "Drag" in QToolTip.text()
    assert "Escape" in QToolTip.text()
    QToolTip.hideText()


def test_a_pinned_bias_can_be_dragged_too(open_view, make_dense_document):
    document = make_dense_document((60, 4, 2))
    hand = open_view(document, KERNEL, size=(700, 300))
    pinned = hand.view.findChild(object, "pinned_bias")
    assert pinned.isVisible()
    document.set_values("dense_1/bias", (2,), 0.5)
    drag = Drag(hand, 60, 2, ALT, grid=pinned)
    drag.by(100)
    drag.release()
    assert float(document.read("dense_1/bias", (2,))) == pytest.approx(0.6)
    assert document.history.position == 2
    drag = Drag(hand, 60, 2, ALT, grid=pinned)
    drag.by(100)
    hand.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert float(document.read("dense_1/bias", (2,))) == pytest.approx(0.6)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_finite_number_is_not_dragged(open_view, dense_document, value):
    dense_document.set_values(KERNEL, (2, 1), value)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(2, 1)
    drag = Drag(hand, 2, 1, ALT)
    drag.by(10)
    drag.release()
    assert dense_document.history.position == 1


def test_whole_numbers_are_not_dragged(open_view, make_document):
    array = np.arange(6).reshape(2, 3)
    document = make_document("Other", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, "layer/kernel")
    hand.click_cell(0, 1)
    drag = Drag(hand, 0, 1)
    drag.by(30)
    drag.release()
    assert not document.is_modified


@given(st.floats(1e-30, 1e30), st.sampled_from([-1.0, 1.0]))
def test_a_pixel_is_a_hundredth_of_the_numbers_power_of_ten(size, sign):
    step = step_for(sign * size, size)
    assert size / 1001 < step <= size / 99.9


def test_a_zero_moves_as_its_neighbours_would():
    assert step_for(0.0, 0.7) == pytest.approx(0.001)
    assert step_for(1e-9, 0.7) == pytest.approx(0.001)
    assert step_for(0.0, 0.0) == pytest.approx(0.01)
