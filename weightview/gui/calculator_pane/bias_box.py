"""The tick in front of a bias' row."""

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from weightview.gui.theme import colors, follow_font, small_font

BIAS_LABEL = "+ bias"
_BOX = 12


class BiasBox(QCheckBox):
    """The tick in front of the bias' row: unticked, the bias is left out."""

    def __init__(self, parent: QWidget) -> None:
        """Stand where the row's label would."""
        super().__init__(BIAS_LABEL, parent)
        follow_font(self, small_font)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def hitButton(self, pos: QPoint) -> bool:
        """Take a click on the words as well."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick and words in the colours of the theme."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = colors()
        box = QRectF(0.5, (self.height() - _BOX) / 2 + 0.5, _BOX - 1, _BOX - 1)
        painter.setPen(QColor(c.accent if self.hasFocus() or self.underMouse() else c.muted))
        painter.setBrush(QColor(c.panel if self.isChecked() else c.edit_soft))
        painter.drawRoundedRect(box, 2, 2)
        if self.isChecked():
            painter.setPen(QPen(QColor(c.text), 1.5))
            x, y = box.left(), box.top()
            corners = ((2.5, 6.0), (4.7, 8.2), (8.7, 3.0))
            painter.drawPolyline([QPointF(x + dx, y + dy) for dx, dy in corners])
        painter.setPen(QColor(c.muted if self.isChecked() else c.edit))
        painter.setFont(small_font())
        text = self.rect().adjusted(_BOX + 4, 0, 0, 0)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, align, BIAS_LABEL)
