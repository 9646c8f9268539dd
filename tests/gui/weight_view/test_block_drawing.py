"""A rectangle drawn in the image is the selected block of the table, and the other way round."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

KERNEL = "dense_1/kernel"
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def place(hand, path, index):
    return hand.image.cell_rect(path, index).center().toPoint()


def drag(hand, qtbot, start, end, modifier=NONE):
    qtbot.mousePress(hand.image, LEFT, modifier, start)
    for share in (0.3, 0.7, 1):
        qtbot.mouseMove(hand.image, start + (end - start) * share)
    qtbot.mouseRelease(hand.image, LEFT, modifier, end)


def drag_cells(hand, qtbot, path, first, last, modifier=NONE):
    drag(hand, qtbot, place(hand, path, first), place(hand, path, last), modifier)


def selected(hand):
    """Return the addresses of the cells that are selected in the table."""
    indexes = hand.table.selectionModel().selectedIndexes()
    return {hand.table.model().address(i.row(), i.column())[1] for i in indexes}


def block(rows, columns):
    return {(row, column) for row in rows for column in columns}


@pytest.mark.parametrize("corners", [((1, 1), (4, 3)), ((4, 3), (1, 1)), ((4, 1), (1, 3))])
def test_a_rectangle_selects_its_cells_in_the_table(open_view, dense_document, qtbot, corners):
    hand = open_view(dense_document, KERNEL)
    drag_cells(hand, qtbot, KERNEL, *corners)
    assert selected(hand) == block(range(1, 5), range(1, 4))
    assert hand.selection.cell == corners[0]
    numbers = dense_document.read(KERNEL)[1:5, 1:4].astype(np.float64)
    assert hand.words[-1].startswith(
        f"12 cells: sum {numbers.sum():.6g}, mean {numbers.mean():.6g}"
    )


def test_a_rectangle_in_the_turned_picture_selects_the_same_cells(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.press("orientation_textbook")
    drag_cells(hand, qtbot, KERNEL, (2, 0), (5, 1))
    assert selected(hand) == block(range(2, 6), range(2))


def test_the_rectangle_stays_outlined_and_goes_with_the_next_click(
    open_view, dense_document, qtbot
):
    hand = open_view(dense_document, KERNEL)
    before = hand.image.grab().toImage()
    drag_cells(hand, qtbot, KERNEL, (1, 1), (4, 3))
    edge = hand.image.cell_rect(KERNEL, (4, 2))
    column = range(int(edge.left()), int(edge.right()))
    row = round(edge.bottom())

    def is_marked():
        seen = hand.image.grab().toImage()
        return any(seen.pixel(x, row) != before.pixel(x, row) for x in column)

    assert is_marked()
    hand.click_image(KERNEL, (0, 0))
    assert not is_marked()
    assert selected(hand) == {(0, 0)}


def test_a_drag_beyond_the_picture_ends_at_its_edge(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    start = place(hand, KERNEL, (5, 3))
    drag(hand, qtbot, start, start + QPoint(400, 400))
    assert selected(hand) == block(range(5, 8), range(3, 5))


def test_zoomed_in_a_drag_moves_and_with_shift_draws(open_view, make_dense_document, qtbot):
    hand = open_view(make_dense_document((60, 40)), KERNEL)
    hand.press("shown_as_image")
    hand.image.setFocus()
    assert hand.image.cursor().shape() == Qt.CursorShape.CrossCursor
    for _ in range(6):
        qtbot.keyClick(hand.image, Qt.Key.Key_Plus)
    assert hand.image.cursor().shape() == Qt.CursorShape.OpenHandCursor
    view = hand.image.view
    middle = hand.image.mosaic.index(*view.cell(hand.image.rect().center()))
    last = middle[0] + 2, middle[1] + 3
    drag_cells(hand, qtbot, KERNEL, middle, last, SHIFT)
    assert hand.image.view == view
    expected = block(range(middle[0], last[0] + 1), range(middle[1], last[1] + 1))
    assert selected(hand) == expected
    drag_cells(hand, qtbot, KERNEL, middle, last)
    assert hand.image.view != view
    assert selected(hand) == expected


def test_shift_and_a_click_reaches_from_the_chosen_cell(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.click_image(KERNEL, (1, 1))
    qtbot.mouseClick(hand.image, LEFT, SHIFT, place(hand, KERNEL, (3, 2)))
    assert selected(hand) == block(range(1, 4), range(1, 3))
    assert hand.selection.cell == (1, 1)


def test_shift_and_arrows_grow_and_shrink_the_rectangle(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.click_image(KERNEL, (1, 1))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(hand.image, key, SHIFT)
    assert selected(hand) == block(range(1, 3), range(1, 3))
    qtbot.keyClick(hand.image, Qt.Key.Key_Right)
    assert selected(hand) == {(1, 2)}


def test_a_rectangle_over_the_border_of_gates_holds_the_columns_of_both(
    open_view, lstm_document, qtbot
):
    hand = open_view(lstm_document, "layer/kernel")
    drag_cells(hand, qtbot, "layer/kernel", (1, 1), (3, 4))
    assert selected(hand) == block(range(1, 4), range(1, 5))


def test_a_rectangle_in_a_filter_turns_to_its_slice(open_view, conv_document, qtbot):
    hand = open_view(conv_document, "layer/kernel")
    drag_cells(hand, qtbot, "layer/kernel", (0, 0, 2, 4), (1, 1, 2, 4))
    assert selected(hand) == {(h, w, 2, 4) for h in (0, 1) for w in (0, 1)}


def test_a_drag_into_the_next_filter_stays_in_the_first(open_view, conv_document, qtbot):
    hand = open_view(conv_document, "layer/kernel")
    drag_cells(hand, qtbot, "layer/kernel", (1, 0, 2, 1), (2, 1, 3, 5))
    assert selected(hand) == {(h, w, 2, 1) for h in (1, 2) for w in (0, 1)}


def sorted_by(open_view, document, column):
    """Open the kernel with these numbers in column 0, largest first."""
    kernel = document.read(KERNEL)
    kernel[:, 0] = column
    document.set_values(KERNEL, None, kernel)
    hand = open_view(document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_R, CTRL_ALT)
    return hand, kernel


def test_rows_of_a_sorted_table_that_stand_together_are_selected(open_view, dense_document, qtbot):
    hand, kernel = sorted_by(open_view, dense_document, [5, 7, 6, 4, 3, 2, 1, 0])
    drag_cells(hand, qtbot, KERNEL, (0, 1), (2, 2))
    assert selected(hand) == block(range(3), (1, 2))
    numbers = kernel[:3, 1:3].astype(np.float64)
    assert hand.words[-1].startswith(f"6 cells: sum {numbers.sum():.6g}")


def test_rows_that_a_sorted_table_parts_are_described_and_not_mistaken(
    open_view, dense_document, qtbot
):
    hand, kernel = sorted_by(open_view, dense_document, [0, 7, 1, 6, 2, 5, 3, 4])
    drag_cells(hand, qtbot, KERNEL, (0, 1), (1, 2))
    numbers = kernel[:2, 1:3].astype(np.float64)
    assert hand.words[-1].startswith(f"4 cells: sum {numbers.sum():.6g}")
    assert "apart in the sorted table" in hand.words[-1]
    assert selected(hand) == {(0, 1)}
    hand.key(Qt.Key.Key_Delete)
    assert np.count_nonzero(dense_document.read(KERNEL) != kernel) == 1


def test_the_block_of_a_sorted_table_is_outlined_around_its_own_cells_alone(
    open_view, dense_document, qtbot
):
    hand, _ = sorted_by(open_view, dense_document, [0, 7, 1, 6, 2, 5, 3, 4])
    hand.click_cell(0, 1)
    before = hand.image.grab().toImage()
    hand.click_cell(1, 2, SHIFT)  # rows 1 and 3 of the weight
    assert selected(hand) == block((1, 3), (1, 2))
    after = hand.image.grab().toImage()
    changed = {
        (x, y)
        for x in range(after.width())
        for y in range(after.height())
        if before.pixel(x, y) != after.pixel(x, y)
    }
    inside = [
        hand.image.cell_rect(KERNEL, (r, c)).adjusted(-1, -1, 1, 1) for r in (1, 3) for c in (1, 2)
    ]
    assert all(any(rect.contains(x, y) for x, y in changed) for rect in inside)
    assert all(any(rect.contains(x, y) for rect in inside) for x, y in changed)


def test_the_block_is_told_again_when_the_pointer_has_left_the_image(
    open_view, dense_document, qtbot
):
    hand = open_view(dense_document, KERNEL)
    drag_cells(hand, qtbot, KERNEL, (1, 1), (4, 3))
    qtbot.mouseMove(hand.image, place(hand, KERNEL, (7, 0)))
    assert hand.words[-1].startswith("input 7, unit 0")
    below = hand.image.picture_rect().bottomLeft().toPoint() + QPoint(9, 4)
    qtbot.mouseMove(hand.image, below)
    assert hand.words[-1].startswith("12 cells: sum")


def test_what_a_drag_does_is_told_by_tooltip(open_view, dense_document):
    tip = open_view(dense_document, KERNEL).image.toolTip()
    assert "Drag to select cells" in tip
    assert "Shift" in tip
