"""A number dragged in the table, and the model's output beside it, which follows the hand."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from weightview.api import open_document

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_the_output_follows_a_number_while_it_is_dragged(window, examples, qtbot):
    window.resize(1280, 800)
    window.set_document(open_document(examples / "four_layers.keras"))
    calculator = window.workspace.calculator
    qtbot.waitUntil(lambda: calculator.trace is not None, timeout=10_000)
    table = window.findChild(QWidget, "weight_table")
    viewport = table.viewport()

    def output():
        return calculator.trace.steps[-1].stages[-1].value.tobytes()

    rect = table.visualRect(table.model().index(0, 0))
    place = QPoint(rect.left() + 3, rect.center().y())
    qtbot.mouseClick(viewport, LEFT, NONE, place)
    qtbot.mousePress(viewport, LEFT, NONE, place)
    for _ in range(2):
        before = output()
        place += QPoint(60, 0)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            viewport.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            LEFT,
            NONE,
        )
        QApplication.sendEvent(viewport, move)
        qtbot.waitUntil(lambda before=before: output() != before)
    qtbot.mouseRelease(viewport, LEFT, NONE, place)
    assert window.document.history.position == 1
