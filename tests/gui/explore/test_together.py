"""The Explore window beside the calculator of its main window."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from weightview.gui.windows import Windows


def test_a_scaler_set_in_explore_scales_what_is_typed_into_the_calculator(
    windows: Windows, examples: Path, qtbot: Any
) -> None:
    windows.open_files([examples / "line.keras"])
    qtbot.waitUntil(lambda: any(w.document is not None for w in windows.all))
    workspace = next(w for w in windows.all if w.document is not None).workspace
    assert workspace is not None
    calculator = workspace.calculator
    qtbot.waitUntil(lambda: calculator.trace is not None)
    explore = workspace.explore()
    qtbot.keyClicks(explore.rows.inside.kind, "typed")
    offset = explore.rows.inside.offset
    offset.selectAll()
    qtbot.keyClicks(offset, "4")
    qtbot.keyClick(offset, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: calculator.scaler is not None)
    assert calculator.trace.inputs[0].tolist() == [6.0]
    assert explore.sweep.scaler is calculator.scaler
    qtbot.keyClick(explore.rows.inside.kind, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: calculator.scaler is None)
    assert calculator.trace.inputs[0].tolist() == [10.0]
