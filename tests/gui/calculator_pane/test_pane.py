"""The calculator pane as a hand uses it, with the numbers that people asked about."""

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton

import weightview
from weightview.calculator.rows.scaling import typed
from weightview.core.document import Document
from weightview.core.errors import FileChangedError
from weightview.core.memory import MemoryStorage
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.calculator_pane.content import Content
from weightview.gui.calculator_pane.input_block import InputBlock
from weightview.gui.calculator_pane.model_input import ModelInput
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.step_header import Agreement
from weightview.gui.calculator_pane.step_strip import StepStrip
from weightview.gui.calculator_pane.strips_area import StripsArea
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.theme import color_of, small_font, theme

PaneMaker = Callable[..., CalculatorPane]
DocumentMaker = Callable[..., Document]


@pytest.fixture
def line(examples: Path) -> Document:
    """Return y = 2x + 5 as learned by Dense(16, relu) -> Dense(1)."""
    return weightview.open_document(examples / "line.keras")


def parts(pane: CalculatorPane) -> Content:
    assert pane.content is not None
    return pane.content


def strip(pane: CalculatorPane, layer: str) -> StepStrip:
    return next(strip for strip in parts(pane).strips if strip.layer.path == layer)


def labelled(rows: Any) -> dict[str, tuple[str, ...]]:
    return {row.label: rows.texts(place) for place, row in enumerate(rows.rows)}


def output(pane: CalculatorPane) -> dict[str, tuple[str, ...]]:
    return labelled(parts(pane).output.rows)


def choose(qtbot: Any, pane: CalculatorPane, layer: str, name: str) -> None:
    """Choose an activation by the keys, as one types into a box."""
    box = strip(pane, layer).header.box
    assert box is not None
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if box.currentData() == name:
            return
        qtbot.keyClick(box, Qt.Key.Key_Down)
    pytest.fail(f"the box does not offer {name}")


# The three questions


def test_ten_gives_25_00466_and_the_two_mistakes_stand_beside_it(
    line: Document, make_pane: PaneMaker
) -> None:
    pane = make_pane(line)
    assert parts(pane).inputs[0].line.text() == "10"
    assert output(pane)["as saved"] == ("25.00466",)
    assert labelled(parts(pane).output.what_ifs) == {
        "as the model does": ("25.00466",),
        "without relu": ("20.47502",),
        "without biases": ("19.99596",),
    }


@pytest.mark.parametrize(("typed", "shown"), [("0", "4.884887"), ("20", "45.01665")])
def test_typing_another_input_changes_the_output_at_once(
    line: Document, make_pane: PaneMaker, qtbot: Any, typed: str, shown: str
) -> None:
    pane = make_pane(line)
    field = parts(pane).inputs[0].line
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.waitUntil(lambda: output(pane)["as saved"] == (shown,))


