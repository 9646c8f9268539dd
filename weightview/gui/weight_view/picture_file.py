"""The image of a weight as a picture: as it is seen."""

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from weightview.gui.picture_file import KINDS, Picture, save

__all__ = ["KINDS", "save_picture"]


def save_picture(widget: QWidget, path: Path) -> Path:
    """Write ``widget`` as it is seen to ``path``, and return the file's path.

    Raises:
        SaveError: the suffix is neither ``.png`` nor ``.svg``, or the file cannot be written.
    """
    title, size = widget.accessibleName(), widget.size()
    return save(Picture(title, size, widget.grab, lambda p: widget.render(p, QPoint())), path)
