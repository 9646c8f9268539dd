"""Labels that fit into a narrow pane: one that is cut, one that wraps."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from weightview.gui.plain_text import tip


class ElidedLabel(QLabel):
    """One line of plain text that never asks for more room than there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        """Show ``text``."""
        self.setText(" ".join(text.split()))
        self.setToolTip(tip(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        box = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def minimumSizeHint(self) -> QSize:
        """Return room for almost nothing."""
        return QSize(16, super().minimumSizeHint().height())


class WrappedLabel(QLabel):
    """A sentence of plain text that takes the lines it needs at its width, and no more.

    Qt's own would keep room for the lines it needs when it is as narrow as can be.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:
        """Return room for one line, however short."""
        margins = self.contentsMargins()
        return QSize(16, self.fontMetrics().height() + margins.top() + margins.bottom())

    def sizeHint(self) -> QSize:
        """Return the height that the present width needs."""
        width = max(self.width(), 160)
        return QSize(160, self.heightForWidth(width))
