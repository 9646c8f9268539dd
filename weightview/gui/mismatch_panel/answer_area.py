"""The answer with a scroll bar where the room below the derivation is too little."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from weightview.gui.theme import UNIT

_LEAST = 20 * UNIT


class AnswerArea(QScrollArea):
    """Widgets under one another; as tall as they are where that is possible."""

    def __init__(self, *widgets: QWidget, parent: QWidget) -> None:
        """Show ``widgets``."""
        super().__init__(parent)
        self._inside = QWidget()
        self._inside.setObjectName("mismatch_told")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        self.setObjectName("mismatch_scroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another height where the widgets do."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Return the height of everything; sentences wrap, so it depends on the width."""
        height = self._inside.heightForWidth(self.viewport().width())
        return QSize(240, height if height > 0 else self._inside.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return room for the sentence and some findings."""
        return QSize(240, min(self.sizeHint().height(), _LEAST))
