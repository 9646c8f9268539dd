"""Undo and redo by keys, also of edits too large to be worked out in the window's thread."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget

from weightview.core.stepping import Step

CTRL = Qt.KeyboardModifier.ControlModifier
LARGE = (600, 1000)
KERNEL = "dense_1/kernel"


@pytest.fixture
def threads(monkeypatch):
    """Return the threads in which undo and redo were worked out, in order."""
    found = []
    work = Step.work

    def watched(step):
        found.append(threading.current_thread())
        return work(step)

    monkeypatch.setattr(Step, "work", watched)
    return found


@pytest.fixture
def document(make_dense_document):
    return make_dense_document((*LARGE, 2))


@pytest.fixture
def shown(window, qtbot, document):
    window.set_document(document)
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


def press(qtbot, window, key, count=1):
    for _ in range(count):
        qtbot.keyClick(window, key, CTRL)


def test_a_large_edit_is_undone_and_redone_outside_the_windows_thread(
    shown, document, qtbot, threads
):
    before = document.read(KERNEL)
    document.set_values(KERNEL, None, before * 2)
    press(qtbot, shown, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: document.history.position == 0)
    assert document.read(KERNEL).tobytes() == before.tobytes()
    assert not document.is_modified
    press(qtbot, shown, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: document.history.position == 1)
    assert document.read(KERNEL).tobytes() == (before * 2).tobytes()
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_a_small_edit_is_undone_at_once(shown, document, qtbot, threads):
    document.set_values(KERNEL, (0, 0), 5)
    press(qtbot, shown, Qt.Key.Key_Z)
    assert not document.is_modified
    assert threads == [threading.main_thread()]


def test_each_press_of_the_key_is_one_edit_however_long_they_take(shown, document, qtbot):
    for factor in (2, 3, 4, 5):
        document.set_values(KERNEL, None, np.full(LARGE, factor, np.float32))
    press(qtbot, shown, Qt.Key.Key_Z, 3)
    qtbot.waitUntil(lambda: document.history.position == 1)
    assert document.read(KERNEL, (0, 0)) == 2
    press(qtbot, shown, Qt.Key.Key_Y, 3)
    press(qtbot, shown, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: document.history.position == 3)
    assert document.read(KERNEL, (0, 0)) == 4


def test_an_edit_made_meanwhile_stays_and_the_window_says_so(shown, document, qtbot):
    document.set_values(KERNEL, None, np.ones(LARGE, np.float32), label="Ones")
    press(qtbot, shown, Qt.Key.Key_Z)
    document.set_values("dense_1/bias", 0, 7)

    def told():
        return any("“Ones” was not undone" in label.text() for label in shown.findChildren(QLabel))

    qtbot.waitUntil(told)
    assert document.read("dense_1/bias", 0) == 7
    assert document.read(KERNEL).all()
    assert document.history.position == 2


def test_a_click_in_the_list_goes_back_past_large_edits(shown, document, qtbot, threads):
    before = document.read(KERNEL)
    for factor in (2, 3):
        document.set_values(KERNEL, None, np.full(LARGE, factor, np.float32))
    press(qtbot, shown, Qt.Key.Key_H)
    edits = shown.findChild(QListWidget, "history_list")
    qtbot.waitUntil(edits.isVisible)
    place = edits.visualItemRect(edits.item(0)).center()
    qtbot.mouseClick(edits.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: shown.findChild(QLabel, "history_words").text().endswith("undone."))
    assert document.history.position == 0
    assert document.read(KERNEL).tobytes() == before.tobytes()
    assert threading.main_thread() not in threads
