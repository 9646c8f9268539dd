"""The progress line: only for what takes longer than a blink."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from weightview.gui.progress_line import DELAY_MS, ProgressLine


@pytest.fixture
def line(qtbot):
    result = ProgressLine()
    qtbot.addWidget(result)
    return result


def test_short_work_is_never_shown(line, qtbot):
    line.begin("Opening a.keras …", can_cancel=True)
    assert line.isHidden()
    line.end()
    qtbot.wait(DELAY_MS + 100)
    assert line.isHidden()


def test_longer_work_is_told_and_can_be_cancelled(line, qtbot):
    line.begin("Opening a.keras …", can_cancel=True)
    qtbot.waitUntil(line.isVisible)
    assert line.text == "Opening a.keras …"
    with qtbot.waitSignal(line.cancelled):
        qtbot.mouseClick(line.findChild(QPushButton, "cancel"), Qt.MouseButton.LeftButton)
    line.end()
    assert line.isHidden()


def test_what_cannot_be_cancelled_has_no_button(line, qtbot):
    line.begin("Saving a.keras …", can_cancel=False)
    qtbot.waitUntil(line.isVisible)
    assert not line.findChild(QPushButton, "cancel").isVisible()
