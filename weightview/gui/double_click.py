"""The rest of a double-click, where its first click has led to another page already.

What a single click opens is often double-clicked: the second click must not fall on what stands
at its place by then.
"""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


def swallow_rest(widget: QWidget) -> None:
    """Let a second click that follows at once do nothing in the window of ``widget``."""
    handle = widget.window().windowHandle()
    if handle is not None:
        _Guard(handle)


class _Guard(QObject):
    """Keeps one click from a window, for as long as a double-click takes."""

    def __init__(self, handle: QWindow) -> None:
        super().__init__(handle)
        self._handle = handle
        self._has_press = False
        self._ends = QTimer(self, singleShot=True, interval=QApplication.doubleClickInterval())
        self._ends.timeout.connect(self._end)
        # Making the other page may take longer than that: the time counts from its end.
        QTimer.singleShot(0, self._ends.start)
        handle.installEventFilter(self)

    def _end(self) -> None:
        if not self._has_press:
            self._leave()

    def _leave(self) -> None:
        self._handle.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the presses; the release is the last."""
        del watched
        if event.type() in _PRESSES:
            self._has_press = True
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._has_press:
            self._leave()
            return True
        return False
