"""The About dialog tells what a report needs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from weightview import __version__
from weightview.gui.about import AboutDialog, versions


def test_versions_name_what_matters_without_importing_it():
    text = versions()
    for part in (f"weightview {__version__}", "PySide6", "tensorflow", "Log: "):
        assert part in text


def test_versions_can_be_copied(qtbot, qapp, window):
    dialog = AboutDialog(window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.findChild(QPushButton, "copy_versions"), Qt.MouseButton.LeftButton)
    assert qapp.clipboard().text() == versions()
