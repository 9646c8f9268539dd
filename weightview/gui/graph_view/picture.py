"""The whole drawing as a picture, however much of it is seen."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsScene

from weightview.gui.picture_file import Picture

_SCALE = 2.0
_LARGEST = 16_000  # pixels of a side: what image viewers open


def picture_of(scene: QGraphicsScene, title: str) -> Picture:
    """Return the whole drawing, to be saved."""
    return Picture(
        title,
        scene.sceneRect().size().toSize(),
        lambda: QPixmap.fromImage(image_of(scene)),
        lambda painter: _paint(scene, painter),
    )


def _paint(scene: QGraphicsScene, painter: QPainter) -> None:
    room = QRectF(0, 0, scene.sceneRect().width(), scene.sceneRect().height())
    scene.render(painter, room, scene.sceneRect())


def image_of(scene: QGraphicsScene) -> QImage:
    """Return the whole drawing, twice as fine as on the screen unless that is too large."""
    size = scene.sceneRect().size()
    scale = min(_SCALE, _LARGEST / max(1.0, size.width(), size.height()))
    image = QImage((size * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    _paint(scene, painter)
    painter.end()
    return image
