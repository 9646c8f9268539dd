"""Which box an arrow key leads to: the nearest one in its direction."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt

_ASIDE = 3.0  # how much worse it is to be aside than to be further away

_DIRECTIONS = {
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Left: (-1, 0),
}


def is_arrow(key: int) -> bool:
    """Return whether ``key`` leads from box to box."""
    return key in _DIRECTIONS


def nearest(here: QRectF, others: Iterable[QRectF], key: int) -> int:
    """Return which of ``others`` is the nearest to ``here`` in the direction of an arrow key.

    Returns:
        The place in ``others``, -1 where there is none in that direction.
    """
    across, down = _DIRECTIONS[Qt.Key(key)]
    best, least = -1, float("inf")
    for place, other in enumerate(others):
        step: QPointF = other.center() - here.center()
        ahead = step.x() * across + step.y() * down
        if ahead < 1:
            continue
        aside = abs(step.y() * across) + abs(step.x() * down)
        far = ahead + _ASIDE * aside
        if far < least:
            best, least = place, far
    return best
