"""The colour bar: its limits, dragged by hand."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from weightview.gui.theme import color_of
from weightview.gui.weight_view.color_bar import ColorBar

KERNEL = "dense_1/kernel"


def bar_of(hand):
    found = hand.view.findChild(ColorBar, "color_bar")
    assert found is not None
    return found


def drag(qtbot, bar, start, end):
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, start))
    qtbot.mouseMove(bar, QPoint(6, end))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, end))


def test_the_limit_is_the_largest_magnitude(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    assert bar_of(hand).limit == pytest.approx(np.abs(dense_document.read(KERNEL)).max())


def test_dragging_towards_the_end_makes_colours_stronger(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    before = bar.limit
    quarter = bar.height() // 4
    drag(qtbot, bar, quarter, quarter // 2)
    assert bar.limit == pytest.approx(before * 0.5 / 0.75, rel=0.05)
    assert "the same colour" in bar.toolTip()


def test_table_and_image_follow_the_limit(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    drag(qtbot, bar, bar.height() // 4, 4)
    value = float(dense_document.read(KERNEL, (0, 0)))
    expected = color_of(value, bar.limit)
    assert hand.image.image.pixelColor(0, 0) == expected
    row = hand.cell_rect(0, 0)
    seen = hand.table.viewport().grab().toImage().pixelColor(row.left() + 4, row.bottom() - 2)
    assert seen == expected


def test_an_edit_keeps_the_chosen_limit_and_a_double_click_drops_it(
    open_view, dense_document, qtbot
):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    drag(qtbot, bar, bar.height() // 4, 4)
    chosen = bar.limit
    dense_document.set_values(KERNEL, (0, 0), 7)
    assert bar.limit == chosen
    qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(6, 20))
    assert bar.limit == 7


def test_another_weight_has_its_own_limit(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    drag(qtbot, bar, bar.height() // 4, 4)
    hand.selection.select_weight("dense_2/kernel")
    largest = np.abs(dense_document.read("dense_2/kernel")).max()
    assert bar.limit == pytest.approx(largest)


@pytest.mark.parametrize("value", [1e300, 1e-300, np.inf, np.nan, 0.0])
def test_any_magnitude_is_shown(open_view, make_document, value):
    array = np.full((3, 3), value, np.float64)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, "layer/kernel")
    hand.view.grab()
    assert hand.cell_text(0, 0) != ""


def test_the_selected_block_is_outlined_in_the_image(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    before = hand.image.grab().toImage()
    hand.click_cell(1, 1)
    hand.click_cell(4, 3, Qt.KeyboardModifier.ShiftModifier)
    after = hand.image.grab().toImage()
    edge = hand.image.cell_rect(KERNEL, (4, 1))
    column = int(edge.left())
    rows = range(int(edge.top()), int(edge.bottom()))
    assert any(before.pixelColor(column, y) != after.pixelColor(column, y) for y in rows)
