"""What a corner of the image says: how far it is zoomed, with a way back, and in which order."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from weightview.gui.theme import UNIT, colors, small_font, theme


class ImageCorner(QWidget):
    """Words and a button over the image; hidden where there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.order = QLabel("stored order", self)
        self.order.setObjectName("image_order")
        self.order.setToolTip("Only the table is sorted: the image keeps the order of the weight")
        self.fit = QToolButton(self)
        self.fit.setObjectName("fit_image_button")
        self.fit.setAccessibleName("Fit the image")
        self.fit.setToolTip("Show the whole image (0 in the image, double-click)")
        self.fit.setCursor(Qt.CursorShape.PointingHandCursor)
        self.fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT // 2, 0, UNIT // 2, 0)
        row.setSpacing(UNIT)
        row.addWidget(self.order)
        row.addWidget(self.fit)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.say(1.0, is_fit=True, is_sorted=False)

    def say(self, zoom: float, *, is_fit: bool, is_sorted: bool) -> None:
        """Show what is to be said."""
        self.order.setVisible(is_sorted)
        self.fit.setVisible(not is_fit)
        self.fit.setText(f"×{zoom:.1f}".removesuffix(".0") + " · Fit")
        self.setVisible(is_sorted or not is_fit)
        self.adjustSize()

    def _restyle(self) -> None:
        c = colors()
        self.order.setFont(small_font())
        self.fit.setFont(small_font())
        self.order.setStyleSheet(f"color: {c.muted}")
        self.fit.setStyleSheet(
            f"QToolButton {{ color: {c.accent}; border: none; padding: 2px 0; }}"
            "QToolButton:hover, QToolButton:focus { text-decoration: underline; }"
        )
