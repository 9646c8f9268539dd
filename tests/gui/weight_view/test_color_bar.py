"""The colour bar: its limits, dragged by hand."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton

from weightview.gui.theme import beyond_colors, color_of, colors
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
    assert "the colour of the caps" in bar.toolTip()


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


def fit_button(hand):
    return hand.view.findChild(QToolButton, "fit_colors")


def test_an_edit_changes_the_colour_of_its_own_cell_alone(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    before = hand.image.image.copy()
    hand.type_into(2, 1, "50")
    after = hand.image.image
    changed = {
        (row, column)
        for row in range(8)
        for column in range(5)
        if before.pixelColor(column, row) != after.pixelColor(column, row)
    }
    assert changed == {(2, 1)}
    assert after.pixelColor(1, 2) == beyond_colors()[1]


def test_a_button_fits_the_colours_where_the_numbers_left_them(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    assert not fit_button(hand).isVisible()
    hand.type_into(2, 1, "-50")
    assert fit_button(hand).isVisible()
    assert "Numbers beyond, to 50" in bar_of(hand).toolTip()
    qtbot.mouseClick(fit_button(hand), Qt.MouseButton.LeftButton)
    assert bar_of(hand).limit == 50
    assert not fit_button(hand).isVisible()
    dense_document.undo()
    assert bar_of(hand).limit == 50
    assert fit_button(hand).isVisible()
    qtbot.keyClick(bar_of(hand), Qt.Key.Key_0)
    assert bar_of(hand).limit < 1


def test_the_ends_of_the_bar_show_the_colour_of_clipped_cells(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    below, above = beyond_colors()
    before = bar.grab().toImage()
    hand.type_into(2, 1, "50")
    seen = bar.grab().toImage()
    assert before.pixelColor(6, 3) != seen.pixelColor(6, 3) == above
    assert seen.pixelColor(6, bar.bar_height - 4) == below


def test_a_weight_of_zeros_takes_the_range_of_its_first_number(open_view, make_document):
    document = make_document("Dense", {"kernel": np.zeros((3, 3), np.float32)}, {"kernel": ()})
    hand = open_view(document, "layer/kernel")
    hand.type_into(1, 1, "3")
    assert bar_of(hand).limit == 3
    hand.type_into(1, 2, "9")
    assert bar_of(hand).limit == 3


def test_a_large_weight_keeps_the_limit_of_all_its_numbers(open_view, make_document, qtbot):
    array = np.zeros((1100, 1000), np.float32)
    array[::7, ::3] = 0.5
    hand = open_view(make_document("Dense", {"kernel": array}, {"kernel": ()}), "layer/kernel")
    qtbot.waitUntil(lambda: "about" not in hand.text("weight_range"))
    assert bar_of(hand).limit == 0.5
    hand.type_into(0, 1, "80")
    qtbot.waitUntil(lambda: "80" in hand.text("weight_range"))
    assert bar_of(hand).limit == 0.5


def test_arrows_and_wheel_change_the_limit(open_view, dense_document, qtbot):
    bar = bar_of(open_view(dense_document, KERNEL))
    before = bar.limit
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    assert bar.limit > before
    qtbot.keyClick(bar, Qt.Key.Key_Down)
    assert bar.limit == pytest.approx(before)


def test_outliers_do_not_pale_the_rest(open_view, make_document):
    rng = np.random.default_rng(1)
    array = rng.uniform(-1, 1, (40, 40)).astype(np.float32)
    array[3, 4], array[5, 6] = 100, -100
    hand = open_view(make_document("Dense", {"kernel": array}, {"kernel": ()}), "layer/kernel")
    assert bar_of(hand).limit == pytest.approx(np.percentile(np.abs(array), 99), rel=0.02)
    marks = {
        (row, column)
        for row in range(40)
        for column in range(40)
        if hand.image.image.pixelColor(column, row) in beyond_colors()
    }
    assert {(3, 4), (5, 6)} <= marks
    assert marks == set(map(tuple, np.argwhere(np.abs(array) > bar_of(hand).limit)))


def test_cells_that_are_no_number_stand_out(open_view, dense_document):
    for index, value in (((0, 0), np.nan), ((1, 1), np.inf), ((2, 2), -np.inf)):
        dense_document.set_values(KERNEL, index, value)
    image = open_view(dense_document, KERNEL).image.image
    mark = QColor(colors().not_finite)
    marks = {(y, x) for y in range(8) for x in range(5) if image.pixelColor(x, y) == mark}
    assert marks == {(0, 0), (1, 1), (2, 2)}


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


@pytest.mark.parametrize("end", [-400, 0, 0.5, 1, 5])
@pytest.mark.parametrize("start", [0.05, 0.45, 0.55, 0.95])
def test_no_drag_makes_the_limit_jump_by_more_than_four_times(
    open_view, dense_document, qtbot, start, end
):
    hand = open_view(dense_document, KERNEL)
    bar = bar_of(hand)
    before = bar.limit
    drag(qtbot, bar, round(start * bar.bar_height), round(end * bar.bar_height))
    assert before / 4.1 <= bar.limit <= before * 4.1
