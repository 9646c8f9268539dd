"""The key to the colours: from the limit down to its negative, zero in the middle."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from weightview.core.statistics import Statistics
from weightview.gui.theme import colors, diverging, number_font, small_font, theme
from weightview.gui.weight_view.viewport import FITTED_CELL

_WIDTH = 12
_GAP = 6
_STEPS = 128


class ColorBar(QWidget):
    """A narrow bar with its limits; an arrow at an end tells that larger numbers are cut off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without limits."""
        super().__init__(parent)
        self.setObjectName("color_bar")
        self.setAccessibleName("Colours")
        self._limit = 0.0
        self._clips = False
        self._height = int(8 * FITTED_CELL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme().changed.connect(self.update)

    def show_statistics(self, statistics: Statistics | None) -> None:
        """Show the limits of these numbers."""
        self._limit = statistics.limit if statistics else 0.0
        self._clips = bool(statistics and statistics.clips)
        top, _ = self._texts()
        cut = (
            f"; larger ones (to {statistics.largest_magnitude:.3g}) have the same colour"
            if (statistics and self._clips)
            else ""
        )
        self.setToolTip(f"Colours from {-self._limit:.3g} to {top}{cut}")
        self.updateGeometry()
        self.update()

    def _texts(self) -> tuple[str, str]:
        text = f"{self._limit:.3f}" if 0.01 <= self._limit < 100 else f"{self._limit:.2g}"  # noqa: PLR2004
        return text, f"-{text}"

    def _font_width(self) -> int:
        from PySide6.QtGui import QFontMetrics

        metrics = QFontMetrics(number_font(small_font().pointSizeF()))
        return max(metrics.horizontalAdvance(text) for text in self._texts())

    def sizeHint(self) -> QSize:
        """Return room for the bar and its words."""
        return QSize(_WIDTH + _GAP + self._font_width() + 2, self._height)

    def minimumSizeHint(self) -> QSize:
        """Return the width, and the least height."""
        return QSize(self.sizeHint().width(), 3 * int(FITTED_CELL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar from the limit above to its negative below."""
        del event
        painter = QPainter(self)
        c = colors()
        height = self.height()
        values = np.linspace(1.0, -1.0, _STEPS)[:, np.newaxis]
        data = diverging(values, 1.0).tobytes()
        image = QImage(data, 1, _STEPS, 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(0, 1, _WIDTH, height - 2), image)
        painter.setPen(QPen(QColor(c.hairline), 1))
        painter.drawRect(QRectF(0.5, 0.5, _WIDTH - 1, height - 1))
        painter.setFont(number_font(small_font().pointSizeF()))
        painter.setPen(QColor(c.muted))
        top, bottom = self._texts()
        left = _WIDTH + _GAP
        line = painter.fontMetrics().height()
        width = self.width() - left
        flag = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(left, 0, width, line), flag, top)
        painter.drawText(QRectF(left, height - line, width, line), flag, bottom)
        if height > 3 * line:
            painter.drawText(QRectF(left, (height - line) / 2, width, line), flag, "0")
        if self._clips:
            painter.setPen(QPen(QColor(c.not_finite), 2))
            painter.drawLine(0, 1, _WIDTH, 1)
            painter.drawLine(0, height - 1, _WIDTH, height - 1)
