"""Re-initialising a weight, as a person asks for it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton, QSpinBox

from weightview.worker import client

KERNEL = "dense_1/kernel"
BY_HAND = {"class_name": "RandomUniform", "config": {"minval": -2.0, "maxval": 2.0, "seed": 3}}


@pytest.fixture
def drawn(monkeypatch):
    """Let a generator of numbers stand for TensorFlow's process; return what it was asked."""
    asked = []

    def draw(_worker, class_name, config, shape, seed, **_):
        asked.append((class_name, dict(config), tuple(shape), seed))
        return np.random.default_rng(seed).normal(size=shape).astype(np.float32)

    monkeypatch.setattr(client.Worker, "draw", draw)
    return asked


def ask(hand, qtbot, kind, seed, cells=0):
    hand.view.findChild(object, "initialise").trigger()
    dialog = hand.view.findChild(QDialog, "initializer_dialog")
    kinds = dialog.findChild(QComboBox, "initializer_kind")
    if kind:
        kinds.setCurrentIndex(kinds.findText(kind))
    field = dialog.findChild(QSpinBox, "initializer_seed")
    field.selectAll()
    qtbot.keyClicks(field, str(seed))
    dialog.findChild(QComboBox, "initializer_cells").setCurrentIndex(cells)
    qtbot.mouseClick(dialog.findChild(QPushButton, "initializer_draw"), Qt.MouseButton.LeftButton)


def numbers(seed, shape=(8, 5)):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_a_whole_weight_is_drawn_in_one_step(open_view, dense_document, qtbot, drawn):
    hand = open_view(dense_document, KERNEL)
    ask(hand, qtbot, "HeNormal", 42)
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert drawn == [("HeNormal", {}, (8, 5), 42)]
    np.testing.assert_array_equal(dense_document.read(KERNEL), numbers(42))
    assert dense_document.history.labels == (f"Re-initialise {KERNEL} by HeNormal, seed 42",)
    dense_document.undo()
    assert not dense_document.is_modified


def test_selected_cells_get_their_part_of_the_whole(open_view, dense_document, qtbot, drawn):
    hand = open_view(dense_document, KERNEL)
    before = dense_document.read(KERNEL)
    hand.click_cell(1, 1)
    hand.click_cell(3, 2, Qt.KeyboardModifier.ShiftModifier)
    ask(hand, qtbot, "GlorotUniform", 5, cells=1)
    qtbot.waitUntil(lambda: dense_document.is_modified)
    before[1:4, 1:3] = numbers(5)[1:4, 1:3]
    np.testing.assert_array_equal(dense_document.read(KERNEL), before)


def test_the_layers_own_initializer_comes_first(open_view, dense_document, qtbot, drawn):
    dense_document.model.layer("dense_1").config["kernel_initializer"] = BY_HAND
    hand = open_view(dense_document, KERNEL)
    ask(hand, qtbot, "", 1)
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert drawn == [("RandomUniform", {"minval": -2.0, "maxval": 2.0}, (8, 5), 1)]


def test_without_tensorflow_it_says_so(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    ask(hand, qtbot, "HeNormal", 1)
    qtbot.waitUntil(lambda: len(hand.refusals) == 1)
    assert "TensorFlow" in hand.refusals[0]
    assert not dense_document.is_modified


def test_whole_numbers_are_not_drawn(open_view, make_document):
    document = make_document(
        "Other", {"kernel": np.arange(6).reshape(2, 3)}, {"kernel": ("input", "unit")}
    )
    hand = open_view(document, "layer/kernel")
    hand.view.findChild(object, "initialise").trigger()
    assert "initializer" in hand.refusals[0]
