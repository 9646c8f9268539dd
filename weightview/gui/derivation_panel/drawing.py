"""How a number of a derivation is drawn: never as another one."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

# Spaces at the end stand for decimals that a longer number in the column has.
NUMBER_ALIGNMENT = (
    Qt.AlignmentFlag.AlignRight
    | Qt.AlignmentFlag.AlignVCenter
    | Qt.TextFlag.TextIncludeTrailingSpaces
)


def draw_number(painter: QPainter, box: QRect, text: str, edge: int) -> None:
    """Draw a number whole, or with an ellipsis where the window ends within it at ``edge``."""
    left = box.right() + 1 - painter.fontMetrics().horizontalAdvance(text)
    if box.right() > edge + 2:
        box = QRect(left, box.top(), max(0, edge - left), box.height())
        text = painter.fontMetrics().elidedText(
            text.rstrip(), Qt.TextElideMode.ElideRight, box.width()
        )
    painter.drawText(box, NUMBER_ALIGNMENT, text)
