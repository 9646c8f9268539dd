"""Sorting the table by a line: what is seen, and that every command hits the cells seen."""

from dataclasses import replace

import ml_dtypes
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu

from weightview.core.numbers import parse_number
from weightview.gui.weight_view import sorting
from weightview.gui.weight_view.order import Order
from weightview.gui.weight_view.sheet import sheet_of
from weightview.gui.weight_view.table_model import WeightTableModel

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL, BIAS = "dense_1/kernel", "dense_1/bias"
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | SHIFT


def header_menu(hand, section, orientation):
    """Right-click a header."""
    header = hand.table.column_header
    place = QPoint(header.sectionViewportPosition(section) + 8, 8)
    if orientation == DOWN:
        header = hand.table.row_header
        place = QPoint(8, header.sectionViewportPosition(section) + 8)
    header.customContextMenuRequested.emit(place)
    return hand.table.findChild(QMenu, "header_menu")


def choose(hand, menu, name):
    action = next(action for action in menu.actions() if action.objectName() == name)
    menu.setActiveAction(action)
    hand.qtbot.keyClick(menu, Qt.Key.Key_Return)


def double_click(hand, section, orientation):
    header = hand.table.column_header if orientation == ACROSS else hand.table.row_header
    along = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    place = QPoint(along, 8) if orientation == ACROSS else QPoint(8, along)
    left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    hand.qtbot.mouseClick(header.viewport(), left, keys, place)
    hand.qtbot.mouseDClick(header.viewport(), left, keys, place)


def headings(hand, orientation, count):
    return [hand.header(section, orientation) for section in range(count)]


def numbers(hand, row_count=9, column_count=5):
    model = hand.table.model()
    edit = Qt.ItemDataRole.EditRole
    return [
        [np.float32(model.index(row, column).data(edit)) for column in range(column_count)]
        for row in range(row_count)
    ]


@pytest.fixture
def hand(open_view, dense_document):
    return open_view(dense_document, KERNEL)


# Ways in and out


def test_the_menu_of_a_column_head_sorts_the_rows_and_the_weight_is_untouched(hand, dense_document):
    dense_document.set_values(KERNEL, (2, 1), np.nan)
    before, bias = dense_document.read(KERNEL), dense_document.read(BIAS)
    choose(hand, header_menu(hand, 1, ACROSS), "sort_largest_first")
    order = np.argsort(-before[:, 1])  # NaN last
    np.testing.assert_array_equal(numbers(hand), np.vstack([before[order], bias]))
    assert headings(hand, DOWN, 9) == [*(f"input {place}" for place in order), "+ bias"]
    assert dense_document.read(KERNEL).tobytes() == before.tobytes()
    choose(hand, header_menu(hand, 1, ACROSS), "sort_smallest_first")
    order = np.argsort(before[:, 1])
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in order]
    choose(hand, header_menu(hand, 1, ACROSS), "header_original")
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in range(8)]


def test_a_row_sorts_the_columns_and_their_biases_go_along(hand, dense_document):
    kernel, bias = dense_document.read(KERNEL), dense_document.read(BIAS)
    choose(hand, header_menu(hand, 3, DOWN), "sort_largest_first")
    order = np.argsort(-kernel[3])
    np.testing.assert_array_equal(numbers(hand), np.vstack([kernel, bias])[:, order])
    assert headings(hand, ACROSS, 5) == [f"unit {place}" for place in order]


def test_the_bias_can_sort_the_units(hand, dense_document):
    choose(hand, header_menu(hand, 8, DOWN), "sort_smallest_first")
    order = np.argsort(dense_document.read(BIAS))
    assert headings(hand, ACROSS, 5) == [f"unit {place}" for place in order]


def test_a_key_sorts_turns_round_and_goes_back(hand, dense_document):
    column = dense_document.read(KERNEL)[:, 2]
    hand.click_cell(0, 2)
    hand.key(Qt.Key.Key_R, CTRL_ALT)
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in np.argsort(-column)]
    hand.key(Qt.Key.Key_R, CTRL_ALT)
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in np.argsort(column)]
    hand.key(Qt.Key.Key_R, CTRL_ALT)
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in range(8)]


