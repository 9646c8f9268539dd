"""The whole drawing as a picture, however much of it is seen."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene

_SCALE = 2.0
_LARGEST = 16_000  # pixels of a side: what image viewers open


def size_of(scene: QGraphicsScene) -> QSize:
    """Return how large the drawing is, in pixels of the screen."""
    return scene.sceneRect().size().toSize()


def paint(scene: QGraphicsScene, painter: QPainter) -> None:
    """Paint the whole drawing."""
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
    paint(scene, painter)
    painter.end()
    return image
