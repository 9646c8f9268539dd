"""Following a link ``file::layer/weight[i,j]`` to its cell, once its file is shown."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit

from weightview.core.links import SEPARATOR, Link

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.core.model import Weight
    from weightview.gui.files import Opened
    from weightview.gui.main_window import MainWindow


def follow(window: "MainWindow", link: Link) -> None:
    """Go to the weight and the cell of ``link`` in ``window``, which shows or opens its file."""
    if not link.weight:
        return
    if window.files.opening is None and window.document is not None:
        _go(window, window.document, link)
        return
    path = window.files.opening

    def go(opened: "Opened") -> None:
        if opened.path == path:
            _go(window, opened.document, link)

    # The window listens from its beginning: when this is called, it shows the document.
    window.files.opened.connect(go, Qt.ConnectionType.SingleShotConnection)


def _go(window: "MainWindow", document: "Document", link: Link) -> None:
    from weightview.core.errors import WeightNotFoundError

    try:
        weight = _weight(document, link.weight)
    except WeightNotFoundError as error:
        window.reports.refuse(f"The link leads nowhere: {error}")
        return
    window.selection.select_weight(weight.path, weight.layer_path)
    if link.index is None:
        return
    if len(link.index) != len(weight.shape) or any(
        not 0 <= place < size for place, size in zip(link.index, weight.shape, strict=True)
    ):
        window.reports.refuse(
            f"The link's cell {list(link.index)} lies outside of “{weight.path}”, whose shape is "
            f"{weight.shape}; the weight is shown."
        )
        return
    window.selection.select_cell(weight.path, link.index)


def _weight(document: "Document", path: str) -> "Weight":
    found = next((weight for weight in document.all_weights if weight.path == path), None)
    return found if found is not None else document.weight(path)


def ask_for_link(window: "MainWindow") -> None:
    """Ask for a link, the clipboard's where it holds one, and open it."""
    dialog = QInputDialog(window)
    dialog.setObjectName("link_dialog")
    dialog.setWindowTitle("Open Link")
    dialog.setLabelText("file::layer/weight[i,j]")
    dialog.setTextEchoMode(QLineEdit.EchoMode.Normal)
    copied = QGuiApplication.clipboard().text().strip()
    dialog.setTextValue(copied if SEPARATOR in copied and "\n" not in copied else "")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def chosen(text: str) -> None:
        if text.strip():
            window.open_files([Path(text.strip()).expanduser().absolute()])

    dialog.textValueSelected.connect(chosen)
    dialog.open()
