"""What the tests of the calculator share: a pane that is shown, and no TensorFlow."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weightview.core.document import Document
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.selection import Selection

PaneMaker = Callable[[Document], CalculatorPane]


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let TensorFlow be absent, so that no test starts it; a fresh worker for each test."""
    from weightview.worker import client, launching

    monkeypatch.setattr(launching, "is_installed", lambda: False)
    worker = client.Worker()
    monkeypatch.setattr(client, "shared_worker", lambda: worker)


@pytest.fixture
def make_pane(qtbot: Any, selection: Selection) -> Iterator[PaneMaker]:
    """Return a maker of panes that have calculated their example."""
    made: list[CalculatorPane] = []

    def make(document: Document, width: int = 416, height: int = 800) -> CalculatorPane:
        pane = CalculatorPane(selection)
        qtbot.addWidget(pane)
        made.append(pane)
        pane.resize(width, height)
        pane.set_document(document)
        pane.show()
        qtbot.waitUntil(lambda: pane.content is None or bool(pane.content.output.rows.rows))
        return pane

    yield make
    for pane in made:
        pane.set_document(None)
