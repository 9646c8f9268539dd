"""The columns beside the weight: the layers at the left, the calculator at the right.

They are hidden while no file is open. The calculator may stand in a window of its own, on another
screen for instance; closing that window brings it back.
"""

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_LEFT_WIDTH, _RIGHT_WIDTH = 304, 376
_LEAST_LEFT = 184  # below this no layer's name can be read


class Column(QDockWidget):
    """One column: a hairline parts it from the rest, no title bar; the View menu hides it."""

    def __init__(self, name: str, title: str, window: QMainWindow) -> None:
        """Start hidden and empty."""
        super().__init__(title, window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget(self))
        self.topLevelChanged.connect(self._frame)
        self.toggleViewAction().setEnabled(False)
        self.hide()

    def tell_file(self, name: str) -> None:
        """Say in the frame of its own window to which file it belongs."""
        handle = self.windowHandle()
        if self.isFloating() and handle is not None:
            handle.setTitle(f"{self.windowTitle()} - {name}" if name else self.windowTitle())

    def _frame(self, is_own_window: bool) -> None:
        """Give its own window the desktop's frame: Qt's has no use without a title bar."""
        if is_own_window:
            # A tool window: the keys of the main window's menus work in it too.
            kind = Qt.WindowType
            self.setWindowFlags(
                kind.Tool
                | kind.WindowTitleHint
                | kind.WindowCloseButtonHint
                | kind.WindowMaximizeButtonHint
            )
            self.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go back beside the weight."""
        if self.isFloating():
            event.ignore()
            self.setFloating(False)
        else:
            super().closeEvent(event)


class Columns(QObject):
    """Both columns of one window."""

    def __init__(self, window: QMainWindow) -> None:
        """Make them, hidden."""
        super().__init__(window)
        self._window = window
        self.left = Column("left_dock", "Layers", window)
        self.right = Column("right_dock", "Calculator", window)
        self.left.setMinimumWidth(_LEAST_LEFT)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right)

    @property
    def both(self) -> tuple[Column, Column]:
        """Left and right."""
        return self.left, self.right

    def show(self, layout: QByteArray) -> None:
        """Show them as they were left, both where ``layout`` does not say."""
        if self.left.toggleViewAction().isEnabled():
            return
        for column in self.both:
            column.toggleViewAction().setEnabled(True)
            column.show()
        self._size()
        if not layout.isEmpty():
            self._window.restoreState(layout)

    def hide(self) -> None:
        """Hide them: no file is open."""
        for column in self.both:
            column.toggleViewAction().setEnabled(False)
            column.hide()

    def reset(self) -> None:
        """Put both back to their places, in their first widths."""
        for column in self.both:
            column.setFloating(False)
            column.setVisible(column.toggleViewAction().isEnabled())
        self._size()

    def _size(self) -> None:
        widths = [_LEFT_WIDTH, _RIGHT_WIDTH]
        self._window.resizeDocks([self.left, self.right], widths, Qt.Orientation.Horizontal)
