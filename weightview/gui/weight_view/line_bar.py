"""A line below the table, hidden until asked for: fields, a button, words on what came of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from weightview.gui.icons import icon
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.flow_layout import FlowLayout


class LineBar(QWidget):
    """The fields go on in the next line where they do not fit; the words stand below them.

    Escape closes it and gives the keys back to what had them.

    Signals:
        shown(): it was opened or closed, or its height changed.
        closed(): it was closed: what is under way for it may stop.
    """

    shown = Signal()
    closed = Signal()

    def __init__(self, name: str, spoken: str, parent: QWidget | None = None) -> None:
        """Start hidden, without fields.

        Args:
            name: what the objects' names begin with.
            spoken: what a screen reader says.
            parent: the parent.
        """
        super().__init__(parent)
        self.setObjectName(f"{name}_bar")
        self.setAccessibleName(spoken)
        self._before: QWidget | None = None
        self._is_refusal = False
        self._fields = QWidget(self)
        self._flow = FlowLayout(self._fields, gap=UNIT, line_gap=UNIT // 2)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._fields.setSizePolicy(policy)
        self._message = QLabel(self)
        self._message.setObjectName(f"{name}_message")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        self._message.hide()
        close = self._close = QToolButton(self)
        close.setObjectName(f"{name}_close")
        close.setAccessibleName("Close")
        close.setToolTip("Close (Escape)")
        close.clicked.connect(self.hide)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self._fields, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addLayout(top)
        column.addWidget(self._message)
        self.setSizePolicy(policy)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def add_field(self, widget: QWidget) -> None:
        """Put a widget at the end of the line."""
        self._flow.addWidget(widget)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below the words."""
        self._column.addWidget(widget)

    def tell(self, text: str, *, is_refusal: bool = False) -> None:
        """Say what came of it, or why nothing did."""
        self._message.setText(text)
        if is_refusal != self._is_refusal:
            self._is_refusal = is_refusal
            self._restyle()
        if self._message.isHidden() == bool(text):
            self._message.setVisible(bool(text))
        self.shown.emit()

    def show_at(self, first: QWidget) -> None:
        """Show the line and give the keys to its ``first`` field."""
        has_keys = QApplication.focusWidget()
        if has_keys is not None and not self.isAncestorOf(has_keys):
            self._before = has_keys
        self.show()
        first.setFocus()

    def _restyle(self) -> None:
        c = colors()
        self._message.setFont(small_font())
        self._message.setStyleSheet(f"color: {c.error if self._is_refusal else c.muted};")
        self._close.setIcon(icon("close"))

    # Qt overrides

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that there is more room for the rest."""
        super().hideEvent(event)
        self.closed.emit()
        self.shown.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that there is less room for the rest."""
        super().showEvent(event)
        self.shown.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Escape."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        before, self._before = self._before, None
        if before is not None and isValid(before):
            before.setFocus()
        self.hide()
