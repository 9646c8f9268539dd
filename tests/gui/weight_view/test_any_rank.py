"""Arrays of any rank: named sliders, the grid of filters, gates."""

import ml_dtypes
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QSpinBox

KERNEL = "layer/kernel"


def test_a_convolution_kernel_opens_by_its_space_with_sliders_for_the_rest(
    open_view, conv_document
):
    hand = open_view(conv_document, KERNEL)
    kernel = conv_document.read(KERNEL)
    assert hand.text("weight_facts").startswith("height 3 × width 2 × 4 inputs × 6 filters")
    assert (hand.table.model().rowCount(), hand.table.model().columnCount()) == (3, 2)
    assert np.float32(hand.cell_text(2, 1)) == kernel[2, 1, 0, 0]
    assert hand.view.findChild(QSlider, "axis_3_slider").accessibleName() == "filter"
    assert hand.text("axis_3_of") == "of 0 – 5"


def test_a_slider_steps_through_the_filters(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    slider = hand.view.findChild(QSlider, "axis_3_slider")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert np.float32(hand.cell_text(1, 1)) == conv_document.read(KERNEL, (1, 1, 0, 2))
    assert hand.view.findChild(QSpinBox, "axis_3_number").value() == 2


def test_a_number_typed_beside_the_slider_goes_there(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    number = hand.view.findChild(QSpinBox, "axis_2_number")
    number.selectAll()
    qtbot.keyClicks(number, "3")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert np.float32(hand.cell_text(0, 0)) == conv_document.read(KERNEL, (0, 0, 3, 0))


def test_other_axes_can_lie_flat_and_bring_the_bias_with_them(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    columns = hand.view.findChild(QComboBox, "columns_axis")
    columns.setFocus()
    qtbot.keyClick(columns, Qt.Key.Key_Down)
    assert hand.header(3, Qt.Orientation.Horizontal) == "input 3"
    qtbot.keyClick(columns, Qt.Key.Key_Down)
    assert hand.table.model().columnCount() == 6
    assert hand.header(5, Qt.Orientation.Horizontal) == "filter 5"
    assert hand.header(3, Qt.Orientation.Vertical) == "+ bias"
    assert np.float32(hand.cell_text(3, 4)) == conv_document.read("layer/bias", (4,))


def test_rows_and_columns_of_the_same_axis_are_exchanged(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    rows = hand.view.findChild(QComboBox, "rows_axis")
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down)  # width, which the columns have
    assert hand.header(1, Qt.Orientation.Vertical) == "width 1"
    assert hand.header(2, Qt.Orientation.Horizontal) == "height 2"
    assert np.float32(hand.cell_text(1, 2)) == conv_document.read(KERNEL, (2, 1, 0, 0))


def test_a_slider_over_gates_says_which_gate(open_view, make_document, qtbot):
    array = np.zeros((3, 3, 2, 8), np.float32)
    axes = {"kernel": ("kernel height", "kernel width", "channel", "unit")}
    document = make_document("ConvLSTM2D", {"kernel": array}, axes, ("i", "f", "c", "o"))
    hand = open_view(document, KERNEL)
    assert hand.text("axis_3_name") == "i · unit 0"
    slider = hand.view.findChild(QSlider, "axis_3_slider")
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert hand.text("axis_3_name") == "f · unit 1"
    assert not hand.view.findChild(QLabel, "axis_2_name").isVisible()


def test_heads_stay_in_sight_and_say_the_place_wherever_the_table_stands(
    open_view, make_dense_document
):
    hand = open_view(make_dense_document((500, 80)), "dense_1/kernel", (700, 560))
    table = hand.table
    table.scrollTo(table.model().index(399, 70))
    for header, orientation, word in (
        (table.row_header, Qt.Orientation.Vertical, "input"),
        (table.column_header, Qt.Orientation.Horizontal, "unit"),
    ):
        assert header.isVisible()
        length = header.width() if word == "unit" else header.height()
        seen = [header.logicalIndexAt(place) for place in range(4, min(length, 200), 12)]
        assert len(set(seen)) > 2
        assert all(hand.header(place, orientation) == f"{word} {place}" for place in seen)
    assert table.row_header.logicalIndexAt(5) > 300
    assert table.column_header.logicalIndexAt(5) > 50


def test_a_click_on_a_filter_of_the_grid_opens_its_slice(open_view, conv_document):
    hand = open_view(conv_document, KERNEL)
    hand.click_image(KERNEL, (2, 1, 3, 5))
    assert hand.selection.cell == (2, 1, 3, 5)
    current = hand.table.currentIndex()
    assert (current.row(), current.column()) == (2, 1)
    assert np.float32(hand.cell_text(2, 1)) == conv_document.read(KERNEL, (2, 1, 3, 5))
    assert hand.view.findChild(QSpinBox, "axis_3_number").value() == 5
    assert any(words.startswith("height 2, width 1, input 3, filter 5: ") for words in hand.words)


def test_a_cell_of_a_filter_is_edited_where_it_belongs(open_view, conv_document):
    hand = open_view(conv_document, KERNEL)
    hand.click_image(KERNEL, (0, 0, 1, 2))
    before = conv_document.read(KERNEL)
    hand.type_into(2, 0, "5")
    after = conv_document.read(KERNEL)
    assert after[2, 0, 1, 2] == 5
    assert np.count_nonzero(before != after) == 1


def test_what_is_being_typed_stays_in_its_slice_when_the_wheel_turns_to_another(
    open_view, conv_document, qtbot
):
    hand = open_view(conv_document, KERNEL)
    before = conv_document.read(KERNEL)
    hand.click_cell(1, 1)
    qtbot.keyClicks(hand.table, "7")
    slider = hand.view.findChild(QSlider, "axis_3_slider")
    at = QPointF(slider.rect().center())
    event = QWheelEvent(
        at,
        QPointF(slider.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)
    assert hand.view.findChild(QSpinBox, "axis_3_number").value() != 0
    after = conv_document.read(KERNEL)
    assert np.argwhere(before != after).tolist() == [[1, 1, 0, 0]]
    assert after[1, 1, 0, 0] == 7


def test_gates_are_told_apart_in_table_and_image(open_view, lstm_document):
    hand = open_view(lstm_document, KERNEL)
    assert hand.text("weight_facts").startswith("5 inputs × 4 gates of 3 units")
    assert hand.header(4, Qt.Orientation.Horizontal) == "f · unit 1"
    assert hand.image.mosaic.captions == ("i", "f", "c", "o")
    left = hand.image.cell_rect(KERNEL, (0, 2)).right()
    right = hand.image.cell_rect(KERNEL, (0, 3)).left()
    assert right - left > 3


def test_the_bias_of_gates_is_under_their_columns(open_view, lstm_document):
    hand = open_view(lstm_document, KERNEL)
    for unit in (0, 5, 11):
        above = hand.image.cell_rect(KERNEL, (4, unit))
        below = hand.image.cell_rect("layer/bias", (unit,))
        assert above.left() == pytest.approx(below.left())
        assert below.top() > above.bottom()


def test_an_arrow_key_crosses_the_border_of_a_gate(open_view, lstm_document, qtbot):
    hand = open_view(lstm_document, KERNEL)
    hand.click_image(KERNEL, (1, 2))
    qtbot.keyClick(hand.image, Qt.Key.Key_Right)
    assert hand.selection.cell == (1, 3)


def test_a_pointwise_kernel_opens_as_a_matrix_with_its_bias(open_view, make_document):
    arrays = {"kernel": np.ones((1, 1, 4, 3), np.float32), "bias": np.ones(3, np.float32)}
    axes = {"kernel": ("kernel height", "kernel width", "channel", "filter"), "bias": ("filter",)}
    hand = open_view(make_document("Conv2D", arrays, axes), KERNEL)
    assert (hand.table.model().rowCount(), hand.table.model().columnCount()) == (5, 3)


def test_an_attention_kernel_opens_by_head(open_view, make_document):
    array = np.arange(60, dtype=np.float32).reshape(5, 3, 4)
    axes = {"kernel": ("input", "head", "key dimension")}
    hand = open_view(make_document("EinsumDense", {"kernel": array}, axes), KERNEL)
    assert (hand.table.model().rowCount(), hand.table.model().columnCount()) == (5, 4)
    slider = hand.view.findChild(QSlider, "axis_1_slider")
    assert slider.accessibleName() == "head"
    assert hand.image.mosaic.captions == ("head 0", "head 1", "head 2")


def test_an_arrow_key_on_a_slider_keeps_the_place_in_the_table(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    hand.click_cell(1, 1)
    qtbot.keyClick(hand.view.findChild(QSlider, "axis_3_slider"), Qt.Key.Key_Right)
    current = hand.table.currentIndex()
    assert (current.row(), current.column()) == (1, 1)
    assert hand.selection.cell == (1, 1, 0, 1)


def test_a_scalar_is_a_table_of_one_cell(open_view, make_document):
    document = make_document("Normalization", {"count": np.array(7, np.int64)}, {"count": ()})
    hand = open_view(document, "layer/count")
    assert hand.cell_text(0, 0) == "7"
    hand.type_into(0, 0, "9")
    assert document.read("layer/count") == 9


def test_text_is_shown_without_a_picture(open_view, make_document):
    document = make_document("Vocabulary", {"words": np.array([b"a", b"bc"])}, {"words": ()})
    hand = open_view(document, "layer/words")
    assert "bc" in hand.cell_text(0, 1)
    assert hand.image.image is None


def test_an_empty_array_is_an_empty_table(open_view, make_document):
    document = make_document("Dense", {"kernel": np.zeros((0, 4), np.float32)}, {"kernel": ()})
    hand = open_view(document, KERNEL)
    assert hand.table.model().rowCount() == 0
    hand.view.grab()


def test_the_wheel_zooms_and_a_double_click_fits(open_view, make_dense_document, qtbot):
    document = make_dense_document((60, 40))
    hand = open_view(document, "dense_1/kernel")
    hand.press("shown_as_image")
    before = hand.image.view.across
    hand.image.setFocus()
    qtbot.keyClick(hand.image, Qt.Key.Key_Plus)
    qtbot.keyClick(hand.image, Qt.Key.Key_Plus)
    assert hand.image.view.across > before
    middle = hand.image.rect().center()
    qtbot.mouseDClick(hand.image, Qt.MouseButton.LeftButton, pos=middle)
    assert hand.image.view.across == before


def test_a_drag_moves_the_zoomed_picture_and_selects_nothing(open_view, make_dense_document, qtbot):
    hand = open_view(make_dense_document((60, 40)), "dense_1/kernel")
    hand.press("shown_as_image")
    for _ in range(6):
        qtbot.keyClick(hand.image, Qt.Key.Key_Plus)
    before = hand.image.view
    start = hand.image.rect().center()
    qtbot.mousePress(hand.image, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(hand.image, start + QPoint(25, 15))
    qtbot.mouseRelease(hand.image, Qt.MouseButton.LeftButton, pos=start + QPoint(25, 15))
    assert hand.image.view != before
    assert hand.selection.cell is None


def test_a_large_matrix_is_seen_in_a_picture_made_in_the_background(
    open_view, make_document, qtbot
):
    array = np.broadcast_to(np.linspace(-1, 1, 6000, dtype=np.float32), (5000, 6000))
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, KERNEL)
    image = hand.image
    qtbot.waitUntil(lambda: image.image is not None and image.image.height() > 99, timeout=20_000)
    picture = hand.image.image
    assert picture.height() < 2000
    left, right = picture.pixelColor(0, 5), picture.pixelColor(picture.width() - 1, 5)
    assert left.blue() > left.red()
    assert right.red() > right.blue()


def test_the_table_of_a_large_weight_stands_where_the_pointer_is_in_the_image(
    open_view, make_document, qtbot
):
    array = np.zeros((2000, 100), np.float32)
    hand = open_view(make_document("Dense", {"kernel": array}, {"kernel": ()}), KERNEL)
    rect = hand.image.cell_rect(KERNEL, (1500, 70))
    qtbot.mouseMove(hand.image, rect.center().toPoint())
    seen = hand.table.rowAt(hand.table.viewport().height() // 2)
    assert abs(seen - 1500) < 20
    assert hand.selection.cell is None


def test_a_table_that_is_cut_says_so(open_view, make_document):
    array = np.broadcast_to(np.float32(0), (3_000_000, 2))
    document = make_document("Embedding", {"embeddings": array}, {"embeddings": ("index", "unit")})
    hand = open_view(document, "layer/embeddings")
    assert "the first 2,000,000" in hand.text("weight_facts")


def test_a_grid_of_filters_has_no_strip_of_biases(open_view, conv_document):
    hand = open_view(conv_document, KERNEL)
    columns = hand.view.findChild(QComboBox, "columns_axis")
    columns.setCurrentIndex(3)
    columns.activated.emit(3)
    conv_document.set_values(KERNEL, (0, 0, 0, 0), 2)
    assert hand.header(3, Qt.Orientation.Vertical) == "+ bias"
    assert hand.image.cell_rect("layer/bias", (2,)) is None
    hand.view.grab()


@pytest.mark.parametrize(
    ("dtype", "typed", "stored"),
    [
        (np.bool_, "true", True),
        (np.int8, "-7", -7),
        (np.uint8, "255", 255),
        (np.int64, "9007199254740993", 9007199254740993),
        (ml_dtypes.bfloat16, "0.1", ml_dtypes.bfloat16(0.1)),
        (ml_dtypes.float8_e4m3fn, "0.1", ml_dtypes.float8_e4m3fn(0.1)),
        (ml_dtypes.int4, "-8", -8),
        (np.float64, "0.1", 0.1),
    ],
)
def test_every_dtype_is_shown_and_edited(open_view, make_document, dtype, typed, stored):
    array = np.ones((3, 3), dtype)
    document = make_document("Any", {"value": array}, {"value": ("input", "unit")})
    hand = open_view(document, "layer/value")
    hand.type_into(1, 1, typed)
    assert document.read("layer/value", (1, 1)) == stored
    assert hand.refusals == []
    hand.view.grab()


def test_complex_numbers_are_shown_and_not_edited(open_view, make_document):
    array = np.array([[1 + 2j, 3]], np.complex64)
    document = make_document("Any", {"value": array}, {"value": ("input", "unit")})
    hand = open_view(document, "layer/value")
    assert hand.cell_text(0, 0) == "(1+2j)"
    index = hand.table.model().index(0, 0)
    assert not hand.table.model().flags(index) & Qt.ItemFlag.ItemIsEditable
    hand.view.grab()


def test_the_bias_of_the_filter_is_told_and_a_click_shows_it(open_view, conv_document, qtbot):
    hand = open_view(conv_document, KERNEL)
    hand.click_image(KERNEL, (0, 0, 1, 4))
    conv_document.set_values("layer/bias", (4,), 0.5)
    assert hand.text("filter_bias").startswith("+ bias: filter 4: 0.5 · edited")
    hand.press("filter_bias")
    qtbot.waitUntil(lambda: hand.text("weight_title") == "layer / bias")
    assert hand.selection.cell == (4,)
    assert hand.table.currentIndex().column() == 4


TRANSPOSED = ("kernel height", "kernel width", "filter", "channel")


def test_a_transposed_convolution_has_its_bias_with_its_filters(open_view, make_document, qtbot):
    rng = np.random.default_rng(3)
    arrays = {
        "kernel": rng.normal(size=(3, 3, 4, 4)).astype(np.float32),
        "bias": rng.normal(size=4).astype(np.float32),
    }
    axes = {"kernel": TRANSPOSED, "bias": ("filter",)}
    hand = open_view(make_document("Conv2DTranspose", arrays, axes), KERNEL)
    hand.click_image(KERNEL, (0, 0, 3, 1))
    assert hand.text("filter_bias").startswith(f"+ bias: filter 3: {arrays['bias'][3]:.9g}")
    columns = hand.view.findChild(QComboBox, "columns_axis")
    for axis, has_bias in ((2, True), (3, False)):
        columns.setCurrentIndex(axis)
        columns.activated.emit(axis)
        assert hand.table.model().rowCount() == (4 if has_bias else 3)


def test_a_transposed_pointwise_kernel_has_its_biases_under_its_filters(open_view, make_document):
    arrays = {
        "kernel": np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4),
        "bias": np.array([1, 2, 3], np.float32),
    }
    axes = {"kernel": TRANSPOSED, "bias": ("filter",)}
    hand = open_view(make_document("Conv2DTranspose", arrays, axes), KERNEL)
    columns = hand.view.findChild(QComboBox, "columns_axis")
    columns.setCurrentIndex(2)
    columns.activated.emit(2)
    for unit in range(3):
        above = hand.image.cell_rect(KERNEL, (0, 0, unit, 3))
        below = hand.image.cell_rect("layer/bias", (unit,))
        assert above.left() == pytest.approx(below.left())
        hand.click_image("layer/bias", (unit,))
        assert hand.selection.cell == (unit,)
