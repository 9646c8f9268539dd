"""The painted rows: what fits, what a click means, what the keys do."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from weightview.gui.calculator_pane.number_row import NumberRow
from weightview.gui.calculator_pane.number_rows import NumberRows


@pytest.fixture
def rows(qtbot: Any) -> NumberRows:
    widget = NumberRows()
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.show()
    return widget


def line(label: str, numbers: Any) -> NumberRow:
    return NumberRow(label, np.asarray(numbers, np.float32))


def test_few_numbers_stand_with_seven_digits(rows: NumberRows) -> None:
    rows.set_rows((line("output", [25.004662]),))
    assert rows.texts(0) == ("25.00466",)


def test_many_numbers_stand_with_few_digits_and_the_rest_is_counted(rows: NumberRows) -> None:
    rows.set_rows((line("output", np.linspace(-1, 1, 32)),))
    cells = rows.laid_out().cells
    assert rows.texts(0)[0] == "-1.000"
    assert 0 < cells.count < 32
    right = rows.laid_out().cell_box(0, cells.count - 1).right()
    assert right < rows.width()


def test_a_click_tells_row_and_index(rows: NumberRows, qtbot: Any) -> None:
    rows.set_rows((line("a", [1, 2, 3]), line("b", [4, 5, 6])))
    heard: list[Any] = []
    rows.number_clicked.connect(lambda row, index: heard.append((row, index)))
    point = rows.laid_out().cell_box(1, 2).center()
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=point)
    assert heard == [(1, (2,))]
    assert rows.selected == (1, (2,))


def test_a_click_on_the_label_asks_for_the_whole_row(rows: NumberRows, qtbot: Any) -> None:
    rows.set_rows((line("a", np.zeros(100)),))
    with qtbot.waitSignal(rows.whole_requested) as heard:
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert heard.args == [0]


def test_arrow_keys_move_and_bring_hidden_numbers_into_sight(rows: NumberRows, qtbot: Any) -> None:
    rows.set_rows((line("a", np.arange(50)), line("b", np.arange(50))))
    rows.set_selected(0, (0,))
    for _ in range(30):
        qtbot.keyClick(rows, Qt.Key.Key_Right)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert rows.selected == (1, (30,))
    assert not rows.laid_out().number_box(1, (30,)).isEmpty()
    assert rows.laid_out().cells.first > 0


def test_keys_stop_at_the_ends(rows: NumberRows, qtbot: Any) -> None:
    rows.set_rows((line("a", [1, 2]),))
    rows.set_selected(0, (1,))
    qtbot.keyClick(rows, Qt.Key.Key_Right)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert rows.selected == (0, (1,))


def test_a_number_that_is_gone_is_no_longer_selected(rows: NumberRows) -> None:
    rows.set_rows((line("a", np.arange(5)),))
    rows.set_selected(0, (4,))
    rows.set_rows((line("a", np.arange(4)),))
    assert rows.selected is None


def test_an_image_is_shown_as_a_picture_per_channel(rows: NumberRows) -> None:
    value = np.zeros((6, 6, 3), np.float32)
    rows.set_rows((NumberRow("convolved", value),))
    layout = rows.laid_out()
    boxes = [layout.picture_box(0, number) for number in range(3)]
    assert all(not box.isEmpty() for box in boxes)
    assert boxes[0].right() < boxes[1].left()


def test_a_click_into_a_picture_finds_its_number(rows: NumberRows, qtbot: Any) -> None:
    value = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    rows.set_rows((NumberRow("convolved", value),))
    box = rows.laid_out().number_box(0, (1, 2, 2))
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=box.center())
    assert rows.selected == (0, (1, 2, 2))


@pytest.mark.parametrize(
    "numbers", [[np.nan, 1, np.inf], [0, 0, 0], [1e-30, -1e-30], [1e30, 1], [], [7]]
)
def test_odd_numbers_are_painted(rows: NumberRows, qtbot: Any, numbers: list[float]) -> None:
    rows.set_rows((NumberRow("odd", np.array(numbers, np.float32), note="none"),))
    assert not rows.grab().isNull()


@pytest.mark.parametrize("width", [90, 120, 320, 1600])
def test_any_width_shows_at_least_one_cell(rows: NumberRows, width: int) -> None:
    rows.set_rows((line("a", np.arange(100)),))
    rows.resize(width, 100)
    assert rows.laid_out().cells.count >= 1
    assert not rows.grab().isNull()


def test_integers_stay_integers(rows: NumberRows) -> None:
    rows.set_rows((NumberRow("ids", np.array([1, 20, 300])),))
    assert rows.texts(0) == ("1", "20", "300")


def test_a_chosen_number_is_told_to_a_screen_reader(rows: NumberRows) -> None:
    rows.set_rows((line("sigmoid", [0.5, 0.25]),))
    rows.set_selected(0, (1,))
    assert rows.accessibleDescription() == "sigmoid [1] = 0.25"


@pytest.mark.parametrize(
    ("numbers", "largest"),
    [
        (np.array([1.0, -3.0]), 3.0),
        (np.array([np.nan, -2.0, np.inf]), 2.0),
        (np.array([np.nan]), 0.0),
        (np.array([], np.float32), 0.0),
        (np.array([-128, 5], np.int8), 128.0),
        (np.array([True, False]), 1.0),
        (np.array(["a"]), 0.0),
    ],
)
def test_the_largest_magnitude_is_the_largest_finite_one(
    numbers: np.ndarray, largest: float
) -> None:
    assert NumberRow("a", numbers).largest == largest


def test_words_stand_in_cells_without_colour(rows: NumberRows) -> None:
    rows.set_rows((NumberRow("words", np.array(["red", "a much longer word than fits"])),))
    assert rows.texts(0) == ("red", "a much longer w…")
    assert not rows.grab().isNull()


def test_pictures_of_one_step_share_a_scale_and_other_quantities_do_not(rows: NumberRows) -> None:
    scores = NumberRow("scores", np.full((2, 3, 3), 8.0, np.float32))
    weights = NumberRow("attention weights", np.full((2, 3, 3), 0.5, np.float32)).alone()
    rows.set_rows((scores, line("sum", [-2.0]), weights))
    assert [rows.scale_of(row).limit for row in range(3)] == [8.0, 8.0, 0.5]


def test_a_picture_too_faint_in_the_shared_scale_has_its_own(rows: NumberRows) -> None:
    loud = NumberRow("cell state", np.full((3, 3), 30.0, np.float32))
    near = NumberRow("sums", np.full((3, 3), -12.0, np.float32))
    faint = NumberRow("gate", np.full((3, 3), 0.9, np.float32))
    rows.set_rows((loud, near, faint, line("output", [0.9])))
    limits = [rows.scale_of(row).limit for row in range(4)]
    assert limits == [30.0, 30.0, pytest.approx(0.9), 30.0]


def test_the_tooltip_tells_the_number_and_what_its_colour_means(
    rows: NumberRows, qtbot: Any
) -> None:
    rows.set_rows((line("a", [1, 2.5]),))
    point = rows.laid_out().cell_box(0, 0).center()
    event = QHelpEvent(QEvent.Type.ToolTip, point, rows.mapToGlobal(point))
    QApplication.sendEvent(rows, event)
    assert QToolTip.text() == "a [0] = 1\nfull colour at ±2.5, the largest of these numbers"
    QToolTip.hideText()


def test_the_tooltip_calls_a_number_by_the_model_s_own_name(rows: NumberRows, qtbot: Any) -> None:
    names = ("age", "region 'north'", "")
    rows.set_rows((NumberRow("joined", np.arange(3.0), called=lambda index: names[index[0]]),))
    told = ["joined [0] age = 0", "joined [1] region 'north' = 1", "joined [2] = 2"]
    for place, text in enumerate(told):
        point = rows.laid_out().cell_box(0, place).center()
        QApplication.sendEvent(
            rows, QHelpEvent(QEvent.Type.ToolTip, point, rows.mapToGlobal(point))
        )
        assert QToolTip.text().startswith(f"{text}\n")
    rows.set_selected(0, (1,))
    assert rows.accessibleDescription() == told[1]
    QToolTip.hideText()


def test_return_follows_the_number_and_space_shows_the_row_whole(
    rows: NumberRows, qtbot: Any
) -> None:
    rows.set_rows((line("a", [1, 2]), line("b", [3, 4])))
    heard: list[Any] = []
    rows.number_clicked.connect(lambda row, index: heard.append(("chosen", row, index)))
    rows.number_followed.connect(lambda row, index: heard.append(("followed", row, index)))
    rows.whole_requested.connect(lambda row: heard.append(("whole", row)))
    rows.set_selected(1, (1,))
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert heard == [("chosen", 1, (1,)), ("followed", 1, (1,))]
    qtbot.keyClick(rows, Qt.Key.Key_Space)
    assert heard[2:] == [("whole", 1)]


def test_return_begins_with_the_first_number(rows: NumberRows, qtbot: Any) -> None:
    rows.set_rows((line("a", [1, 2]),))
    with qtbot.waitSignal(rows.number_followed) as heard:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert heard.args == [0, (0,)]


def test_the_menu_of_a_row_shows_it_whole_and_copies_it_exactly(
    rows: NumberRows, qtbot: Any
) -> None:
    rows.set_rows((line("a", [1]), line("b", [0.1, -2.5])))
    whole, copied = rows.make_menu(1).actions()
    with qtbot.waitSignal(rows.whole_requested) as heard:
        whole.trigger()
    assert heard.args == [1]
    copied.trigger()
    assert QGuiApplication.clipboard().text() == "0.1, -2.5"


@pytest.mark.parametrize("shape", [(64, 64, 1), (64, 64, 3), (16, 400, 1)])
def test_an_input_of_places_in_space_keeps_its_proportions(
    qtbot: Any, shape: tuple[int, int, int]
) -> None:
    rows = NumberRows(label_characters=0)
    qtbot.addWidget(rows)
    rows.resize(320, 200)
    rows.set_rows((NumberRow("input", np.zeros(shape, np.float32)),))
    box = rows.laid_out().picture_box(0, 0)
    assert box.width() / box.height() == pytest.approx(shape[1] / shape[0], rel=0.1)
    assert box.width() <= 320
    assert box.height() <= 96
    assert max(box.width(), box.height()) >= 90
