"""Files that are dropped on a window: the same for each window of the program."""

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent


def accept_files(event: QDragEnterEvent) -> None:
    """Take what is dragged if there is a file in it."""
    if dropped_files(event):
        event.acceptProposedAction()


def dropped_files(event: QDropEvent) -> list[Path]:
    """Return the files and folders that are dragged."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
