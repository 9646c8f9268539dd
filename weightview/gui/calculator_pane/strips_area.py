"""The part of the pane in which the strips scroll."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class StripsArea(QScrollArea):
    """A scroll area that is no taller than what is in it, so that the output follows closely."""

    def __init__(self, inside: QWidget, parent: QWidget) -> None:
        """Scroll ``inside`` up and down."""
        super().__init__(parent)
        self._inside = inside
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height where the width is another."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another height where the strips do."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Return the height of all strips."""
        inside = self._inside
        # Sentences wrap: the height depends on the width.
        height = inside.heightForWidth(self.viewport().width())
        return QSize(320, height if height > 0 else inside.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the height of about one strip."""
        return QSize(304, min(self.sizeHint().height(), 96))
