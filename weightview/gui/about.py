"""The About dialog: versions, and where the log is, to be copied into a report."""

import importlib.metadata
import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from weightview import __version__
from weightview.gui.error_log import log_file
from weightview.gui.icons import program_icon
from weightview.gui.theme import UNIT, colors, title_font

_PACKAGES = ("PySide6_Essentials", "pyqtgraph", "numpy", "pyfive", "h5py", "tensorflow", "keras")


def versions() -> str:
    """Return the versions of everything that matters in a report, one a line.

    They are read from the installed packages' metadata: nothing is imported for it.
    """
    lines = [
        f"weightview {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
    ]
    for package in (*_PACKAGES, "tf_keras"):
        try:
            lines.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"{package} is not installed")
    log = log_file()
    lines.append(f"Log: {log}" if log.exists() else f"Log: none yet; errors would be in {log}")
    return "\n".join(lines)


class AboutDialog(QDialog):
    """What this program is, in which versions."""

    def __init__(self, parent: QWidget) -> None:
        """Fill the dialog."""
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle("About weightview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel(self)
        picture.setPixmap(program_icon().pixmap(64, 64))
        title = QLabel("weightview", self)
        title.setFont(title_font())
        line = QLabel("See, edit and recalculate the weights of a saved Keras model.", self)
        self._versions = QLabel(versions(), self)
        self._versions.setObjectName("versions")
        self._versions.setTextFormat(Qt.TextFormat.PlainText)
        self._versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._versions.setStyleSheet(f"color: {colors().muted};")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copy_versions")
        copy.setToolTip("Copy the versions and the log's path to the clipboard")
        copy.clicked.connect(self._copy)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        for widget in (picture, title, line, self._versions):
            column.addWidget(widget)
        column.addSpacing(UNIT)
        column.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._versions.text())
