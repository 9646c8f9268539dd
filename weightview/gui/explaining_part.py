"""What stands below the weight: how a number came about, and why it may not match another's."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from weightview.gui.theme import colors, theme

_LEAST_LINES = 5


class _Inside(QWidget):
    """What is scrolled: it shrinks to the least it needs before it is."""

    def heightForWidth(self, width: int) -> int:
        """Return the least height; a scroll area would give the preferred one."""
        column = self.layout()
        return -1 if column is None else column.totalMinimumHeightForWidth(width)


class ExplainingPart(QScrollArea):
    """Both explanations, one below the other; in a low window they are scrolled.

    They ask for no more than some lines, so that the window fits on a small screen.

    Signals:
        need_changed(height): without scrolling they need this height now.
    """

    need_changed = Signal(int)

    def __init__(self, derivation: QWidget, mismatch: QWidget) -> None:
        """Show ``derivation`` above ``mismatch``."""
        super().__init__()
        self.setObjectName("explaining")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        inside = _Inside()
        inside.setObjectName("explanations")
        column = self._column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(derivation)
        column.addWidget(mismatch)
        column.addStretch(1)
        self.setWidget(inside)
        theme().changed.connect(self._restyle)
        self._restyle()

    def give_room(self, is_wanted: bool) -> None:
        """Let the derivation grow, or the question below follow it closely while it is a line."""
        self._column.setStretch(0, 1 if is_wanted else 0)
        self._column.setStretch(2, 0 if is_wanted else 1)

    def minimumSizeHint(self) -> QSize:
        """Return what both need, but of the height some lines are enough."""
        needed = self._column.minimumSize()
        least = _LEAST_LINES * self.fontMetrics().lineSpacing()
        return QSize(needed.width(), min(needed.height(), least))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another height where what is inside needs another."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.need_changed.emit(self._column.totalMinimumHeightForWidth(self.viewport().width()))
        return super().eventFilter(watched, event)

    def _restyle(self) -> None:
        self.setStyleSheet(
            f"#explaining, #explanations {{ background: {colors().panel}; border: none; }}"
        )
