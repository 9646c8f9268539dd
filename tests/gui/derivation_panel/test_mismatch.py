"""“Why doesn't my number match?”, asked in the window about the questions people really had."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

import weightview
from weightview.core.document import Document
from weightview.gui.derivation_panel import DerivationPanel
from weightview.gui.selection import Selection

DocumentMaker = Callable[..., Document]


@pytest.fixture
def line(examples: Path) -> Document:
    return weightview.open_document(examples / "line.keras")


@pytest.fixture
def panel(selection: Selection, qtbot: Any) -> DerivationPanel:
    panel = DerivationPanel(selection)
    qtbot.addWidget(panel)
    panel.resize(700, 320)
    panel.show()
    return panel


def begin(panel: DerivationPanel, document: Document, inputs: Any) -> None:
    panel.set_document(document)
    panel.set_trace(weightview.propagate(document, inputs))


def ask(qtbot: Any, panel: DerivationPanel, number: str) -> None:
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    panel.mismatch.line.clear()
    qtbot.keyClicks(panel.mismatch.line, number)


def findings(panel: DerivationPanel) -> list[str]:
    found = panel.mismatch.findChildren(QPushButton, "mismatch_finding")
    return [button.text() for button in found if not button.isHidden()]


@pytest.mark.parametrize(
    ("typed", "sentence", "finding"),
    [
        ("20.475", "without relu in dense", "without relu in dense: 20.47502"),
        ("19.996", "without any bias", "without any bias: 19.99596"),
    ],
)
def test_the_usual_mistake_is_named(
    panel: DerivationPanel, line: Document, qtbot: Any, typed: str, sentence: str, finding: str
) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, typed)
    qtbot.waitUntil(lambda: sentence in panel.mismatch.answer.text())
    assert findings(panel)[0].startswith(f"{finding}   ·   0.19 % likely by chance")


def test_few_digits_are_said_to_be_hit_by_chance(
    panel: DerivationPanel, line: Document, qtbot: Any
) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, "20")
    qtbot.waitUntil(lambda: bool(findings(panel)))
    assert findings(panel)[0].endswith("give more digits")


@pytest.mark.parametrize(("typed", "words"), [("17.3", "None of these"), ("25.005", "model's own")])
def test_other_numbers_are_answered_honestly(
    panel: DerivationPanel, line: Document, qtbot: Any, typed: str, words: str
) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, typed)
    qtbot.waitUntil(lambda: words in panel.mismatch.answer.text())
    assert findings(panel) == []


def test_a_finding_leads_to_the_layer_where_it_parts(
    panel: DerivationPanel, line: Document, selection: Selection, qtbot: Any
) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, "20.475")
    qtbot.waitUntil(lambda: bool(findings(panel)))
    button = panel.mismatch.findChild(QPushButton, "mismatch_finding")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert selection.layer_path == "dense"


def test_which_output_it_was_is_asked_only_where_there_are_several(
    panel: DerivationPanel, line: Document, make_dense_document: DocumentMaker, qtbot: Any
) -> None:
    begin(panel, line, [10.0])
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert not panel.mismatch.place.isVisible()
    document = make_dense_document((4, 3), "sigmoid")
    begin(panel, document, np.ones(4))
    qtbot.mouseClick(panel.question, Qt.MouseButton.LeftButton)
    assert panel.mismatch.place.isVisible()
    assert not panel.mismatch.output.isVisible()
    z = np.ones(4) @ document.read("dense_1/kernel") + document.read("dense_1/bias")
    ask(qtbot, panel, f"{z[2]:.5f}")
    panel.mismatch.place.setValue(2)
    qtbot.waitUntil(lambda: "without sigmoid in dense_1" in panel.mismatch.answer.text())


def test_what_is_no_number_is_said_and_esc_closes(
    panel: DerivationPanel, line: Document, qtbot: Any
) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, "twenty")
    qtbot.waitUntil(lambda: "“twenty” is not a number" in panel.mismatch.answer.text())
    qtbot.keyClick(panel.mismatch.line, Qt.Key.Key_Escape)
    assert not panel.mismatch.isVisible()


def test_an_edit_asks_again(panel: DerivationPanel, line: Document, qtbot: Any) -> None:
    begin(panel, line, [10.0])
    ask(qtbot, panel, "20.475")
    qtbot.waitUntil(lambda: "without relu" in panel.mismatch.answer.text())
    line.set_values("dense_1/bias", (0,), float(line.read("dense_1/bias")[0]) + 1)
    panel.set_trace(weightview.propagate(line, [10.0]))
    qtbot.waitUntil(lambda: "None of these" in panel.mismatch.answer.text())


def test_without_a_calculation_the_question_is_not_offered(panel: DerivationPanel) -> None:
    panel.set_document(None)
    assert not panel.question.isVisible()
