"""The views together: one selection, and room for the derivation when there is one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView

from weightview.gui.selection import NumberAddress


@pytest.fixture
def workspace(window, dense_document):
    window.set_document(dense_document)
    return window.workspace


def test_the_derivation_gets_room_when_a_number_is_selected(window, make_dense_document, qtbot):
    window.set_document(make_dense_document((400, 40, 2)))  # a kernel that would fill the window
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.calculator.trace is not None, timeout=10_000)
    # The model's output is explained by itself; without a number there is a line only.
    qtbot.waitUntil(lambda: window.selection.number is not None)
    window.selection.select_number(None)
    qtbot.waitUntil(lambda: workspace.derivation.height() < 100)
    small = workspace.derivation.height()
    window.selection.select_number(NumberAddress("dense_1", 0, "output", (2,)))
    qtbot.waitUntil(lambda: workspace.derivation.height() > 2 * small)
    window.selection.select_number(None)
    qtbot.waitUntil(lambda: workspace.derivation.height() < 2 * small)


def test_a_refusal_of_any_view_comes_to_the_message_bar(workspace, window):
    workspace.weight_view.refused.emit("Not a number.")
    assert window.messages.messages[-1].text == "Not a number."
    workspace.calculator.refused.emit("Too few numbers.")
    assert window.messages.messages[-1].text == "Too few numbers."


def test_a_cell_is_told_in_the_status_bar(workspace, window):
    workspace.weight_view.status.emit("input 3, unit 2: 0.298946023")
    cell = window.findChild(QLabel, "status_cell")
    assert cell.text() == "input 3, unit 2: 0.298946023"
    assert cell.isVisible()


@pytest.mark.parametrize("kind", ["agrees", "differs", "quiet"])
def test_tensorflows_word_is_in_the_bar(workspace, window, kind):
    workspace.calculator.agreement_changed.emit(kind, "TensorFlow agrees to 1e-7")
    pill = window.findChild(QLabel, "agreement")
    assert pill.text() == "TensorFlow agrees to 1e-7"
    workspace.calculator.agreement_changed.emit(kind, "x" * 200)
    assert len(pill.text()) <= 40
    assert pill.toolTip() == "x" * 200


def test_another_document_starts_with_its_first_weight(workspace, window, make_dense_document):
    window.selection.select_weight("dense_3/bias", "dense_3")
    window.selection.select_cell("dense_3/bias", (1,))
    window.set_document(make_dense_document((2, 2)))
    assert window.selection.weight_path == "dense_1/kernel"
    assert window.selection.cell is None


def test_a_refusal_goes_once_the_person_went_on_and_a_files_trouble_stays(
    workspace, window, dense_document
):
    def texts():
        return [message.text for message in window.messages.messages]

    workspace.weight_view.unreadable.emit("The file is gone.")
    workspace.weight_view.refused.emit("Not a number.")
    dense_document.set_values("dense_1/kernel", (0, 0), 2.0)
    assert texts() == ["The file is gone."]
    workspace.weight_view.refused.emit("Not a number.")
    window.selection.select_weight("dense_3/bias", "dense_3")
    assert texts() == ["The file is gone."]


def test_a_message_moves_nothing_that_stands_at_the_top(workspace, window, qtbot):
    table = workspace.weight_view.findChild(QTableView, "weight_table")
    place = table.mapTo(window, table.rect().topLeft())
    workspace.weight_view.refused.emit("Not a number.")
    qtbot.waitUntil(lambda: window.message_strip.height() > 20)
    strip = window.message_strip
    assert strip.isVisible()
    assert strip.mapTo(window, strip.rect().topLeft()).y() > window.height() * 3 // 4
    assert table.mapTo(window, table.rect().topLeft()) == place


def test_a_layer_that_was_searched_shows_its_first_weight_as_a_click_does(workspace, window, qtbot):
    window.commands.actions["find"].trigger()
    qtbot.keyClicks(window.search, "dense_3")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.selection.layer_path == "dense_3"
    assert window.selection.weight_path == "dense_3/kernel"
    assert workspace.tree.view.currentIndex().data().startswith("dense_3")
