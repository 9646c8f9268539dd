"""The About dialog tells what a report needs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from weightview import __version__
from weightview.gui.about import AboutDialog, versions
from weightview.gui.error_log import log_file


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


def test_a_log_that_does_not_exist_yet_is_not_said_to_exist():
    log = log_file()
    assert f"Log: none yet; errors would be in {log}" in versions()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("an error")
    assert f"Log: {log}" in versions()
