"""The columns beside the weight: the layers at the left, the calculator at the right.

They are hidden while no file is open. The calculator may stand in a window of its own, on another
screen for instance; closing that window brings it back.
"""

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from weightview.gui.dropping import accept_files, dropped_files
from weightview.gui.settings import Settings
from weightview.gui.theme import theme

_LEFT_WIDTH, _RIGHT_WIDTH = 304, 376
_LARGEST_SHARE = 0.6  # of the window for both: the rest is the weight's
_LEAST_LEFT = 184  # below this no layer's name can be read


class Column(QDockWidget):
    """One column: a hairline parts it from the rest, no title bar; the View menu hides it.

    Signals:
        files_dropped(paths): files were dropped on it.
    """

    files_dropped = Signal(list)

    def __init__(self, name: str, title: str, window: QMainWindow) -> None:
        """Start hidden and empty."""
        super().__init__(title, window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget(self))
        self.setAcceptDrops(True)
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, also in a window of its own."""
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on the files that were dropped."""
        self.files_dropped.emit(dropped_files(event))
        event.acceptProposedAction()


class Columns(QObject):
    """Both columns of one window, wider where the text is larger."""

    def __init__(self, window: QMainWindow, settings: Settings) -> None:
        """Make them, hidden; ``settings`` know how large the text is."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._zoom = settings.zoom
        self.left = Column("left_dock", "Layers", window)
        self.right = Column("right_dock", "Calculator", window)
        self.left.setMinimumWidth(_LEAST_LEFT)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right)
        # Later: the widths of now are known once the window is laid out.
        self._follow_soon = QTimer(self, singleShot=True, interval=0)
        self._follow_soon.timeout.connect(self._follow_zoom)
        theme().changed.connect(self._follow_soon.start)

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
        """Give both their first widths."""
        self._zoom = self._settings.zoom
        self._resize([width * self._zoom / 100 for width in (_LEFT_WIDTH, _RIGHT_WIDTH)])

    def _follow_zoom(self) -> None:
        """Grow and shrink with the text."""
        zoom, before = self._settings.zoom, self._zoom
        if zoom != before and self.left.toggleViewAction().isEnabled():
            self._zoom = zoom
            self._resize([column.width() * zoom / before for column in self.both])

    def _resize(self, widths: list[float]) -> None:
        scale = min(1, self._window.width() * _LARGEST_SHARE / sum(widths))
        sizes = [round(width * scale) for width in widths]
        self._window.resizeDocks([self.left, self.right], sizes, Qt.Orientation.Horizontal)