def test_a_double_click_on_a_head_sorts_turns_round_and_goes_back(hand, dense_document):
    row = dense_document.read(KERNEL)[3]
    double_click(hand, 3, DOWN)
    assert headings(hand, ACROSS, 5) == [f"unit {place}" for place in np.argsort(-row)]
    double_click(hand, 3, DOWN)
    assert headings(hand, ACROSS, 5) == [f"unit {place}" for place in np.argsort(row)]
    double_click(hand, 3, DOWN)
    assert headings(hand, ACROSS, 5) == [f"unit {place}" for place in range(5)]


def test_the_menu_of_the_cells_sorts_both_ways_and_goes_back(hand, dense_document):
    hand.click_cell(3, 2)
    for name in ("sort_rows", "sort_columns"):
        hand.view.findChild(QAction, name).trigger()
    kernel = dense_document.read(KERNEL)
    rows, columns = np.argsort(-kernel[:, 2]), np.argsort(-kernel[3])
    np.testing.assert_array_equal(numbers(hand, 8), kernel[rows][:, columns])
    assert hand.text("order_words") == (
        "Rows sorted by unit 2, largest first; columns sorted by input 3, largest first"
    )
    assert hand.words[-1] == f"{hand.text('order_words')}."
    hand.press("order_original")
    assert hand.words[-1] == "Rows and columns stand as they are stored."
    np.testing.assert_array_equal(numbers(hand, 8), kernel)
    assert not hand.view.findChild(object, "order_bar").isVisible()


def test_the_two_biases_of_a_gru_stay_what_they_are_under_sorted_rows(open_view, make_document):
    rng = np.random.default_rng(6)
    arrays = {
        "kernel": rng.normal(size=(4, 6)).astype(np.float32),
        "bias": rng.normal(size=(2, 6)).astype(np.float32),
    }
    axes = {"kernel": ("input", "unit"), "bias": ("side", "unit")}
    document = make_document("GRU", arrays, axes, gates=("z", "r", "h"))
    hand = open_view(document, "layer/kernel")
    double_click(hand, 2, ACROSS)
    double_click(hand, 1, DOWN)
    units = [int(hand.table.model().address(0, column)[1][1]) for column in range(6)]
    shown = np.array(numbers(hand, 6, 6))
    assert headings(hand, DOWN, 6)[4:] == ["+ bias input", "+ bias state"]
    np.testing.assert_array_equal(shown[4:], arrays["bias"][:, units])
    hand.type_into(5, 3, "9")
    assert document.read("layer/bias", (1, units[3])) == 9


@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.bool_, ml_dtypes.bfloat16])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 1), (2, 3, 4)])
def test_every_rank_and_dtype_is_sorted_by_either_line(open_view, make_document, shape, dtype):
    array = np.random.default_rng(1).normal(size=shape, scale=9).astype(dtype)
    hand = open_view(make_document("Any", {"value": array}, {"value": ()}), "layer/value")
    for orientation in (ACROSS, DOWN):
        double_click(hand, 0, orientation)
    model = hand.table.model()
    edit = Qt.ItemDataRole.EditRole
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            text = model.index(row, column).data(edit)
            assert parse_number(text, array.dtype) == array[model.address(row, column)[1]]
    last = model.rowCount() - 1
    column = [model.value(row, 0) for row in range(last + 1)]
    if headings(hand, ACROSS, 1)[0].endswith("0"):
        assert column == sorted(column, reverse=True)
    assert hand.refusals == []


def image_colors(hand):
    picture = hand.image.grab().toImage()
    places = [(row, column) for row in range(8) for column in range(5)]
    rects = [hand.image.cell_rect(KERNEL, place) for place in places]
    return [picture.pixelColor(rect.center().toPoint()).name() for rect in rects]


def test_the_image_stays_in_the_order_that_is_stored(hand):
    before = image_colors(hand)
    double_click(hand, 3, DOWN)
    assert headings(hand, ACROSS, 5) != [f"unit {place}" for place in range(5)]
    assert image_colors(hand) == before


# The sign


def arrows(hand, orientation, count):
    from weightview.gui.weight_view.table_model import Role

    model = hand.table.model()
    return [model.headerData(section, orientation, Role.ARROW) for section in range(count)]


