"""Saving what a widget shows as a picture: PNG as it is seen, SVG to be scaled."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSaveFile
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from weightview.core.errors import SaveError

KINDS = "PNG picture (*.png);;SVG drawing (*.svg)"
_CRISP = b'<image style="image-rendering:optimizeSpeed;image-rendering:pixelated" '


def save_picture(widget: QWidget, path: Path) -> Path:
    """Write ``widget`` as it is seen to ``path``, and return the file's path.

    A name without a suffix gets ``.png``; what was there is replaced only by a whole picture.

    Raises:
        SaveError: the suffix is neither, or the file cannot be written.
    """
    path = path if path.suffix else path.with_name(f"{path.name}.png")
    kind = path.suffix.lower()
    if kind not in (".png", ".svg"):
        raise SaveError(path, "a picture is saved as .png or .svg; choose a name that ends so.")
    data = _svg(widget) if kind == ".svg" else _png(widget)
    file = QSaveFile(str(path))
    if (
        not file.open(QIODevice.OpenModeFlag.WriteOnly)
        or file.write(data) != data.size()
        or not file.commit()
    ):
        raise SaveError(path, f"it could not be written: {file.errorString()}.")
    return path


def _png(widget: QWidget) -> QByteArray:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return buffer.data()


def _svg(widget: QWidget) -> QByteArray:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setSize(widget.size())
    drawing.setViewBox(widget.rect())
    drawing.setTitle(widget.accessibleName())
    painter = QPainter(drawing)
    widget.render(painter, QPoint())
    painter.end()
    # A pixel is a number here: enlarged, it must not run into its neighbours.
    return QByteArray(bytes(buffer.data().data()).replace(b"<image ", _CRISP))
