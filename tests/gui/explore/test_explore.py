"""The Explore window, driven as a hand would: a table, a sweep, gradients, the way to a number."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from weightview import api
from weightview.calculator import input_shapes
from weightview.calculator.rows.scaling import Scaler, typed
from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.gui.explore.window import ExploreWindow
from weightview.gui.selection import Selection
from weightview.gui.theme import colors, theme


@pytest.fixture
def document(examples: Path) -> Document:
    return api.open_document(examples / "line.keras")


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def window(qtbot: QtBot, selection: Selection, document: Document) -> ExploreWindow:
    window = ExploreWindow(selection)
    qtbot.addWidget(window)
    window.set_document(document)
    window.set_trace(api.propagate(document, [10.0]))
    window.show()
    return window


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "line.csv"
    file.write_text("x,y\n" + "\n".join(f"{x},{2 * x + 5}" for x in (-10, 0, 5, 10, 20)))
    return file


def wait_for(qtbot: QtBot, window: ExploreWindow, words: str) -> str:
    page = window.tabs.currentWidget()
    qtbot.waitUntil(lambda: words in page.sentence.text(), timeout=20_000)
    return page.sentence.text()


def test_a_table_shows_the_worst_row_first_and_the_measures(
    qtbot: QtBot, window: ExploreWindow, table: Path
) -> None:
    window.rows.load(table)
    said = wait_for(qtbot, window, "rows:")
    assert "5 rows: mean_squared_error" in said
    model = window.rows.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    first = [model.index(0, column).data() for column in range(model.columnCount())]
    assert first[:4] == ["0", "-10", "5.3399", "-15"]
    outputs = [model.index(row, 2).data() for row in range(model.rowCount())]
    assert {len(text.partition(".")[2]) for text in outputs} == {4}


def test_an_edit_is_measured_beside_the_saved_numbers(
    qtbot: QtBot, window: ExploreWindow, document: Document, table: Path
) -> None:
    window.rows.load(table)
    wait_for(qtbot, window, "rows:")
    document.set_values("dense_1/bias", 0, 9.0)
    said = wait_for(qtbot, window, "as saved")
    assert "as saved" in said
    assert window.rows.answer is not None
    assert window.rows.answer.saved is not None


def test_a_clicked_row_is_handed_to_the_calculator(
    qtbot: QtBot, window: ExploreWindow, table: Path
) -> None:
    window.rows.load(table)
    wait_for(qtbot, window, "rows:")
    index = window.rows.model.index(0, 1)
    place = window.rows.table.visualRect(index).center()
    with qtbot.waitSignal(window.rows.row_chosen) as chosen:
        qtbot.mouseClick(window.rows.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    np.testing.assert_array_equal(chosen.args[0], [-10])


def test_rows_are_pasted_from_the_clipboard(qtbot: QtBot, window: ExploreWindow) -> None:
    QGuiApplication.clipboard().setText("1\n2\n3\n")
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    assert "3 rows." in wait_for(qtbot, window, "3 rows.")


def test_a_table_of_another_width_is_refused_in_words(qtbot: QtBot, window: ExploreWindow) -> None:
    QGuiApplication.clipboard().setText("1\t2\t3\n4\t5\t6\n")
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "3 numbers in a row; the model takes 1")


def test_a_scaling_takes_part_in_the_evaluation(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    QGuiApplication.clipboard().setText("255\n510\n")
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "2 rows.")
    qtbot.keyClicks(window.rows.inside.kind, "/")
    expected = api.propagate(document, [[1.0], [2.0]]).output

    def is_scaled() -> bool:
        answer = window.rows.answer
        return answer is not None and np.allclose(answer.edited.output, expected, atol=1e-5)

    qtbot.waitUntil(is_scaled, timeout=20_000)


def test_a_sweep_draws_the_curve_and_tells_the_bends(qtbot: QtBot, window: ExploreWindow) -> None:
    window.tabs.setCurrentWidget(window.sweep)
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    said = wait_for(qtbot, window, "It bends at")
    assert "-2.39" in said
    sweep = window.sweep.curves.sweep
    assert sweep is not None
    assert sweep.output[-1, 0] == pytest.approx(45.01665, abs=1e-4)


def test_a_weights_sweep_needs_a_selected_cell(
    qtbot: QtBot, window: ExploreWindow, selection: Selection
) -> None:
    window.tabs.setCurrentWidget(window.sweep)
    qtbot.keyClicks(window.sweep.what, "the")
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    assert "Select a cell" in window.sweep.sentence.text()
    selection.select_cell("dense_1/kernel", (5, 0))
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "Blue: the output")


def test_a_range_of_no_numbers_is_refused(qtbot: QtBot, window: ExploreWindow) -> None:
    window.tabs.setCurrentWidget(window.sweep)
    window.sweep.start.clear()
    qtbot.keyClicks(window.sweep.start, "low")
    qtbot.keyClick(window.sweep.start, Qt.Key.Key_Return)
    assert "“low” is not a number" in window.sweep.sentence.text()


def test_gradients_are_shown_over_a_weight(qtbot: QtBot, window: ExploreWindow) -> None:
    window.tabs.setCurrentWidget(window.sensitivity)
    qtbot.mouseClick(window.sensitivity.compute, Qt.MouseButton.LeftButton)
    assert "The steepest is" in wait_for(qtbot, window, "The steepest is")
    assert window.sensitivity.weight.count() == 4


def test_a_click_on_a_gradient_selects_its_weight(
    qtbot: QtBot, window: ExploreWindow, selection: Selection
) -> None:
    page = window.sensitivity
    window.tabs.setCurrentWidget(page)
    assert not page.weight.isVisible()
    qtbot.mouseClick(page.compute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.picture.isVisible, timeout=20_000)
    assert page.weight.isVisible()
    page.weight.setCurrentText("dense/kernel")
    page.picture.grab()  # what is painted is what is clicked
    shown = page.picture.viewport()
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=shown.rect().center())
    qtbot.waitUntil(lambda: selection.cell is not None)
    assert selection.weight_path == "dense/kernel"
    assert selection.cell in ((0, 7), (0, 8))
    assert page.sentence.text().startswith(f"dense/kernel[0, {selection.cell[1]}]: ")


def test_the_weight_that_makes_it_25_is_found_and_applied_undoably(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    window.tabs.setCurrentWidget(window.sensitivity)
    page = window.sensitivity
    qtbot.keyClicks(page.wanted, "25")
    qtbot.keyClick(page.wanted, Qt.Key.Key_Return)
    wait_for(qtbot, window, "double click")
    page.moves.setCurrentRow(0)
    qtbot.keyClick(page.moves, Qt.Key.Key_Return)
    assert api.propagate(document, [10.0]).output == pytest.approx([25.0], abs=1e-4)
    assert document.is_modified
    document.undo()
    assert not document.is_modified


def test_long_work_is_cancelled(qtbot: QtBot, window: ExploreWindow) -> None:
    QGuiApplication.clipboard().setText("\n".join(str(x) for x in range(20_000)))
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    button = window.rows.progress.findChild(QPushButton, "cancel")
    assert button is not None
    button.click()
    assert window.rows.sentence.text() == "Cancelled."
    qtbot.waitUntil(lambda: not window.rows.is_working, timeout=20_000)
    assert window.rows.sentence.text() == "Cancelled."
    assert window.rows.answer is None


def test_progress_of_a_long_table_is_shown_and_never_goes_back(
    qtbot: QtBot, window: ExploreWindow
) -> None:
    shares: list[float] = []
    window.rows.progressed.connect(shares.append)
    QGuiApplication.clipboard().setText("\n".join(f"{x} {2 * x + 5}" for x in range(2000)))
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "2,000 rows:")
    assert len(shares) > 8
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


def test_the_columns_of_a_long_table_are_measured_by_what_is_in_sight(
    qtbot: QtBot, window: ExploreWindow
) -> None:
    QGuiApplication.clipboard().setText("\n".join(str(x) for x in range(10_000)))
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "10,000 rows.")
    asked: set[int] = set()
    own = window.rows.model.data

    def data(index: QModelIndex, role: int = 0) -> object:
        asked.add(index.row())
        return own(index, role)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window.rows.model, "data", data)
        window.rows.table.resizeColumnsToContents()
    assert 0 < len(asked) < 200


def test_expected_outputs_come_from_a_second_file(
    qtbot: QtBot, window: ExploreWindow, tmp_path: Path
) -> None:
    rows, expected = tmp_path / "x.npy", tmp_path / "y.csv"
    np.save(rows, np.arange(-10.0, 21.0)[:, None])
    expected.write_text("\n".join(str(2 * x + 5) for x in range(-10, 21)))
    assert not window.rows.expected.isEnabled()
    window.rows.load(rows)
    wait_for(qtbot, window, "31 rows.")
    assert window.rows.expected.isEnabled()
    window.rows.load_expected(expected)
    said = wait_for(qtbot, window, "31 rows: mean_squared_error")
    assert "Trained poorly, not computed wrongly" in said
    assert "within 0.115 of them from 0 to 20" in said
    assert "row 0 gives 5.34 instead of -15" in said


def test_expected_outputs_of_another_number_of_rows_are_refused(
    qtbot: QtBot, window: ExploreWindow, table: Path, tmp_path: Path
) -> None:
    window.rows.load(table)
    wait_for(qtbot, window, "5 rows:")
    other = tmp_path / "y.csv"
    other.write_text("1\n2\n3\n")
    window.rows.load_expected(other)
    wait_for(qtbot, window, "y.csv has 3 rows; the table of inputs has 5")


def test_outputs_computed_without_the_activation_are_told_as_computed_wrongly(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    rows = np.linspace(-10, 20, 7)[:, None]
    wrong = api.propagate(document, rows, activations={"dense": "linear"}).output
    text = "\n".join(f"{x}\t{y}" for x, y in zip(rows[:, 0], wrong[:, 0], strict=True))
    QGuiApplication.clipboard().setText(text)
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    said = wait_for(qtbot, window, "7 rows:")
    assert "Computed wrongly: the expected outputs come out without relu in dense" in said


def test_a_typed_scaler_takes_part(qtbot: QtBot, window: ExploreWindow, document: Document) -> None:
    QGuiApplication.clipboard().setText("12\n14\n")
    qtbot.mouseClick(window.rows.paste, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "2 rows.")
    fields = window.rows.inside
    assert not fields.offset.isVisible()
    qtbot.keyClicks(fields.kind, "t")
    while fields.kind.currentText() != "typed":
        qtbot.keyClick(fields.kind, Qt.Key.Key_Down)
    fields.offset.setText("10")
    fields.scale.setText("2")
    qtbot.keyClick(fields.scale, Qt.Key.Key_Return)
    expected = api.propagate(document, [[1.0], [2.0]]).output

    def is_scaled() -> bool:
        answer = window.rows.answer
        return answer is not None and np.allclose(answer.edited.output, expected, atol=1e-5)

    qtbot.waitUntil(is_scaled, timeout=20_000)
    fields.scale.setText("0")
    qtbot.keyClick(fields.scale, Qt.Key.Key_Return)
    wait_for(qtbot, window, "cannot divide by 0")
    fields.scale.setText("two")
    qtbot.keyClick(fields.scale, Qt.Key.Key_Return)
    wait_for(qtbot, window, "“two” is not a number")


def test_what_is_said_follows_the_theme(window: ExploreWindow) -> None:
    before = theme().choice
    try:
        for mode in ("dark", "light"):
            theme().choose(mode)
            assert colors().muted in window.rows.invitation.styleSheet()
            assert colors().text in window.rows.sentence.styleSheet()
    finally:
        theme().choose(before)


def test_it_opens_over_its_parent_and_within_the_screen(qtbot: QtBot, selection: Selection) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    screen = parent.screen().availableGeometry()
    parent.setGeometry(screen.adjusted(120, 100, -4, -4))
    parent.show()
    window = ExploreWindow(selection, parent)
    window.show()
    assert screen.contains(window.geometry())
    middle = window.geometry().center() - parent.geometry().center()
    assert abs(middle.y()) <= 60
    assert window.geometry().top() > screen.top()


def test_escape_closes_it_and_what_was_computed_stays(qtbot: QtBot, window: ExploreWindow) -> None:
    window.tabs.setCurrentWidget(window.sweep)
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "Blue: the output")
    qtbot.keyClick(window.sweep.start, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.show()
    assert window.sweep.curves.isVisible()


def test_a_page_says_what_to_do_until_there_is_something_to_see(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    for page in window.pages:
        window.tabs.setCurrentWidget(page)
        assert page.invitation.isVisible()
        assert len(page.invitation.text().split()) > 10
    qtbot.mouseClick(window.sensitivity.compute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.sensitivity.picture.isVisible)
    assert not window.sensitivity.invitation.isVisible()
    window.set_document(document)
    assert window.sensitivity.invitation.isVisible()


def test_the_scaler_of_the_table_is_told_and_belongs_to_its_model(
    qtbot: QtBot, window: ExploreWindow, document: Document, table: Path
) -> None:
    heard: list[Scaler | None] = []
    window.rows.scaler_changed.connect(heard.append)
    choose(qtbot, window, "standardised")
    assert heard == [None]
    assert "Load the table" in window.rows.sentence.text()
    window.rows.load(table)
    qtbot.waitUntil(lambda: heard[-1] is not None, timeout=20_000)
    assert heard[-1] is not None
    np.testing.assert_allclose(heard[-1].offset, [5.0])
    window.set_document(document)
    assert window.rows.inside.kind.currentText() == "as they are"


def choose(qtbot: QtBot, window: ExploreWindow, kind: str) -> None:
    """Choose a scaler of the inputs by the keys."""
    box = window.rows.inside.kind
    box.setFocus()
    for _ in range(box.count()):
        if box.currentText() == kind:
            return
        qtbot.keyClick(box, Qt.Key.Key_Down)
    pytest.fail(f"no scaler is called {kind}")


def test_a_scaled_input_is_swept_as_it_is_typed(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    scaler = typed(4.0, 2.0)
    window.set_trace(api.propagate(document, [3.0]), scaler)
    window.tabs.setCurrentWidget(window.sweep)
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "Blue: the output")
    sweep = window.sweep.curves.sweep
    assert sweep is not None
    assert (sweep.places[0], sweep.places[-1]) == (-10, 20)
    for place, number in ((0, -7.0), (-1, 8.0)):
        expected = api.propagate(document, [number]).output
        np.testing.assert_allclose(sweep.output[place], expected, rtol=1e-6)


def test_an_input_of_words_is_not_swept_and_the_page_says_so(
    qtbot: QtBot, window: ExploreWindow, document: Document
) -> None:
    made = api.propagate(document, [3.0])
    window.set_trace(Trace((np.array(["cat"]),), made.steps, made.outputs, made.is_batch))
    window.tabs.setCurrentWidget(window.sweep)
    qtbot.mouseClick(window.sweep.draw, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "only numbers can be swept")


def test_a_number_of_the_second_input_is_swept(
    qtbot: QtBot, window: ExploreWindow, shared_models: Path
) -> None:
    document = api.open_document(sorted(shared_models.glob("generated/k3*/multi_io.keras"))[-1])
    shapes = [shape or () for shape in input_shapes(document.model)]
    trace = api.propagate(document, [np.ones([n or 3 for n in shape[1:]]) for shape in shapes])
    window.set_document(document)
    window.set_trace(trace)
    window.tabs.setCurrentWidget(window.sweep)
    page = window.sweep
    assert page.number.isVisible()
    page.number.setValue(trace.inputs[0].size)
    for field, text in ((page.start, "1"), (page.stop, "2")):
        field.selectAll()
        qtbot.keyClicks(field, text)
    qtbot.mouseClick(page.draw, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "Blue: the output")
    names = document.model.graph.input_names if document.model.graph is not None else ()
    assert page.curves.getPlotItem().getAxis("bottom").labelText.startswith(names[1])