def test_an_arrow_stands_at_the_line_that_decides_also_where_it_moves(hand, dense_document):
    double_click(hand, 2, ACROSS)
    assert arrows(hand, ACROSS, 5) == ["", "", "▼", "", ""]
    ink = hand.table.column_header.grab().toImage()
    choose(hand, header_menu(hand, 0, DOWN), "sort_smallest_first")
    where = headings(hand, ACROSS, 5).index("unit 2")
    assert arrows(hand, ACROSS, 5)[where] == "▼"
    assert sum(map(bool, arrows(hand, ACROSS, 5))) == 1
    choose(hand, header_menu(hand, where, ACROSS), "header_original")
    assert arrows(hand, ACROSS, 5) == [""] * 5
    assert hand.table.column_header.grab().toImage() != ink


def test_an_edit_leaves_the_order_until_asked_again_and_the_sign_says_so(hand, dense_document):
    double_click(hand, 1, ACROSS)
    before = headings(hand, DOWN, 8)
    hand.type_into(0, 1, "-9")
    assert headings(hand, DOWN, 8) == before
    assert arrows(hand, ACROSS, 5)[1] == "▽"
    assert "no longer in order" in hand.text("order_words")
    assert dense_document.read(KERNEL, (int(before[0].split()[1]), 1)) == -9
    hand.press("order_again")
    assert headings(hand, DOWN, 8) == [*before[1:], before[0]]
    assert "no longer" not in hand.text("order_words")
    assert not hand.view.findChild(object, "order_again").isVisible()


def test_long_rows_and_columns_out_of_order_are_both_sorted_again(hand, monkeypatch, qtbot):
    double_click(hand, 1, ACROSS)
    double_click(hand, 3, DOWN)
    row, column = (int(hand.header(0, way).split()[1]) for way in (DOWN, ACROSS))
    hand.selection.select_cell(KERNEL, (row, 1))
    at = hand.table.currentIndex()
    hand.type_into(at.row(), at.column(), "-9")
    hand.selection.select_cell(KERNEL, (3, column))
    at = hand.table.currentIndex()
    hand.type_into(at.row(), at.column(), "-9")
    assert hand.text("order_words").count("no longer") >= 1
    monkeypatch.setattr(sorting, "_AT_ONCE", 0)  # read every line in the background
    hand.press("order_again")
    qtbot.waitUntil(lambda: "no longer" not in hand.text("order_words"))
    assert hand.header(8 - 1, DOWN) == f"input {row}"
    assert hand.header(5 - 1, ACROSS) == f"unit {column}"


def test_an_edit_taken_back_puts_the_sign_right(hand, dense_document):
    double_click(hand, 1, ACROSS)
    hand.type_into(0, 1, "-9")
    dense_document.undo()
    assert arrows(hand, ACROSS, 5)[1] == "▼"
    assert "no longer" not in hand.text("order_words")


def test_an_edit_in_another_line_leaves_the_sign(hand):
    double_click(hand, 1, ACROSS)
    hand.type_into(0, 2, "-9")
    assert arrows(hand, ACROSS, 5)[1] == "▼"


# What stays the same cell


def test_the_chosen_cell_stays_chosen_and_links_lead_to_it(hand, selection, dense_document):
    hand.click_cell(5, 3)
    double_click(hand, 1, ACROSS)
    selection.select_cell(KERNEL, (5, 3))
    place = hand.table.currentIndex()
    assert hand.table.model().address(place.row(), place.column())[1] == (5, 3)
    hand.view.findChild(QAction, "cells_link").trigger()
    assert QGuiApplication.clipboard().text().endswith("::dense_1/kernel[5,3]")
    hand.view.findChild(QAction, "original_order").trigger()
    assert (hand.table.currentIndex().row(), hand.table.currentIndex().column()) == (5, 3)


def test_a_click_in_a_sorted_table_chooses_the_cell_that_is_seen(hand, selection, dense_document):
    double_click(hand, 1, ACROSS)
    largest = int(np.argmax(dense_document.read(KERNEL)[:, 1]))
    hand.click_cell(0, 4)
    assert (selection.weight_path, selection.cell) == (KERNEL, (largest, 4))
    value = dense_document.read(KERNEL, (largest, 4))
    assert hand.words[-1].startswith(f"input {largest}, unit 4: {value:.9g}"[:20])
    rect = hand.image.cell_rect(KERNEL, (largest, 4))
    assert rect is not None


