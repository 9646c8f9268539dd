"""Shapes that only TensorFlow knows arrive in the window later, or stay open quietly."""

import threading

import pytest
from PySide6.QtCore import QObject

from weightview.api import shapes
from weightview.core.errors import WorkerError
from weightview.gui.shape_learning import ShapeLearning


@pytest.fixture
def learning(qapp):
    owner = QObject()
    result = ShapeLearning(owner)
    result._delay.setInterval(1)
    yield result
    owner.deleteLater()


@pytest.fixture
def unknown(dense_document):
    layer = dense_document.model.layer("dense_2")
    layer.input_shape = layer.output_shape = None
    return layer


def answer_with(monkeypatch, answer):
    asked = []

    def ask(snapshot):
        asked.append(snapshot)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(shapes, "ask_shapes", ask)
    return asked


def test_missing_shapes_are_learned(learning, unknown, dense_document, monkeypatch, qtbot):
    answer_with(monkeypatch, {"dense_2": ((None, 5), (None, 5))})
    heard = []
    dense_document.shapes_changed.connect(lambda: heard.append(True))
    learning.set_document(dense_document)
    qtbot.waitUntil(lambda: bool(heard))
    assert unknown.output_shape == (None, 5)


def test_known_shapes_are_not_asked_for(learning, dense_document, monkeypatch, qtbot):
    asked = answer_with(monkeypatch, {})
    learning.set_document(dense_document)
    qtbot.wait(100)
    assert asked == []


def test_without_a_config_nothing_is_asked(learning, unknown, dense_document, monkeypatch, qtbot):
    asked = answer_with(monkeypatch, {})
    dense_document.model.config = {}
    learning.set_document(dense_document)
    qtbot.wait(100)
    assert asked == []


def test_an_absent_tensorflow_leaves_them_open(
    learning, unknown, dense_document, monkeypatch, qtbot
):
    asked = answer_with(monkeypatch, WorkerError("TensorFlow is not installed."))
    learning.set_document(dense_document)
    qtbot.waitUntil(lambda: bool(asked))
    qtbot.wait(100)
    assert unknown.output_shape is None


def test_an_answer_for_a_closed_document_is_dropped(
    learning, unknown, dense_document, monkeypatch, qtbot
):
    asked, may_answer, answered = threading.Event(), threading.Event(), threading.Event()

    def ask(snapshot):
        asked.set()
        may_answer.wait(10)
        answered.set()
        return {"dense_2": ((None, 5), (None, 5))}

    monkeypatch.setattr(shapes, "ask_shapes", ask)
    learning.set_document(dense_document)
    qtbot.waitUntil(asked.is_set)
    learning.set_document(None)
    may_answer.set()
    qtbot.waitUntil(answered.is_set)
    qtbot.wait(100)
    assert unknown.output_shape is None