def test_each_stage_of_each_layer_has_a_row(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    pane = make_pane(make_dense_document())
    names = [strip.layer.path for strip in parts(pane).strips]
    assert names == ["dense_1", "dense_2", "dense_3", "dense_4"]
    labels = [row.label for row in strip(pane, "dense_4").numbers.rows]
    assert labels == ["x @ kernel", "+ bias", "sigmoid"]


def test_the_stages_are_what_numpy_computes(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    document = make_dense_document((3, 4), "tanh")
    pane = make_pane(document)
    x = np.asarray(parts(pane).inputs[0].value, np.float32)
    z = x @ document.read("dense_1/kernel")
    rows = strip(pane, "dense_1").numbers.rows
    np.testing.assert_allclose(rows[0].value, z, rtol=1e-5)
    z = z + document.read("dense_1/bias")
    np.testing.assert_allclose(rows[1].value, z, rtol=1e-5)
    np.testing.assert_allclose(rows[2].value, np.tanh(z), rtol=1e-5)


def ground(rows: NumberRows, row: int, column: int) -> str:
    """Return the colour of a cell as it is seen, away from its digits."""
    point = rows.laid_out().cell_box(row, column).topLeft() + QPoint(3, 3)
    return rows.grab().toImage().pixelColor(point).name()


def test_a_number_has_the_same_colour_in_its_strip_and_in_the_output(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    document = make_dense_document((3, 3), "sigmoid")
    document.set_values("dense_1/bias", None, [-4.0, -1.0, 1.0])
    pane = make_pane(document)
    numbers, shown = strip(pane, "dense_1").numbers, parts(pane).output.rows
    colours = [ground(numbers, 2, column) for column in range(3)]
    assert len(set(colours)) == 3
    assert [ground(shown, 1, column) for column in range(3)] == colours


def test_a_difference_has_colours_of_its_own(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    document = make_dense_document((3, 1), "linear")
    pane = make_pane(document)
    bias = float(document.read("dense_1/bias")[0])
    document.set_values("dense_1/bias", (0,), bias + 1e-3)
    qtbot.waitUntil(lambda: "difference" in output(pane))
    assert ground(parts(pane).output.rows, 2, 0) == color_of(1.0, 1.0).name()


# Inputs


def test_the_slider_moves_the_selected_number_and_the_output_follows(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document((3, 2), "linear"))
    block = parts(pane).inputs[0]
    pane.set_input_text("1,  2,  3")
    point = block.cells.laid_out().cell_box(0, 1).center()
    qtbot.mouseClick(block.cells, Qt.MouseButton.LeftButton, pos=point)
    assert block.slider.isVisible()
    assert block.slider.label.text() == "input 1"
    before = pane.trace
    qtbot.keyClick(block.slider.slider, Qt.Key.Key_Right)
    np.testing.assert_allclose(block.value, [1, 2.04, 3])
    assert block.line.text() == "1,  2.04,  3"
    qtbot.waitUntil(lambda: pane.trace is not before)


def test_the_slider_of_ids_moves_among_all_ids(qtbot: Any) -> None:
    block = InputBlock(ModelInput("words", (None, 2), "int32", 5), "Input")
    qtbot.addWidget(block)
    block.set_text("1, 3")
    block.go_to((1,))
    assert (block.slider.low.text(), block.slider.high.text()) == ("0", "4")
    qtbot.keyClick(block.slider.slider, Qt.Key.Key_End)
    np.testing.assert_array_equal(block.value, [1, 4])
    assert block.value.dtype == np.int32
    assert block.line.text() == "1, 4"


@pytest.mark.parametrize("typed", ["1, 2", "", "ten", "1e999"])
def test_a_wrong_input_is_refused_by_a_sentence_and_the_last_result_stays_grey(
    line: Document, make_pane: PaneMaker, qtbot: Any, typed: str
) -> None:
    pane = make_pane(line)
    block = parts(pane).inputs[0]
    block.line.selectAll()
    qtbot.keyClick(block.line, Qt.Key.Key_Delete)
    qtbot.keyClicks(block.line, typed)
    assert block.refusal.isVisible()
    assert block.refusal.text()
    assert output(pane)["as saved"] == ("25.00466",)
    assert strip(pane, "dense").numbers.is_faded
    assert parts(pane).output.rows.is_faded


def test_a_right_input_after_a_wrong_one_is_no_longer_grey(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    block = parts(pane).inputs[0]
    block.line.end(False)
    qtbot.keyClicks(block.line, ", 5")
    assert block.refusal.isVisible()
    for _ in range(3):
        qtbot.keyClick(block.line, Qt.Key.Key_Backspace)
    assert not block.refusal.isVisible()
    assert not parts(pane).output.rows.is_faded


def test_a_column_can_be_pasted(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    block = parts(pane).inputs[0]
    QGuiApplication.clipboard().setText("1\n2.5\n-3\n")
    block.line.selectAll()
    qtbot.keySequence(block.line, QKeySequence(QKeySequence.StandardKey.Paste))
    np.testing.assert_array_equal(block.value, [1, 2.5, -3])


def test_a_long_input_is_edited_as_a_table_of_fields(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document((20, 2)))
    block = parts(pane).inputs[0]
    qtbot.mouseClick(block.table_button, Qt.MouseButton.LeftButton)
    assert block.table is not None
    assert block.table.isVisible()
    cell = block.table.fields.index(7, 1)
    assert block.table.fields.index(7, 0).data() == "input 7"
    block.table.setCurrentIndex(cell)  # a field is edited as soon as it is current
    editor = block.table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "-4.5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(block.value[7] == -4.5))
    assert "-4.5" in block.line.text()


def test_a_file_gives_rows_to_choose_from(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, tmp_path: Path
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    block = parts(pane).inputs[0]
    table = np.arange(12.0).reshape(4, 3)
    np.savetxt(tmp_path / "rows.csv", table, delimiter=",", header="a,b,c", comments="")
    block.load(tmp_path / "rows.csv")
    qtbot.waitUntil(block.row_box.isVisible)
    np.testing.assert_array_equal(block.value, table[0])
    qtbot.mouseClick(block.row_box.after, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(block.value, table[1])
    assert "rows.csv" in block.facts.text()


def test_a_file_that_does_not_fit_is_refused_under_the_line(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, tmp_path: Path
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    block = parts(pane).inputs[0]
    np.save(tmp_path / "wrong.npy", np.zeros((2, 5)))
    block.load(tmp_path / "wrong.npy")
    qtbot.waitUntil(block.refusal.isVisible)
    assert "wrong.npy" in block.refusal.text()
    assert "3 numbers" in block.refusal.text()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop_of(data: QMimeData) -> QDropEvent:
    """Return the drop of ``data``, which must outlive it: Qt keeps no reference."""
    return QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )


def test_a_file_of_numbers_can_be_dropped_on_the_input(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, tmp_path: Path
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    block = parts(pane).inputs[0]
    np.save(tmp_path / "x.npy", np.array([4.0, 5.0, 6.0]))
    numbers = files(tmp_path / "x.npy")
    block.dropEvent(drop_of(numbers))
    qtbot.waitUntil(lambda: block.value.tolist() == [4, 5, 6])
    assert block.line.text() == "4, 5, 6"
    model = files(tmp_path / "model.keras")
    other = drop_of(model)
    other.ignore()
    block.dropEvent(other)
    assert not other.isAccepted()


def test_a_scaler_changes_what_the_model_is_given_and_can_be_left_out(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    block = parts(pane).inputs[0]
    assert not block.scaled.isVisible()
    pane.set_scaler(typed(4.0, 2.0))
    qtbot.waitUntil(lambda: pane.scaler is not None)
    assert pane.trace is not None
    assert pane.trace.inputs[0].tolist() == [3.0]
    assert block.scaled.numbers.texts(0) == ("3.000000",)
    assert block.line.text() == "10"
    qtbot.keyClick(block.scaled.tick, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane.scaler is None)
    assert pane.trace.inputs[0].tolist() == [10.0]
    pane.set_scaler(None)
    assert not block.scaled.isVisible()


# Edits and choices


def test_an_edit_shows_saved_edited_and_difference(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    line.set_values("dense_1/bias", (0,), float(line.read("dense_1/bias")[0]) + 1)
    qtbot.waitUntil(lambda: "as edited" in output(pane))
    assert output(pane)["as saved"] == ("25.00466",)
    assert output(pane)["as edited"] == ("26.00466",)
    assert output(pane)["difference"] == ("1.000000",)
    line.undo()
    qtbot.waitUntil(lambda: list(output(pane)) == ["as saved"])


def test_linear_instead_of_relu_gives_20_47502(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    box = strip(pane, "dense").header.box
    assert box is not None
    assert box.itemText(0) == "relu · the model's own"
    choose(qtbot, pane, "dense", "linear")
    qtbot.waitUntil(lambda: output(pane).get("as chosen") == ("20.47502",))
    assert output(pane)["as saved"] == ("25.00466",)
    qtbot.mouseClick(parts(pane).undo_choices, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: list(output(pane)) == ["as saved"])
    assert box.choice == ""


def test_unticking_every_bias_gives_19_99596(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    for layer in ("dense", "dense_1"):
        tick = strip(pane, layer).findChild(QCheckBox)
        assert tick is not None
        qtbot.mouseClick(tick, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: output(pane).get("as chosen") == ("19.99596",))
    rows = strip(pane, "dense").numbers.rows
    assert [row.note for row in rows if row.label == "+ bias"] == ["left out"]


def test_what_ifs_stay_those_of_the_model_while_something_else_is_chosen(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    choose(qtbot, pane, "dense", "tanh")
    qtbot.waitUntil(lambda: "as chosen" in output(pane))
    assert labelled(parts(pane).output.what_ifs)["as the model does"] == ("25.00466",)


def test_a_pinned_what_if_stands_beside_the_next_one(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    choose(qtbot, pane, "dense", "linear")
    qtbot.waitUntil(lambda: output(pane).get("as chosen") == ("20.47502",))
    qtbot.mouseClick(parts(pane).pin_choices, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: output(pane).get("pinned") == ("20.47502",))
    assert "as chosen" not in output(pane)
    pane.set_input_text("0")
    qtbot.waitUntil(lambda: output(pane)["as saved"] == ("4.884887",))
    choose(qtbot, pane, "dense", "tanh")
    qtbot.waitUntil(lambda: "as chosen" in output(pane))
    assert list(output(pane)) == ["as saved", "pinned", "as chosen", "difference"]


def test_a_layer_can_be_left_out(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document((4, 4, 2)))
    menu = strip(pane, "dense_1").header.make_menu()
    skip = next(action for action in menu.actions() if "Without" in action.text())
    skip.trigger()
    qtbot.waitUntil(lambda: "as chosen" in output(pane))
    assert pane.trace is not None
    x = parts(pane).inputs[0].value
    np.testing.assert_array_equal(pane.trace["dense_1"].outputs[0], np.float32(x))
    assert "skipped" in strip(pane, "dense_1").remark
    qtbot.mouseClick(parts(pane).undo_choices, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: list(output(pane)) == ["as saved"])
    assert strip(pane, "dense_1").remark == ""


def test_leaving_out_a_layer_that_others_need_says_what_is_missing(
    line: Document, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    strip(pane, "dense").skip_chosen.emit("dense", True)
    qtbot.waitUntil(lambda: strip(pane, "dense_1").remark.startswith("Not computed"))
    qtbot.waitUntil(lambda: parts(pane).output.facts.text().startswith("none: dense_1"))


def test_what_ifs_of_many_outputs_come_when_they_are_asked_for(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document())
    block = parts(pane).output
    assert not block.what_ifs.isVisible()
    assert block.what_if_title.text() == "What if without sigmoid, without biases"
    qtbot.mouseClick(block.what_if_title, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(block.what_ifs.isVisible)
    labels = [row.label for row in block.what_ifs.rows]
    assert labels == ["as the model does", "without sigmoid", "without biases"]
    assert all(row.value.size == 32 for row in block.what_ifs.rows)
    qtbot.keyClick(block.what_if_title, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not block.what_ifs.isVisible())


def test_a_model_without_mistakes_to_make_asks_nothing(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    document = make_dense_document((2, 8), "linear")
    for layer in document.model.walk():
        layer.weights = tuple(weight for weight in layer.weights if weight.name != "bias")
    pane = make_pane(document)
    assert not parts(pane).output.what_if_title.isVisible()


def test_a_long_calculation_shows_itself_and_can_be_cancelled(
    make_dense_document: DocumentMaker,
    make_pane: PaneMaker,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    document = make_dense_document((3, 2))
    pane = make_pane(document)
    trace, ended = pane.trace, threading.Event()

    def slow(question: Any, watch: Any) -> Any:
        try:
            while not ended.wait(0.005):
                watch(0.5, "dense_1")
        finally:
            ended.set()

    monkeypatch.setattr("weightview.gui.calculator_pane.calculator.trace_of", slow)
    pane.set_input_text("1, 2, 3")
    progress = parts(pane).progress
    qtbot.waitUntil(progress.isVisible)
    button = progress.findChild(QPushButton, "cancel")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not progress.isVisible())
    assert ended.is_set()
    assert pane.trace is trace


# One selection everywhere


def test_a_click_on_a_number_selects_it(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document())
    numbers = strip(pane, "dense_1").numbers
    point = numbers.laid_out().cell_box(2, 2).center()
    qtbot.mouseClick(numbers, Qt.MouseButton.LeftButton, pos=point)
    assert selection.number == NumberAddress("dense_1", 0, "output", (2,))


def test_a_number_selected_elsewhere_is_outlined_in_its_strip_only(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, selection: Selection
) -> None:
    pane = make_pane(make_dense_document())
    selection.select_number(NumberAddress("dense_2", 0, "pre_activation", (3,)))
    assert strip(pane, "dense_2").numbers.selected == (1, (3,))
    assert strip(pane, "dense_1").numbers.selected is None


def test_a_click_on_the_output_selects_the_number_of_the_last_layer(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document())
    rows = parts(pane).output.rows
    point = rows.laid_out().cell_box(0, 2).center()
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=point)
    assert selection.number == NumberAddress("dense_4", 0, "output", (2,))


def test_a_layer_selected_in_the_tree_is_brought_into_sight(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document((8,) * 13), height=500)
    area = pane.findChild(StripsArea)
    assert area.verticalScrollBar().value() == 0
    selection.select_layer("dense_12")
    assert area.verticalScrollBar().value() > 0


def test_a_weights_cell_outlines_its_unit(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, selection: Selection
) -> None:
    pane = make_pane(make_dense_document())
    selection.select_cell("dense_4/kernel", (1, 30))
    assert strip(pane, "dense_4").numbers.unit == 30
    assert not strip(pane, "dense_4").numbers.laid_out().number_box(0, (30,)).isEmpty()
    assert strip(pane, "dense_3").numbers.unit is None


def test_an_input_that_is_asked_for_is_ready_to_be_typed_over(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    block = parts(pane).inputs[0]
    selection.input_requested.emit(0, (1,))
    qtbot.keyClicks(block.line, "-7")
    assert block.value[1] == -7


@pytest.mark.parametrize("in_output", [False, True])
def test_return_on_a_number_asks_for_its_derivation_and_opens_no_window(
    make_dense_document: DocumentMaker,
    make_pane: PaneMaker,
    qtbot: Any,
    selection: Selection,
    in_output: bool,
) -> None:
    pane = make_pane(make_dense_document())
    numbers = parts(pane).output.rows if in_output else strip(pane, "dense_4").numbers
    numbers.set_selected(0, (1,))
    with qtbot.waitSignal(selection.explanation_requested):
        qtbot.keyClick(numbers, Qt.Key.Key_Return)
    stage = "output" if in_output else "weighted_sum"
    assert selection.number == NumberAddress("dense_4", 0, stage, (1,))
    assert parts(pane).whole.window is None


# Whole stages, folding, other documents


def test_space_shows_a_stage_whole_and_escape_closes_it(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document())
    numbers = strip(pane, "dense_4").numbers
    numbers.set_selected(2, (1,))
    qtbot.keyClick(numbers, Qt.Key.Key_Space)
    window = parts(pane).whole.window
    assert window is not None
    assert window.isVisible()
    qtbot.keyClick(window.table, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_label_opens_the_whole_stage_and_a_cell_of_it_selects_the_number(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document())
    numbers = strip(pane, "dense_4").numbers
    qtbot.mouseClick(
        numbers, Qt.MouseButton.LeftButton, pos=numbers.laid_out().label_box(2).center()
    )
    window = parts(pane).whole.window
    assert window is not None
    assert window.isVisible()
    assert window.numbers.rowCount() * window.numbers.columnCount() == 32
    window.table.setCurrentIndex(window.numbers.index(3, 5))
    assert selection.number == NumberAddress("dense_4", 0, "output", (29,))


def test_the_whole_stage_follows_an_edit(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    document = make_dense_document((2, 3), "linear")
    pane = make_pane(document)
    parts(pane).whole.show_stage({s.key: s for s in parts(pane).strips}, ("dense_1", 0), "output")
    window = parts(pane).whole.window
    assert window is not None
    document.set_values("dense_1/kernel", None, 0.0)
    document.set_values("dense_1/bias", None, [1.0, 2.0, 3.0])
    qtbot.waitUntil(lambda: window.numbers.index(0, 2).data() == "3.000000")


def test_a_layer_folds_by_click_and_by_space(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document())
    first = strip(pane, "dense_1")
    qtbot.mouseClick(first.header, Qt.MouseButton.LeftButton)
    assert not first.numbers.isVisible()
    qtbot.keyClick(first.header, Qt.Key.Key_Space)
    assert first.numbers.isVisible()


def test_shift_folds_and_unfolds_every_layer(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document())
    header = strip(pane, "dense_2").header
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    assert all(strip.folded for strip in parts(pane).strips)
    qtbot.keyClick(header, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert not any(strip.folded for strip in parts(pane).strips)


def test_tab_goes_through_a_layer_in_the_order_of_sight(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document())
    first, second = strip(pane, "dense_1"), strip(pane, "dense_2")
    tick = first.findChild(QCheckBox)
    order = [first.header, first.header.box, tick, first.numbers, second.header]
    for before, after in pairwise(order):
        assert before is not None
        following = before.nextInFocusChain()
        while following.focusPolicy() == Qt.FocusPolicy.NoFocus:
            following = following.nextInFocusChain()
        assert following is after


def test_another_document_replaces_everything(
    line: Document, make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    pane = make_pane(line)
    pane.set_document(make_dense_document((3, 2)))
    qtbot.waitUntil(lambda: pane.trace is not None and len(parts(pane).strips) == 1)
    pane.set_document(None)
    assert pane.content is None
    assert pane.trace is None


def test_a_file_without_a_graph_says_so(examples: Path, make_pane: PaneMaker) -> None:
    pane = make_pane(weightview.open_document(examples / "line.weights.h5"))
    assert pane.content is None
    assert "does not tell how the layers are connected" in pane.sentence


def test_an_input_beyond_all_memory_says_so(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    document = make_dense_document((3, 2))
    document.model.input_shape = (None, 10**9, 10**9)
    pane = make_pane(document)
    assert pane.content is None
    assert "cannot be calculated" in pane.sentence


def test_numbers_that_cannot_be_read_are_said_in_the_pane(
    make_dense_document: DocumentMaker,
    make_pane: PaneMaker,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    document = make_dense_document((3, 2))

    def fail(*_: Any) -> Any:
        raise FileChangedError("model.keras", "it was changed by another program.")

    monkeypatch.setattr(MemoryStorage, "read", fail)
    pane = CalculatorPane(Selection())
    qtbot.addWidget(pane)
    with qtbot.waitSignal(pane.refused) as heard:
        pane.set_document(document)
    assert "changed by another program" in heard.args[0]
    assert "changed by another program" in parts(pane).output.facts.text()


@pytest.mark.parametrize("width", [320, 416, 900])
def test_the_activation_boxes_of_all_layers_are_one_column(
    examples: Path, make_pane: PaneMaker, width: int
) -> None:
    pane = make_pane(weightview.open_document(examples / "line.keras"), width=width)
    for verdict, shown in (("✓ exact", strip(pane, "dense")), ("✓ 3e-7", strip(pane, "dense_1"))):
        shown.set_agreement(Agreement("agrees", verdict))
    boxes = [strip.header.box for strip in parts(pane).strips]
    places = {(box.x(), box.width()) for box in boxes if box is not None}
    assert len(boxes) == 2
    assert len(places) == 1


def test_text_zoom_reaches_the_activation_box(line: Document, make_pane: PaneMaker) -> None:
    box = strip(make_pane(line), "dense").header.box
    assert box is not None
    font = QGuiApplication.font()
    before, larger = box.height(), QFont(font)
    larger.setPointSizeF(font.pointSizeF() * 2)
    try:
        QGuiApplication.setFont(larger)
        theme().apply()
        assert box.font().pointSizeF() == pytest.approx(small_font().pointSizeF())
        assert box.height() > before
    finally:
        QGuiApplication.setFont(font)
        theme().apply()


@pytest.mark.parametrize("width", [320, 416, 900])
def test_nothing_reaches_beyond_the_pane(line: Document, make_pane: PaneMaker, width: int) -> None:
    pane = make_pane(line, width=width)
    assert pane.width() == width
    for strip in parts(pane).strips:
        assert strip.mapTo(pane, strip.rect().bottomRight()).x() <= width
        box = strip.header.box
        assert box is not None
        assert box.geometry().right() <= strip.header.width()