def test_colours_and_marks_of_edits_go_with_their_cells(hand, dense_document):
    dense_document.set_values(KERNEL, (6, 4), 0.125)
    model = hand.table.model()
    looks = {
        model.address(row, column)[1]: model.look(row, column)[:3]
        for row in range(8)
        for column in range(5)
    }
    double_click(hand, 1, ACROSS)
    double_click(hand, 3, DOWN)
    assert headings(hand, ACROSS, 5) != [f"unit {place}" for place in range(5)]
    for row in range(8):
        for column in range(5):
            assert model.look(row, column)[:3] == looks[model.address(row, column)[1]]


def test_the_largest_number_is_found_where_it_is_seen(hand, qtbot, dense_document):
    double_click(hand, 1, ACROSS)
    kernel = dense_document.read(KERNEL)
    hand.key(Qt.Key.Key_F, CTRL_SHIFT)
    qtbot.mouseClick(hand.view.findChild(object, "find_next"), Qt.MouseButton.LeftButton)
    current = hand.table.currentIndex()
    assert np.float32(hand.cell_text(current.row(), current.column())) == np.abs(kernel).max() or (
        np.float32(hand.cell_text(current.row(), current.column())) == kernel.max()
    )


def test_an_operation_changes_the_cells_that_are_seen_and_no_other(hand, qtbot, dense_document):
    double_click(hand, 1, ACROSS)
    before = dense_document.read(KERNEL)
    order = np.argsort(-before[:, 1])
    hand.click_cell(0, 1)
    hand.click_cell(2, 2, SHIFT)
    hand.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    kinds = hand.view.findChild(QComboBox, "change_operation")
    kinds.setCurrentIndex(kinds.findData("formula"))
    field = hand.view.findChild(QLineEdit, "change_field_0")
    field.clear()
    qtbot.keyClicks(field, "i * 10 + j")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    expected = before.copy()
    for row in order[:3]:
        expected[row, 1:3] = [row * 10 + 1, row * 10 + 2]
    assert np.array_equal(dense_document.read(KERNEL), expected)
    assert headings(hand, DOWN, 8) == [f"input {place}" for place in order]


def test_go_to_cell_means_the_weights_own_numbers(hand, qtbot, selection):
    double_click(hand, 1, ACROSS)
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    field = hand.view.findChild(QLineEdit, "find_field")
    field.setText("4, 2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert selection.cell == (4, 2)
    assert hand.header(hand.table.currentIndex().row(), DOWN) == "input 4"


def test_what_is_being_typed_goes_into_the_cell_it_was_typed_into(hand, qtbot, dense_document):
    hand.click_cell(6, 1)
    qtbot.keyClicks(hand.table, "7")
    editor = hand.table.findChild(QLineEdit, "cell_editor")
    assert editor.isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_R, CTRL_ALT)
    assert dense_document.read(KERNEL, (6, 1)) == 7
    assert np.count_nonzero(dense_document.read(KERNEL) == 7) == 1
    assert hand.header(0, DOWN) == "input 6"


def test_a_selected_block_is_described_by_the_cells_that_are_seen(hand, dense_document):
    double_click(hand, 1, ACROSS)
    order = np.argsort(-dense_document.read(KERNEL)[:, 1])
    hand.click_cell(1, 1)
    hand.click_cell(3, 2, SHIFT)
    block = dense_document.read(KERNEL)[order[1:4], 1:3].astype(float)
    assert hand.words[-1].startswith(f"6 cells: sum {block.sum():.6g}, mean {block.mean():.6g}")


def test_two_units_seen_at_the_ends_are_the_ones_swapped(hand, dense_document):
    double_click(hand, 0, DOWN)
    kernel = dense_document.read(KERNEL)
    order = np.argsort(-kernel[0])
    hand.click_cell(0, 1)
    hand.click_cell(0, 3, SHIFT)
    hand.view.findChild(QAction, "swap_units").trigger()
    expected = kernel.copy()
    expected[:, [order[1], order[3]]] = kernel[:, [order[3], order[1]]]
    assert np.array_equal(dense_document.read(KERNEL), expected)


def test_a_drag_on_a_sorted_cell_keeps_to_its_number(hand, dense_document, qtbot):
    double_click(hand, 1, ACROSS)
    before = dense_document.read(KERNEL)
    place = hand.table.model().address(7, 1)[1]
    alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
    start = hand.cell_rect(7, 1).center()
    view = hand.table.viewport()
    qtbot.mousePress(view, left, alt, start)
    for distance in (40, 90, 180):
        qtbot.mouseMove(view, start + QPoint(distance, 0))
    qtbot.mouseRelease(view, left, alt, start)
    after = dense_document.read(KERNEL)
    assert np.argwhere(before != after).tolist() == [list(place)]


