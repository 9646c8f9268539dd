"""The weight view as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.gui.theme import theme

ACROSS = Qt.Orientation.Horizontal
DOWN = Qt.Orientation.Vertical
KERNEL = "dense_1/kernel"


def test_a_dense_kernel_says_what_its_rows_and_columns_are(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    assert hand.text("weight_title") == "dense_1 / kernel"
    assert hand.text("weight_facts").startswith("8 inputs × 5 units · float32 · 40 parameters")
    assert hand.text("weight_expression").startswith("model.get_weights()[0]")
    assert "y = x @ kernel + bias" in hand.text("weight_answer")
    assert hand.header(3, DOWN) == "input 3"
    assert hand.header(2, ACROSS) == "unit 2"


def test_the_bias_stands_under_its_units(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    bias = dense_document.read("dense_1/bias")
    assert hand.table.model().rowCount() == 9
    assert hand.header(8, DOWN) == "+ bias"
    assert [np.float32(hand.cell_text(8, unit)) for unit in range(5)] == bias.tolist()


def test_a_bias_says_whose_it_is(open_view, dense_document):
    hand = open_view(dense_document, "dense_1/bias")
    assert hand.text("weight_answer").startswith("[1] = bias of dense_1 (5,): one number per unit")


def test_the_textbook_orientation_turns_the_view_and_not_the_file(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    before = hand.cell_text(3, 2)
    hand.press("orientation_textbook")
    assert hand.cell_text(2, 3) == before
    assert hand.header(2, DOWN) == "unit 2"
    assert hand.header(8, ACROSS) == "+ bias"
    assert not dense_document.is_modified
    assert hand.view.findChild(object, "view_only").isVisible()


def test_turning_the_view_and_transposing_the_numbers_are_told_apart_in_words(
    open_view, dense_document
):
    hand = open_view(dense_document, KERNEL)
    turn = hand.view.findChild(QToolButton, "orientation_textbook")
    transpose = hand.view.findChild(QAction, "transpose")
    assert "only the view is turned" in turn.toolTip()
    assert "the file's numbers" in transpose.toolTip()
    assert "the switch only turns" in transpose.toolTip()
    hand.press("orientation_textbook")
    assert hand.text("view_only") == "only the view is turned, not the file"


def test_typing_changes_a_cell_and_undo_takes_it_back(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    before = hand.cell_text(5, 1)
    hand.type_into(5, 1, "0.9")
    assert dense_document.read(KERNEL, (5, 1)) == np.float32(0.9)
    assert hand.cell_text(5, 1) == "0.9"
    assert hand.text("weight_edited") == "one cell edited"
    dense_document.undo()
    assert hand.cell_text(5, 1) == before
    assert hand.text("weight_edited") == ""


def test_what_was_stored_is_told_where_it_differs_from_what_was_typed(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.type_into(5, 1, "0.9")
    assert any("stored as 0.899999976" in words for words in hand.words)


@pytest.mark.parametrize("text", ["abc", "1e99", "--2"])
def test_what_is_refused_says_why_and_changes_nothing(open_view, dense_document, text):
    hand = open_view(dense_document, KERNEL)
    before = hand.cell_text(0, 0)
    hand.type_into(0, 0, text)
    assert len(hand.refusals) == 1
    assert hand.cell_text(0, 0) == before
    assert not dense_document.is_modified


def test_a_bias_is_edited_under_its_unit(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.type_into(8, 2, "1.5")
    assert dense_document.read("dense_1/bias", (2,)) == 1.5
    assert hand.text("weight_title") == "dense_1 / kernel"


def test_delete_sets_the_selected_cells_to_zero_in_one_step(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(1, 1)
    hand.click_cell(2, 2, Qt.KeyboardModifier.ShiftModifier)
    hand.key(Qt.Key.Key_Delete)
    assert not dense_document.read(KERNEL, (slice(1, 3), slice(1, 3))).any()
    assert np.count_nonzero(dense_document.read(KERNEL)) == 36
    dense_document.undo()
    assert not dense_document.is_modified


def test_copy_and_paste_move_a_block_without_losing_a_bit(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    source = dense_document.read(KERNEL, (slice(0, 2), slice(0, 3)))
    hand.click_cell(0, 0)
    hand.click_cell(1, 2, Qt.KeyboardModifier.ShiftModifier)
    hand.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    hand.click_cell(4, 1)
    hand.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    target = dense_document.read(KERNEL, (slice(4, 6), slice(1, 4)))
    assert target.tobytes() == source.tobytes()
    dense_document.undo()
    assert not dense_document.is_modified


def test_a_block_that_reaches_the_bias_is_one_edit(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText("1\t2\n3\t4\n")
    hand.click_cell(7, 0)
    hand.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dense_document.read(KERNEL, (7, slice(0, 2))).tolist() == [1, 2]
    assert dense_document.read("dense_1/bias", (slice(0, 2),)).tolist() == [3, 4]
    dense_document.undo()
    assert not dense_document.is_modified


def test_a_block_that_does_not_fit_is_refused(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText("1\t2\n3\t4\n")
    hand.click_cell(8, 4)
    hand.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "2 rows and 2 columns" in hand.refusals[0]
    assert not dense_document.is_modified


def test_a_single_number_fills_the_selected_cells(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText("7")
    hand.click_cell(0, 0)
    hand.view.select_all()
    hand.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (dense_document.read(KERNEL) == 7).all()
    assert (dense_document.read("dense_1/bias") == 7).all()


def test_in_the_textbook_orientation_a_block_is_pasted_as_it_is_seen(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.press("orientation_textbook")
    QGuiApplication.clipboard().setText("1\t2\t3\n4\t5\t6\n")
    hand.click_cell(1, 6)
    hand.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dense_document.read(KERNEL, (slice(6, 8), slice(1, 3))).tolist() == [[1, 4], [2, 5]]
    assert dense_document.read("dense_1/bias", (slice(1, 3),)).tolist() == [3, 6]


def test_a_click_in_the_image_goes_to_the_cell_of_the_table(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_image(KERNEL, (6, 3))
    current = hand.table.currentIndex()
    assert (current.row(), current.column()) == (6, 3)
    assert hand.selection.cell == (6, 3)


def test_a_click_on_the_bias_in_the_image_goes_to_it(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_image("dense_1/bias", (2,))
    assert (hand.selection.weight_path, hand.selection.cell) == ("dense_1/bias", (2,))
    assert hand.table.currentIndex().row() == 8
    assert hand.text("weight_title") == "dense_1 / kernel"


def test_an_arrow_key_in_the_table_moves_the_selection(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(2, 2)
    hand.key(Qt.Key.Key_Down)
    assert hand.selection.cell == (3, 2)
    assert any(words.startswith("input 3, unit 2: ") for words in hand.words)


def test_an_arrow_key_in_the_image_moves_the_selection(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.click_image(KERNEL, (2, 2))
    qtbot.keyClick(hand.image, Qt.Key.Key_Right)
    assert hand.selection.cell == (2, 3)


def test_a_cell_chosen_elsewhere_is_shown(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.selection.select_cell(KERNEL, (4, 4))
    assert hand.table.currentIndex().row() == 4


def test_a_bias_term_chosen_elsewhere_stays_with_its_kernel(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.selection.select_cell("dense_1/bias", (3,))
    qtbot.wait(20)
    assert hand.text("weight_title") == "dense_1 / kernel"
    assert hand.table.currentIndex().row() == 8


def test_a_bias_chosen_in_the_tree_is_shown_alone(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.selection.select_weight("dense_1/bias")
    qtbot.waitUntil(lambda: hand.text("weight_title") == "dense_1 / bias")


def test_the_pointer_over_the_image_is_told_to_all(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    with qtbot.waitSignal(hand.selection.hover_changed) as heard:
        rect = hand.image.cell_rect(KERNEL, (1, 4))
        qtbot.mouseMove(hand.image, rect.center().toPoint())
    assert heard.args == [KERNEL, (1, 4)]


def test_switches_choose_table_image_or_both(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.press("shown_as_image")
    assert (hand.table.isVisible(), hand.image.isVisible()) == (False, True)
    hand.press("shown_as_table")
    assert (hand.table.isVisible(), hand.image.isVisible()) == (True, False)
    hand.press("shown_as_both")
    assert (hand.table.isVisible(), hand.image.isVisible()) == (True, True)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("fixed", ["-0.250", "0.317", "0.000"]),
        ("full", ["-0.25", "0.31680015", "1e-35"]),
        ("scientific", ["-2.500e-01", "3.168e-01", "1.000e-35"]),
        ("auto", ["-0.25", "0.3168", "1e-35"]),
    ],
)
def test_the_notation_is_the_one_chosen(open_view, dense_document, key, expected):
    for column, number in enumerate((-0.25, 0.31680015, 1e-35)):
        dense_document.set_values(KERNEL, (0, column), number)
    hand = open_view(dense_document, KERNEL)
    hand.press(f"notation_{key}")
    assert [hand.shown(0, column) for column in range(3)] == expected


def test_a_weight_opens_in_few_digits_and_the_rest_is_at_hand(open_view, dense_document, qtbot):
    dense_document.set_values(KERNEL, (3, 2), 0.298946023)
    hand = open_view(dense_document, KERNEL)
    assert hand.shown(3, 2) == "0.2989"
    index = hand.table.model().index(3, 2)
    assert index.data(Qt.ItemDataRole.ToolTipRole).startswith("input 3, unit 2: 0.29894602\n")
    hand.click_cell(3, 2)
    assert hand.words[-1].startswith("input 3, unit 2: 0.298946023")
    hand.view.copy()
    assert QGuiApplication.clipboard().text() == "0.29894602"
    qtbot.keyClick(hand.table, Qt.Key.Key_F2)
    assert hand.table.findChild(QLineEdit, "cell_editor").text() == "0.29894602"


def test_one_large_number_does_not_take_the_digits_of_the_others(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    before = hand.shown(3, 2)
    width = hand.table.columnWidth(0)
    hand.type_into(0, 0, "-123456.7")
    assert hand.shown(3, 2) == before
    assert hand.shown(0, 0) == "-123456.7"
    assert hand.table.columnWidth(0) > width


def test_points_stand_under_one_another(open_view, dense_document):
    dense_document.set_values(KERNEL, None, 1.23456)
    dense_document.set_values(KERNEL, (1, 0), -87.23456)
    dense_document.set_values(KERNEL, (2, 0), 7)
    hand = open_view(dense_document, KERNEL)
    assert [hand.shown(row, 0) for row in (0, 1, 2)] == ["1.235", "-87.235", "7"]
    decimals = hand.table.fontMetrics().horizontalAdvance("235")

    def end_of(row):
        rect = hand.cell_rect(row, 0)
        rect.setLeft(rect.right() - decimals)
        return hand.table.viewport().grab(rect.adjusted(0, 1, -1, -6)).toImage()

    dense_document.saved_to(MemoryStorage(stored(dense_document)), dense_document.snapshot())
    assert end_of(0) == end_of(1)
    ground = end_of(2).pixelColor(0, 0)
    blank = end_of(2)
    assert all(
        blank.pixelColor(x, y) == ground
        for x in range(blank.width())
        for y in range(blank.height())
    )


def stored(document):
    return {weight.path: document.read(weight) for weight in document.model.weights}


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_number_that_is_cut_off_is_not_written(open_view, make_dense_document, side):
    hand = open_view(make_dense_document((6, 60)), KERNEL, (700, 500))
    hand.press("shown_as_table")
    table, bar = hand.table, hand.table.horizontalScrollBar()
    half = table.columnWidth(0) // 2
    place = table.columnViewportPosition(20) + half
    bar.setValue(bar.value() + place - (0 if side == "left" else table.viewport().width()))
    shown = table.visualRect(table.model().index(2, 20))
    cut = shown.intersected(table.viewport().rect())
    assert 12 < cut.width() < shown.width() - 12
    image = table.viewport().grab(cut.adjusted(2, 0, -2, -6)).toImage()
    ground = image.pixelColor(0, 1)
    rows = [
        y
        for y in range(2, image.height())
        if any(image.pixelColor(x, y) != ground for x in range(image.width()))
    ]
    assert rows, "an ellipsis stands there"
    assert max(rows) - min(rows) <= 3, "digits are higher than the dots of an ellipsis"


@pytest.mark.parametrize("name", ["dense_1/kernel"])
def test_all_five_columns_fit_a_narrow_window(open_view, dense_document, name):
    hand = open_view(dense_document, name, (598, 480))
    bar = hand.table.horizontalScrollBar()
    assert bar.maximum() == bar.minimum()
    assert hand.image.isVisible()
    assert hand.image.cell_rect(name, (0, 0)).width() >= 8


def test_a_small_kernel_takes_little_height(open_view, make_dense_document):
    document = make_dense_document((1, 16))
    hand = open_view(document, KERNEL)
    assert hand.view.maximumHeight() < 300


def test_a_bias_out_of_sight_is_pinned_to_the_edge(open_view, make_dense_document):
    document = make_dense_document((200, 4))
    hand = open_view(document, KERNEL)
    pinned = hand.view.findChild(object, "pinned_bias")
    assert pinned.isVisible()
    hand.table.scrollToBottom()
    assert not pinned.isVisible()


def test_a_selected_block_is_described(open_view, dense_document):
    dense_document.set_values(KERNEL, None, 0.5)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.click_cell(1, 1, Qt.KeyboardModifier.ShiftModifier)
    assert hand.words[-1].startswith("4 cells: sum 2, mean 0.5")


def test_the_facts_count_again_after_saving(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.type_into(0, 0, "2")
    dense_document.saved_to(MemoryStorage(stored(dense_document)), dense_document.snapshot())
    assert hand.text("weight_edited") == ""


def test_a_file_that_cannot_be_read_is_told_once(open_view, dense_document):
    from weightview.core.errors import FileChangedError

    class Gone(MemoryStorage):
        def read(self, weight, region):
            raise FileChangedError("model.keras", "the file was changed by another program.")

    document = Document(dense_document.model, Gone({}))
    hand = open_view(document, KERNEL)
    told = []
    hand.view.unreadable.connect(told.append)
    hand.view.set_document(document)
    hand.view.grab()
    assert "changed by another program" in told[0]
    assert len(told) == 1
    assert hand.refusals == []


@pytest.mark.parametrize("width", [420, 500, 620, 800])
def test_typing_and_opened_lines_move_no_cell(open_view, dense_document, width):
    hand = open_view(dense_document, KERNEL)
    hand.view.resize(width, 500)
    place = hand.table.mapTo(hand.view, QPoint(0, 0))
    hand.type_into(0, 0, "nan")
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    header = hand.table.column_header
    place_of_head = QPoint(header.sectionViewportPosition(0) + 20, 8)
    hand.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place_of_head)
    hand.qtbot.mouseDClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place_of_head)
    QApplication.processEvents()
    assert hand.text("weight_edited") == "one cell edited"
    for line in ("find_bar", "order_bar"):
        assert hand.view.findChild(QWidget, line).isVisible()
    assert hand.table.mapTo(hand.view, QPoint(0, 0)) == place


def test_without_a_document_nothing_is_shown(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.view.set_document(None)
    assert not hand.table.isVisible()
    assert hand.view.findChild(object, "no_weight").isVisible()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_both_themes_paint(open_view, dense_document, choice):
    hand = open_view(dense_document, KERNEL)
    theme().choose(choice)
    pixel = hand.table.grab().toImage().pixelColor(2, 2)
    assert (pixel.lightness() < 128) == (choice == "dark")


def test_a_drag_with_alt_changes_a_number_live_in_one_step(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    heard = []
    before = float(dense_document.read(KERNEL, (2, 1)))
    rect = hand.cell_rect(2, 1)
    dense_document.values_changed.connect(heard.append)
    alt, left = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.LeftButton
    view, start = hand.table.viewport(), rect.center()
    qtbot.mousePress(view, left, alt, start)
    for distance in (5, 10, 20):
        qtbot.mouseMove(view, start + QPoint(distance, 0))
    qtbot.mouseRelease(view, left, alt, start + QPoint(20, 0))
    assert float(dense_document.read(KERNEL, (2, 1))) > before
    assert len(heard) >= 2
    dense_document.undo()
    assert not dense_document.is_modified


def test_no_piece_covers_another_in_either_orientation(open_view, dense_document):
    for key in ("stored", "textbook"):
        hand = open_view(dense_document, KERNEL)
        hand.press(f"orientation_{key}")
        bias = hand.image.cell_rect("dense_1/bias", (4,)).translated(hand.image.pos())
        bar = hand.view.findChild(object, "color_bar").geometry()
        assert not bias.toAlignedRect().intersects(bar)
        assert not hand.table.geometry().intersects(bar)


def test_an_edited_cell_is_marked_in_the_image(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    value = float(dense_document.read(KERNEL, (2, 2)))
    before = hand.image.grab().toImage()
    dense_document.set_values(KERNEL, (2, 2), np.nextafter(np.float32(value), np.float32(9)))
    after = hand.image.grab().toImage()
    cell = hand.image.cell_rect(KERNEL, (2, 2)).toAlignedRect()
    changed = {
        (x, y)
        for x in range(after.width())
        for y in range(after.height())
        if before.pixelColor(x, y) != after.pixelColor(x, y)
    }
    assert changed
    assert all(cell.contains(x, y) for x, y in changed)
