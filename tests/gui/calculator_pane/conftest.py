"""What the tests of the calculator share: a pane that is shown."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weightview.core.document import Document
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.selection import Selection

PaneMaker = Callable[[Document], CalculatorPane]


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
