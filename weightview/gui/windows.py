"""All windows of the program: one per file; a file that is open already is shown, not reopened."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from weightview.core.links import parse_link
from weightview.gui.link_following import follow
from weightview.gui.main_window import MainWindow
from weightview.gui.placing import place
from weightview.gui.settings import Settings
from weightview.gui.style import dress
from weightview.gui.theme import Choice, theme

if TYPE_CHECKING:
    from weightview.core.document import Document

_ZOOM_STEP = 10


class Windows(QObject):
    """The open windows, the newest last.

    Signals:
        opened(window): a window was made and is shown.
    """

    opened = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        """Start without a window."""
        super().__init__(parent)
        self.settings = settings
        self._windows: list[MainWindow] = []
        self._base_points = QApplication.font().pointSizeF()
        self._apply_zoom()

    @property
    def all(self) -> tuple[MainWindow, ...]:
        """The open windows."""
        return tuple(self._windows)

    @property
    def active(self) -> MainWindow | None:
        """The window in front, or the newest one."""
        front = QApplication.activeWindow()
        # A window of the calculator's own, or a dialog, belongs to the one below it.
        while front is not None and front not in self._windows:
            front = front.parentWidget()
        if isinstance(front, MainWindow):
            return front
        return self._windows[-1] if self._windows else None

    def new_window(self, path: Path | None = None) -> MainWindow:
        """Show another, empty window; one that says it waits for ``path``, if that is to come."""
        neighbour = self.active
        window = MainWindow(self)
        dress(window)
        if path is not None:
            window.announce(Path(parse_link(str(path)).file))
        place(window, self.settings.geometry, neighbour)
        self._windows.append(window)
        window.show()
        self.opened.emit(window)
        return window

    def open_files(
        self,
        paths: Sequence[Path],
        beside: MainWindow | None = None,
        architecture: Path | None = None,
    ) -> None:
        """Show each file in a window of its own.

        Args:
            paths: the files, or links to a cell in one as :func:`~weightview.core.links.parse_link`
                reads them; a file that is open already has its window raised.
            beside: its window takes the first of the others if it is empty.
            architecture: where the config lies, for files of weights alone.
        """
        for given in paths:
            link = parse_link(str(given))
            path = Path(link.file)
            shown = self._window_of(path)
            if shown is None:
                shown = beside if beside is not None and beside.is_empty else self.new_window(path)
                shown.files.open(path, architecture)
            raise_window(shown)
            follow(shown, link)

    def open_then(self, path: Path, then: Callable[["Document"], object]) -> None:
        """Show a file and call ``then`` with its document, also where it is open already."""
        shown = self._window_of(path)
        if shown is not None and shown.document is not None:
            raise_window(shown)
            then(shown.document)
            return
        self.open_files([path], self.active)
        shown = self._window_of(path)
        if shown is not None:
            shown.files.opened.connect(
                lambda opened: then(opened.document), Qt.ConnectionType.SingleShotConnection
            )

    def window_of(self, document: "Document") -> MainWindow | None:
        """Return the window that shows ``document``."""
        return next((window for window in self._windows if window.document is document), None)

    def report(self, error: BaseException) -> None:
        """Show an error that nobody expected in the window in front."""
        if (window := self.active) is not None:
            window.reports.report(error)

    def show_document(self, document: "Document") -> MainWindow:
        """Show a document that is open already, such as one in memory."""
        window = self.new_window()
        window.set_document(document)
        return window

    def _window_of(self, path: Path) -> MainWindow | None:
        for window in self._windows:
            if window.path is not None and _is_same_file(window.path, path):
                return window
        return None

    def forget(self, window: MainWindow) -> None:
        """A window was closed."""
        if window in self._windows:
            self._windows.remove(window)

    def quit(self) -> None:
        """Close every window, the newest first, until one of them is to stay."""
        for window in reversed(self.all):
            if not window.close():
                return

    def choose_theme(self, choice: Choice) -> None:
        """Use a theme from now on, and after the next start."""
        self.settings.theme = choice
        theme().choose(choice)

    def zoom(self, step: int) -> None:
        """Make the text larger (1), smaller (-1) or as it was (0)."""
        self.settings.zoom = self.settings.zoom + step * _ZOOM_STEP if step else 100
        self._apply_zoom()

    def _apply_zoom(self) -> None:
        application = cast(QApplication, QApplication.instance())
        font = application.font()
        points = self._base_points * self.settings.zoom / 100
        if abs(font.pointSizeF() - points) > 0.01:  # noqa: PLR2004 - rounding of point sizes
            font.setPointSizeF(points)
            application.setFont(font)
            theme().apply()


def raise_window(window: MainWindow) -> None:
    """Bring a window to the front."""
    if window.isMinimized():
        window.showNormal()
    window.show()
    window.raise_()
    window.activateWindow()


def _is_same_file(one: Path, other: Path) -> bool:
    if one == other:
        return True
    with contextlib.suppress(OSError):
        return one.samefile(other)
    return False