def test_a_drag_lets_go_where_the_table_is_sorted_under_the_hand(hand, dense_document, qtbot):
    before = dense_document.read(KERNEL)
    alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
    start = hand.cell_rect(7, 1).center()
    view = hand.table.viewport()
    qtbot.mousePress(view, left, alt, start)
    qtbot.mouseMove(view, start + QPoint(40, 0))
    hand.view.findChild(QAction, "sort_rows").trigger()
    assert hand.header(7, DOWN) != "input 7"
    qtbot.mouseMove(view, start + QPoint(90, 0))
    qtbot.mouseRelease(view, left, alt, start)
    assert np.argwhere(before != dense_document.read(KERNEL)).tolist() == [[7, 1]]


def test_the_unit_of_the_calculation_is_marked_where_it_is_seen(hand, selection):
    from weightview.gui.selection import NumberAddress

    double_click(hand, 0, DOWN)
    selection.select_number(NumberAddress("dense_1", 0, "sum", (3,)))
    assert hand.header(hand.table.column_header.marked, ACROSS) == "unit 3"


def test_turning_keeps_the_order_and_another_weight_drops_it(hand, selection, qtbot):
    double_click(hand, 1, ACROSS)
    order = headings(hand, DOWN, 8)
    hand.press("orientation_textbook")
    assert headings(hand, ACROSS, 8) == order
    assert hand.text("order_words").startswith("Columns sorted by unit 1")
    selection.select_weight("dense_2/kernel")
    qtbot.waitUntil(lambda: hand.text("weight_title") == "dense_2 / kernel")
    assert headings(hand, ACROSS, 5) == [f"input {place}" for place in range(5)]


def test_another_slice_is_shown_as_it_is_stored(open_view, conv_document, qtbot):
    hand = open_view(conv_document, "layer/kernel")
    double_click(hand, 0, ACROSS)
    slider = hand.view.findChild(object, "axis_3_slider")
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert headings(hand, DOWN, 3) == ["height 0", "height 1", "height 2"]
    assert not hand.view.findChild(object, "order_bar").isVisible()


def test_the_lines_of_gates_are_not_drawn_between_sorted_units(open_view, lstm_document):
    hand = open_view(lstm_document, "layer/kernel")
    assert hand.table.model().look(0, 3).is_edge
    double_click(hand, 0, DOWN)
    assert not any(hand.table.model().look(0, column).is_edge for column in range(12))


def test_a_line_of_a_million_rows_is_sorted_in_the_background(open_view, make_document, qtbot):
    rng = np.random.default_rng(3)
    array = rng.normal(size=(1_000_000, 3)).astype(np.float32)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, "layer/kernel")
    double_click(hand, 2, ACROSS)
    assert hand.words[-1] == "Sorting …"
    assert hand.header(0, DOWN) == "input 0"
    largest = int(np.argmax(array[:, 2]))
    qtbot.waitUntil(lambda: hand.header(0, DOWN) == f"input {largest}", timeout=20_000)
    assert (
        np.float32(hand.table.model().index(0, 1).data(Qt.ItemDataRole.EditRole))
        == (array[largest, 1])
    )


def test_text_has_no_order_and_says_so(open_view, make_document):
    document = make_document("V", {"words": np.array([[b"a", b"b"]])}, {"words": ()})
    hand = open_view(document, "layer/words")
    double_click(hand, 0, ACROSS)
    assert "has no order" in hand.refusals[0]


def test_a_sorted_model_passes_the_model_tester(qapp, dense_document):
    model = WeightTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    weight = dense_document.weight(KERNEL)
    sheet = sheet_of(weight, dense_document.model.layer("dense_1"))
    model.show(dense_document, sheet)
    rows = Order.of(1, dense_document.read(KERNEL)[:, 1], is_descending=True)
    model.show(dense_document, replace(sheet, row_order=rows))
    columns = Order.of(2, dense_document.read(KERNEL)[2], is_descending=False)
    model.show(dense_document, replace(sheet, row_order=rows, column_order=columns))
    model.show(dense_document, replace(sheet, row_order=replace(rows, is_stale=True)))
    model.show(dense_document, sheet)
    assert model.rowCount() == 9
    del tester
