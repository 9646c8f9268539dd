"""The question is asked as a hand would ask it, and the answer names the mistake."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from weightview import api
from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.gui.mismatch_panel import MismatchPanel
from weightview.gui.selection import Selection

EXAMPLES = Path(str(files("weightview") / "resources" / "examples"))


@pytest.fixture
def selection() -> Selection:
    return Selection()


@pytest.fixture
def panel(qtbot: QtBot, selection: Selection) -> MismatchPanel:
    panel = MismatchPanel(selection)
    qtbot.addWidget(panel)
    document = api.open_document(EXAMPLES / "line.keras")
    panel.set_document(document)
    panel.set_trace(api.propagate(document, [10.0]))
    panel.resize(600, 300)
    panel.show()
    return panel


def ask(qtbot: QtBot, panel: MismatchPanel, text: str) -> str:
    if not panel.question.isChecked():
        qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    panel.number.clear()
    qtbot.keyClicks(panel.number, text)
    qtbot.keyClick(panel.number, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(panel.answer.text()), timeout=20_000)
    return panel.answer.text()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("20.475", "without relu in dense"),
        ("19.996", "without any bias"),
        ("17.3", "None of "),
        ("25.0047", "the model's own"),
        ("twenty", "“twenty” is not a number"),
    ],
)
def test_the_number_is_explained(
    qtbot: QtBot, panel: MismatchPanel, typed: str, answer: str
) -> None:
    assert answer in ask(qtbot, panel, typed)


def test_it_is_closed_until_asked_and_closes_by_escape(qtbot: QtBot, panel: MismatchPanel) -> None:
    assert not panel.number.isVisible()
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert panel.number.isVisible()
    qtbot.keyClick(panel.number, Qt.Key.Key_Escape)
    assert not panel.number.isVisible()


def test_a_clicked_finding_leads_to_the_layer_at_which_the_two_part(
    qtbot: QtBot, panel: MismatchPanel, selection: Selection
) -> None:
    ask(qtbot, panel, "20.475")
    model = panel.findings.model()
    place = panel.findings.visualRect(model.index(0, 0)).center()
    qtbot.mouseClick(panel.findings.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert selection.layer_path == "dense"
    assert selection.number is not None
    assert selection.number.layer_path == "dense"


def test_the_place_is_asked_only_where_there_are_several_outputs(
    qtbot: QtBot, panel: MismatchPanel
) -> None:
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert not panel.place.isVisible()
    document = api.open_document(EXAMPLES / "four_layers.keras")
    panel.set_document(document)
    panel.set_trace(api.propagate(document, [0.5] * 8))
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert panel.place.isVisible()
    wrong = api.propagate(document, [0.5] * 8, without_bias=["dense_4"]).output
    panel.place.setValue(7)
    assert "without the bias of dense_4" in ask(qtbot, panel, f"{wrong[7]:.6f}")


def test_another_input_takes_the_answer_away(qtbot: QtBot, panel: MismatchPanel) -> None:
    ask(qtbot, panel, "20.475")
    document = api.open_document(EXAMPLES / "line.keras")
    panel.set_trace(api.propagate(document, [11.0]))
    assert not panel.answer.isVisible()
    assert not panel.findings.isVisible()


def test_the_findings_are_a_sound_item_model(qtbot: QtBot, panel: MismatchPanel) -> None:
    ask(qtbot, panel, "20.475")
    QAbstractItemModelTester(
        panel.findings.model(), QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    assert panel.findings.model().rowCount() == 1


def test_a_hit_with_few_digits_is_marked_as_likely_by_chance(
    qtbot: QtBot, panel: MismatchPanel
) -> None:
    assert "by chance: type more of them" in ask(qtbot, panel, "20")
    assert panel.findings.model().index(0, 3).data().startswith("likely (")


def test_a_number_of_the_second_output_is_asked_for_by_counting_through(
    qtbot: QtBot, panel: MismatchPanel
) -> None:
    store, layers, refs = {}, [Layer("x", "x", "InputLayer", {"batch_shape": [None, 2]})], []
    nodes = [Node("x", 0, ())]
    for name in ("left", "right"):
        arrays = {"kernel": np.array([[0.3, -1.1], [0.8, 0.4]]), "bias": np.array([0.7, 1.9])}
        weights = []
        for k, (role, array) in enumerate(arrays.items()):
            path, axes = f"{name}/{role}", tuple(f"axis {i}" for i in range(array.ndim))
            store[path] = array.astype(np.float32) * (k + 1) * len(name)
            dtype = np.dtype(np.float32)
            weights.append(Weight(role, path, array.shape, dtype, axes, None, path, role, name, k))
        config = {"units": 2, "activation": "tanh", "use_bias": True, "name": name}
        layers.append(Layer(name, name, "Dense", config, tuple(weights)))
        nodes.append(Node(name, 0, (TensorRef("x"),)))
        refs.append(TensorRef(name))
    graph = Graph(tuple(nodes), (TensorRef("x"),), tuple(refs), ("x",), ("left", "right"))
    all_weights = tuple(w for layer in layers for w in layer.weights)
    model = Model("two", "Functional", tuple(layers), all_weights, graph=graph, generation=3)
    document = Document(model, MemoryStorage(store))
    panel.set_document(document)
    panel.set_trace(api.propagate(document, [0.1, -0.2]))
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert panel.place.maximum() == 3
    wrong = api.propagate(document, [0.1, -0.2], without_bias=["right"]).outputs[1]
    panel.place.setValue(3)
    assert "without the bias of right" in ask(qtbot, panel, f"{wrong[1]:.7f}")


def test_where_nothing_fits_the_nearest_is_shown_with_its_distance_and_what_else_to_look_at(
    qtbot: QtBot, panel: MismatchPanel, selection: Selection
) -> None:
    assert "The nearest: " in ask(qtbot, panel, "20.9")
    model = panel.findings.model()
    headers = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(4)]
    assert headers == ["mistake", "gives", "parts at", "off by"]
    gives, off = float(model.index(0, 1).data()), float(model.index(0, 3).data())
    assert abs(gives - 20.9) == pytest.approx(off, rel=0.01)
    assert panel.advice.isVisible()
    assert "scaled" in panel.advice.text()
    ask(qtbot, panel, "20.475")
    assert not panel.advice.isVisible()


def test_the_hint_in_the_field_is_whole_in_a_narrow_window(
    qtbot: QtBot, panel: MismatchPanel
) -> None:
    panel.resize(320, 300)
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    field = panel.number
    assert field.fontMetrics().horizontalAdvance(field.placeholderText()) < field.width() - 8
