"""Where a window opens: as the last one was left, else as large as its screen lets it be."""

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

_SIZE = QSize(1280, 800)
_FRAME = QSize(8, 40)  # at most; what the desktop takes is only known once the window is shown
_OFFSET = 32
_LEAST = QSize(800, 560)


def place(window: QWidget, geometry: QByteArray, neighbour: QWidget | None) -> None:
    """Size and move ``window`` before it is shown.

    Args:
        window: the new window.
        geometry: what ``saveGeometry`` told of the last one; empty for none.
        neighbour: a window in front, which is not to be hidden by it.
    """
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        window.resize(first_size(window.screen().availableGeometry()))
    if neighbour is not None:
        room = neighbour.screen().availableGeometry()
        window.setGeometry(beside(neighbour.pos(), window.size(), room))


def first_size(room: QRect) -> QSize:
    """Return the size of the first window, whose frame must fit into ``room`` too."""
    return _SIZE.boundedTo(room.size() - _FRAME)


def beside(neighbour: QPoint, size: QSize, room: QRect) -> QRect:
    """Return where a window of ``size`` lies a little right of and below its neighbour.

    Where the screen is too small for that it gets smaller, then moves back to the corner.
    """
    corner = neighbour + QPoint(_OFFSET, _OFFSET)
    last = QPoint(room.right() - _LEAST.width(), room.bottom() - _LEAST.height())
    if corner.x() > last.x() or corner.y() > last.y():
        corner = room.topLeft()
    rest = QSize(room.right() - corner.x(), room.bottom() - corner.y()) - _FRAME
    return QRect(corner, size.boundedTo(rest))
