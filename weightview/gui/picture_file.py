"""Writing pictures: PNG as it is seen, SVG to be scaled; a file is replaced by a whole one only."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSaveFile, QSize
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap

from weightview.core.errors import SaveError

KINDS = "PNG picture (*.png);;SVG drawing (*.svg)"
_CRISP = b'<image style="image-rendering:optimizeSpeed;image-rendering:pixelated" '


@dataclass(frozen=True)
class Picture:
    """What can be saved as a picture.

    Attributes:
        title: what it shows, for the SVG.
        size: how large the SVG is, in pixels of the screen.
        image: makes the pixels of the PNG.
        paint: paints the SVG.
    """

    title: str
    size: QSize
    image: Callable[[], QPixmap]
    paint: Callable[[QPainter], None]


def save(picture: Picture, path: Path) -> Path:
    """Write ``picture`` to ``path``, and return the file's path.

    A name without a suffix gets ``.png``; what was there is replaced only by a whole picture.

    Raises:
        SaveError: the suffix is neither, or the file cannot be written.
    """
    path = path if path.suffix else path.with_name(f"{path.name}.png")
    kind = path.suffix.lower()
    if kind not in (".png", ".svg"):
        raise SaveError(path, "a picture is saved as .png or .svg; choose a name that ends so.")
    data = _svg(picture) if kind == ".svg" else _png(picture)
    file = QSaveFile(str(path))
    if (
        not file.open(QIODevice.OpenModeFlag.WriteOnly)
        or file.write(data) != data.size()
        or not file.commit()
    ):
        raise SaveError(path, f"it could not be written: {file.errorString()}.")
    return path


def _png(picture: Picture) -> QByteArray:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.image().save(buffer, "PNG")
    return buffer.data()


def _svg(picture: Picture) -> QByteArray:
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    # Else a font of 9 points is drawn smaller than on the screen, beside pixels that are not.
    drawing.setResolution(round(QGuiApplication.primaryScreen().logicalDotsPerInch()))
    drawing.setSize(picture.size)
    drawing.setViewBox(QRect(0, 0, picture.size.width(), picture.size.height()))
    drawing.setTitle(picture.title)
    painter = QPainter(drawing)
    picture.paint(painter)
    painter.end()
    # A pixel is a number here: enlarged, it must not run into its neighbours.
    return QByteArray(bytes(buffer.data().data()).replace(b"<image ", _CRISP))
