"""Changing many cells at once, as a person does."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

KERNEL = "dense_1/kernel"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def change(hand, operation, *texts):
    hand.table.setFocus()
    hand.key(Qt.Key.Key_E, CTRL)
    box = hand.view.findChild(QComboBox, "change_operation")
    box.setFocus()
    hand.qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != operation:
        hand.qtbot.keyClick(box, Qt.Key.Key_Down)
    for place, text in enumerate(texts):
        field = hand.view.findChild(QLineEdit, f"change_field_{place}")
        field.selectAll()
        hand.qtbot.keyClicks(field, text)
    hand.press("change_apply")


@pytest.mark.parametrize(
    ("operation", "texts", "expected"),
    [
        ("set", ["0.5"], lambda w: np.full_like(w, 0.5)),
        ("add", ["1"], lambda w: w.astype(np.float64) + 1),
        ("multiply", ["-2"], lambda w: w * -2),
        ("clip", ["-0.1", "0.1"], lambda w: np.clip(w.astype(np.float64), -0.1, 0.1)),
        ("round", ["1"], lambda w: np.round(w.astype(np.float64), 1)),
        (
            "normalise_rows",
            [],
            lambda w: w / np.linalg.norm(w.astype(np.float64), axis=1, keepdims=True),
        ),
        ("zero_below", ["0.3"], lambda w: np.where(np.abs(w) < 0.3, 0, w)),
        ("formula", ["w + i"], lambda w: w.astype(np.float64) + np.array([[2], [3]])),
    ],
)
def test_an_operation_changes_the_selected_cells_alone_in_one_step(
    open_view, dense_document, operation, texts, expected
):
    hand = open_view(dense_document, KERNEL)
    before = dense_document.read(KERNEL)
    hand.click_cell(2, 1)
    hand.click_cell(3, 3, SHIFT)
    change(hand, operation, *texts)
    block = slice(2, 4), slice(1, 4)
    wanted = before.copy()
    wanted[block] = expected(before[block])
    assert np.array_equal(dense_document.read(KERNEL), wanted)
    count = int((wanted != before).sum())
    assert hand.text("change_message") == f"{count} cells changed. Ctrl+Z takes it back."
    dense_document.undo()
    assert not dense_document.is_modified


def test_a_formula_that_is_none_says_why_and_changes_nothing(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    change(hand, "formula", "w.dump('x')")
    assert "not a function of formulas" in message(hand)
    assert not dense_document.is_modified


def test_numbers_beyond_the_dtype_are_refused_whole(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.view.select_all()
    change(hand, "multiply", "1e39")
    assert "too large" in message(hand)
    assert not dense_document.is_modified


def test_columns_are_normalised_as_they_are_seen(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.press("orientation_textbook")
    hand.click_cell(0, 0)
    hand.click_cell(4, 7, SHIFT)
    change(hand, "normalise_rows")
    kernel = dense_document.read(KERNEL)
    assert np.linalg.norm(kernel, axis=0) == pytest.approx(np.ones(5), rel=1e-6)


def test_without_a_selection_it_says_so(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    change(hand, "set", "1")
    assert hand.text("change_message").startswith("Select cells first")
    assert not dense_document.is_modified


def message(hand):
    return hand.text("change_message")


def choose(hand, operation):
    box = hand.view.findChild(QComboBox, "change_operation")
    box.setFocus()
    hand.qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != operation:
        hand.qtbot.keyClick(box, Qt.Key.Key_Down)


def write(hand, text, place=0):
    field = hand.view.findChild(QLineEdit, f"change_field_{place}")
    field.setFocus()
    field.selectAll()
    hand.qtbot.keyClicks(field, text)
    return field


def test_what_would_become_of_the_cells_is_said_while_typing(open_view, dense_document):
    dense_document.set_values(KERNEL, (slice(0, 2), slice(0, 2)), [[1, 2], [-3, 0]])
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.click_cell(1, 1, SHIFT)
    hand.key(Qt.Key.Key_E, CTRL)
    assert message(hand) == "4 cells: -3 … 2 become 0; 3 of them change."
    choose(hand, "multiply")
    assert message(hand) == "4 cells: nothing changes."
    write(hand, "-10")
    assert message(hand) == "4 cells: -3 … 2 become -20 … 30; all change."
    hand.click_cell(1, 0)
    assert message(hand) == "-3 becomes 30."
    choose(hand, "formula")
    field = write(hand, "sqrt(w)")
    assert message(hand) == "-3 becomes no finite number. 1 will be NaN or infinite."
    assert dense_document.history.position == 1
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "1 became NaN or infinite" in message(hand)
    assert np.isnan(dense_document.read(KERNEL, (1, 0)))
    assert hand.refusals == []


def test_the_foresight_follows_undo(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    dense_document.set_values(KERNEL, (0, 0), 4)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_E, CTRL)
    choose(hand, "add")
    write(hand, "1")
    assert message(hand) == "4 becomes 5."
    dense_document.set_values(KERNEL, (0, 0), 7)
    assert message(hand) == "7 becomes 8."
    dense_document.undo()
    assert message(hand) == "4 becomes 5."


@pytest.mark.parametrize(
    ("operation", "text", "why"),
    [
        ("add", "x", "“x” is not a number."),
        ("add", "1,5", "Write 1.5 with a point."),
        ("formula", "w +", "is not a formula"),
        ("multiply", "1e39", "too large"),
    ],
)
def test_what_is_refused_is_said_before_return_too(open_view, dense_document, operation, text, why):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_E, CTRL)
    choose(hand, operation)
    field = write(hand, text)
    assert why in message(hand)
    assert hand.refusals == []
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert why in message(hand)
    assert hand.refusals == [], "it is said once"
    assert not dense_document.is_modified


def test_what_changes_nothing_is_no_edit(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    change(hand, "multiply", "1")
    assert message(hand) == "1 cell: nothing changes."
    assert not dense_document.is_modified


def test_cells_of_kernel_and_bias_change_together(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    kernel, bias = dense_document.read(KERNEL), dense_document.read("dense_1/bias")
    hand.click_cell(7, 1)
    hand.click_cell(8, 2, SHIFT)
    change(hand, "multiply", "2")
    assert np.array_equal(dense_document.read(KERNEL)[7, 1:3], kernel[7, 1:3] * 2)
    assert np.array_equal(dense_document.read("dense_1/bias")[1:3], bias[1:3] * 2)
    dense_document.undo()
    assert not dense_document.is_modified


def test_in_a_sorted_table_the_cells_that_are_seen_change(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    kernel = dense_document.read(KERNEL)
    hand.click_cell(0, 2)
    hand.view.findChild(object, "sort_rows").trigger()
    hand.click_cell(0, 1)
    hand.click_cell(2, 2, SHIFT)
    change(hand, "formula", "100 * i + j")
    expected = kernel.copy()
    for row in np.argsort(-kernel[:, 2])[:3]:
        expected[row, 1:3] = [100 * row + 1, 100 * row + 2]
    assert np.array_equal(dense_document.read(KERNEL), expected)


@pytest.fixture
def large_document(make_document):
    array = np.random.default_rng(3).normal(size=(600, 500)).astype(np.float32)
    return make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})


def test_many_cells_change_in_the_background_in_one_step(open_view, large_document, qtbot):
    before = large_document.read("layer/kernel")
    hand = open_view(large_document, "layer/kernel")
    hand.click_cell(0, 0)
    hand.view.select_all()
    hand.key(Qt.Key.Key_E, CTRL)
    choose(hand, "normalise_columns")
    qtbot.waitUntil(lambda: "all change" in message(hand))
    assert message(hand).startswith("300,000 cells: ")
    hand.press("change_apply")
    assert not large_document.is_modified
    qtbot.waitUntil(lambda: large_document.is_modified)
    lengths = np.linalg.norm(large_document.read("layer/kernel"), axis=0)
    assert lengths == pytest.approx(np.ones(500), rel=1e-5)
    assert message(hand) == "300,000 cells changed. Ctrl+Z takes it back."
    large_document.undo()
    assert np.array_equal(large_document.read("layer/kernel"), before)


def test_a_change_under_way_shows_progress_and_is_cancelled(
    open_view, large_document, qtbot, monkeypatch
):
    from weightview.core import outcome

    gate, reached = threading.Event(), threading.Event()
    real = outcome.operate

    def slow(*arguments):
        reached.set()
        gate.wait(20)
        return real(*arguments)

    hand = open_view(large_document, "layer/kernel")
    hand.click_cell(0, 0)
    hand.view.select_all()
    hand.key(Qt.Key.Key_E, CTRL)
    choose(hand, "add")
    field = write(hand, "3")
    qtbot.waitUntil(lambda: "all change" in message(hand))
    monkeypatch.setattr(outcome, "operate", slow)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    line = hand.view.findChild(QWidget, "change_bar").findChild(QWidget, "progress")
    qtbot.waitUntil(line.isVisible)
    assert not hand.view.findChild(object, "change_apply").isEnabled()
    qtbot.waitUntil(reached.is_set)
    qtbot.mouseClick(line.findChild(object, "cancel"), Qt.MouseButton.LeftButton)
    gate.set()
    qtbot.waitUntil(lambda: not line.isVisible())
    assert message(hand) == "It was cancelled; nothing was changed."
    assert not large_document.is_modified
    assert hand.refusals == []


def test_an_edit_made_meanwhile_is_not_overwritten(open_view, large_document, qtbot):
    hand = open_view(large_document, "layer/kernel")
    hand.view.select_all()
    change(hand, "add", "1")
    large_document.set_values("layer/kernel", (0, 0), 77)
    qtbot.waitUntil(lambda: "changed meanwhile" in message(hand))
    assert large_document.read("layer/kernel", (0, 0)) == 77
    assert large_document.history.position == 1
