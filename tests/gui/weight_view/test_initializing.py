"""Re-initialising a weight, as a person asks for it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from weightview.worker import client

KERNEL = "dense_1/kernel"
BY_HAND = {"class_name": "RandomUniform", "config": {"minval": -2.0, "maxval": 2.0, "seed": 3}}


@pytest.fixture
def drawn(monkeypatch):
    """Let a generator of numbers stand for TensorFlow's process; return what it was asked."""
    asked = []

    def draw(_worker, class_name, config, shape, seed, *, dtype):
        asked.append((class_name, dict(config), tuple(shape), seed))
        return np.random.default_rng(seed).normal(size=shape).astype(dtype)

    monkeypatch.setattr(client.Worker, "draw", draw)
    return asked


def open_dialog(hand):
    hand.view.findChild(object, "initialise").trigger()
    return hand.view.findChild(QDialog, "initializer_dialog")


def ask(hand, qtbot, kind, seed, cells=0):
    dialog = open_dialog(hand)
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
    label = f"Re-initialise {KERNEL} by RandomUniform (minval -2.0, maxval 2.0), seed 1"
    assert dense_document.history.labels == (label,)


def test_without_tensorflow_it_says_so_and_keeps_the_question(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    ask(hand, qtbot, "HeNormal", 1)
    dialog = hand.view.findChild(QDialog, "initializer_dialog")
    qtbot.waitUntil(lambda: "TensorFlow" in dialog.findChild(QLabel, "initializer_words").text())
    assert dialog.isVisible()
    assert dialog.findChild(QPushButton, "initializer_draw").isEnabled()
    assert not dense_document.is_modified


def shown_settings(dialog):
    fields = (
        *dialog.findChildren(QLineEdit),
        *dialog.findChildren(QComboBox),
    )
    return {
        field.accessibleName(): field.text()
        if isinstance(field, QLineEdit)
        else field.currentText()
        for field in fields
        if field.objectName().startswith("setting_") and field.isVisible()
    }


def choose(dialog, qtbot, kind):
    """Go to a kind by the arrow keys."""
    kinds = dialog.findChild(QComboBox, "initializer_kind")
    kinds.setFocus()
    qtbot.keyClick(kinds, Qt.Key.Key_Home)
    while kinds.currentText() != kind:
        qtbot.keyClick(kinds, Qt.Key.Key_Down)


def type_setting(dialog, qtbot, name, text):
    field = dialog.findChild(QLineEdit, f"setting_{name}")
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    return field


def test_the_fields_follow_the_initializer_with_keras_defaults(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    dialog = open_dialog(hand)
    seen = {}
    for kind in ("GlorotUniform", "RandomUniform", "RandomNormal", "VarianceScaling", "Constant"):
        choose(dialog, qtbot, kind)
        seen[kind] = shown_settings(dialog)
    assert seen == {
        "GlorotUniform": {},
        "RandomUniform": {"minval": "-0.05", "maxval": "0.05"},
        "RandomNormal": {"mean": "0.0", "stddev": "0.05"},
        "VarianceScaling": {
            "scale": "1.0",
            "mode": "fan_in",
            "distribution": "truncated_normal",
        },
        "Constant": {"value": "0.0"},
    }
    assert not dialog.findChild(QSpinBox, "initializer_seed").isVisible()


def test_tab_goes_from_field_to_field_in_the_order_they_stand(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    dialog = open_dialog(hand)
    choose(dialog, qtbot, "VarianceScaling")
    seen = []
    for _ in range(5):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        seen.append(dialog.focusWidget().objectName())
    assert seen == [
        "setting_scale",
        "setting_mode",
        "setting_distribution",
        "initializer_seed",
        "initializer_cells",
    ]


def test_typed_settings_are_what_keras_draws_with(open_view, dense_document, qtbot, drawn):
    hand = open_view(dense_document, KERNEL)
    dialog = open_dialog(hand)
    choose(dialog, qtbot, "RandomNormal")
    type_setting(dialog, qtbot, "mean", "-1.5")
    field = type_setting(dialog, qtbot, "stddev", "1e-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert drawn == [("RandomNormal", {"mean": -1.5, "stddev": 0.001}, (8, 5), 0)]


def test_a_wrong_setting_is_refused_beside_its_field(open_view, dense_document, qtbot, drawn):
    hand = open_view(dense_document, KERNEL)
    dialog = open_dialog(hand)
    choose(dialog, qtbot, "RandomNormal")
    field = type_setting(dialog, qtbot, "stddev", "-1")
    refusal = dialog.findChild(QLabel, "refusal_stddev")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert refusal.isVisible()
    assert refusal.text() == "stddev must be 0 or more."
    assert dialog.focusWidget() is field
    assert dialog.isVisible()
    qtbot.keyClicks(field, "2")
    assert not refusal.isVisible()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert drawn[0][1] == {"mean": 0.0, "stddev": 2.0}


def test_what_cannot_draw_the_shape_says_so(open_view, dense_document, qtbot, drawn):
    hand = open_view(dense_document, "dense_1/bias")
    dialog = open_dialog(hand)
    choose(dialog, qtbot, "Orthogonal")
    qtbot.keyClick(dialog.findChild(QLineEdit, "setting_gain"), Qt.Key.Key_Return)
    assert "two axes at least" in dialog.findChild(QLabel, "initializer_words").text()
    assert drawn == []


def test_the_drawing_shows_progress_and_escape_stops_it(
    open_view, dense_document, qtbot, monkeypatch
):
    stopped, gate = [], threading.Event()

    def draw(_worker, _class_name, _config, shape, _seed, **_):
        gate.wait(20)
        return np.ones(shape, np.float32)

    monkeypatch.setattr(client.Worker, "draw", draw)
    monkeypatch.setattr(client.Worker, "stop_drawing", lambda _worker: stopped.append(1))
    hand = open_view(dense_document, KERNEL)
    ask(hand, qtbot, "HeNormal", 1)
    dialog = hand.view.findChild(QDialog, "initializer_dialog")
    line = dialog.findChild(QWidget, "progress")
    qtbot.waitUntil(line.isVisible)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert len(stopped) == 1
    assert not line.isVisible()
    assert dialog.isVisible()
    gate.set()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    QThreadPool.globalInstance().waitForDone()
    qtbot.wait(0)
    assert not dense_document.is_modified
    assert hand.refusals == []


def test_the_numbers_are_drawn_in_the_weights_own_dtype(open_view, make_document, qtbot, drawn):
    half = np.zeros((4, 3), np.float16)
    document = make_document("Dense", {"kernel": half}, {"kernel": ("input", "unit")})
    hand = open_view(document, "layer/kernel")
    ask(hand, qtbot, "HeNormal", 4)
    qtbot.waitUntil(lambda: document.is_modified)
    expected = numbers(4, (4, 3)).astype(np.float64).astype(np.float16)
    np.testing.assert_array_equal(document.read("layer/kernel"), expected)


def test_whole_numbers_are_not_drawn(open_view, make_document):
    document = make_document(
        "Other", {"kernel": np.arange(6).reshape(2, 3)}, {"kernel": ("input", "unit")}
    )
    hand = open_view(document, "layer/kernel")
    hand.view.findChild(object, "initialise").trigger()
    assert "initializer" in hand.refusals[0]
