"""Many cells at once: worked out outside the window's thread, and still one step to undo."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from weightview.gui.weight_view import initializing, putting

SHAPE = (300, 200)
KERNEL = "layer/kernel"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def threads(monkeypatch):
    """Return the threads in which edits were worked out."""
    found = []
    prepare = putting.prepare

    def watched(*given):
        found.append(threading.current_thread())
        return prepare(*given)

    monkeypatch.setattr(putting, "prepare", watched)
    monkeypatch.setattr(initializing, "prepare", watched)
    return found


@pytest.fixture
def array():
    return np.random.default_rng(3).normal(size=SHAPE).astype(np.float32)


@pytest.fixture
def hand(open_view, make_document, array):
    axes = {"kernel": ("input", "unit")}
    result = open_view(make_document("Dense", {"kernel": array}, axes), KERNEL)
    result.click_cell(0, 0)
    return result


def document_of(hand):
    return hand.table.model().document


def made_one_step(hand, qtbot, threads, expected):
    document = document_of(hand)
    qtbot.waitUntil(lambda: document.is_modified)
    np.testing.assert_array_equal(document.read(KERNEL), expected)
    assert threads
    assert threading.main_thread() not in threads
    assert document.history.position == 1


def test_a_large_block_is_copied_cleared_and_pasted(hand, qtbot, threads, array):
    document = document_of(hand)
    QGuiApplication.clipboard().clear()
    hand.table.selectAll()
    hand.view.copy()
    qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()))
    hand.key(Qt.Key.Key_Delete)
    made_one_step(hand, qtbot, threads, np.zeros(SHAPE))
    hand.click_cell(0, 0)
    hand.view.paste()
    qtbot.waitUntil(lambda: document.history.position == 2)
    assert document.read(KERNEL).tobytes() == array.tobytes()
    assert threading.main_thread() not in threads


def test_a_whole_weight_is_imported(hand, qtbot, threads, array, tmp_path, monkeypatch):
    file = tmp_path / "new.npy"
    np.save(file, array * 2)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    hand.view.findChild(QAction, "cells_import").trigger()
    made_one_step(hand, qtbot, threads, array * 2)
    assert hand.words[-1] == f"Import new.npy into {KERNEL}."


def test_a_paste_that_does_not_fit_is_refused(hand, qtbot, threads):
    text = "\n".join(["1\t2"] * (SHAPE[0] + 1) * 8)
    QGuiApplication.clipboard().setText(text)
    hand.view.paste()
    qtbot.waitUntil(lambda: bool(hand.refusals))
    assert "only 300 rows and 200 columns" in hand.refusals[0]
    assert not document_of(hand).is_modified


def test_a_few_cells_are_pasted_at_once(hand, threads):
    QGuiApplication.clipboard().setText("1\t2\n3\t4")
    hand.view.paste()
    assert document_of(hand).read(KERNEL)[:2, :2].tolist() == [[1, 2], [3, 4]]
    assert threads == [threading.main_thread()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,5\n2,5\n", "2 columns separated by commas"),
        ("1,5;2\n2;3\n", "2 columns separated by semicolons, with decimal commas"),
        ("1\t5\t7\n2\t5\t8\n", "3 columns separated by tabs"),
        ("1.5\n2.5\n", "1 column"),
    ],
)
def test_the_status_says_how_a_text_of_numbers_was_understood(
    hand, qtbot, tmp_path, monkeypatch, text, words
):
    file = tmp_path / "new.csv"
    file.write_text(text)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    hand.view.findChild(QAction, "cells_import").trigger()
    qtbot.waitUntil(lambda: document_of(hand).is_modified)
    assert hand.words[-1].endswith(f": {words}.")


def test_what_does_not_fit_says_how_it_was_understood(hand, qtbot, tmp_path, monkeypatch):
    file = tmp_path / "new.csv"
    file.write_text("1,5\n2,5\n")
    hand.click_cell(0, SHAPE[1] - 1)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    hand.view.findChild(QAction, "cells_import").trigger()
    qtbot.waitUntil(lambda: bool(hand.refusals))
    assert hand.refusals[0].endswith("new.csv was read as 2 columns separated by commas.")
    assert not document_of(hand).is_modified
