"""The Qt application: made once, before any window; what is slow waits for the first paint."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication

from weightview import __version__
from weightview.gui.display import NoDisplayError, obstacle
from weightview.gui.icons import program_icon
from weightview.gui.recovery import Offers
from weightview.gui.settings import Settings
from weightview.gui.style import install
from weightview.gui.theme import theme
from weightview.gui.windows import Windows, raise_window

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.gui.main_window import MainWindow

_THREADS = 4
_LAST_WAIT_MS = 1500


def run(
    paths: Sequence[Path],
    *,
    architecture: Path | None = None,
    quit_after_paint: bool = False,
) -> int:
    """Show ``paths``, one window each, and return the exit status when the last one is closed.

    Args:
        paths: the files; empty for the welcome page.
        architecture: where the config lies, for files of weights alone.
        quit_after_paint: end as soon as the first file (or the welcome page) has been painted.
    """
    application = make_application()
    if not quit_after_paint and architecture is None:
        from weightview.gui.single_instance import hand_over

        if hand_over(paths):
            return 0
    windows = Windows(Settings(), application)
    window = windows.new_window(paths[0] if paths else None)
    if quit_after_paint:
        QuitAfterPaint(window, waits_for_file=bool(paths))

    def after_first_paint() -> None:
        windows.open_files(paths, window, architecture)
        if not quit_after_paint:
            _start_services(windows)

    QTimer.singleShot(0, after_first_paint)
    status = application.exec()
    _end_threads(status)
    return status


def _end_threads(status: int) -> None:
    """Wait a moment for other threads; end the process at once where one of them takes longer.

    What they compute nobody waits for any more (a window stays until its file is written), but
    Python must not be taken down under them: that ends in a crash now and then.
    """
    pool = QThreadPool.globalInstance()
    pool.clear()
    if "weightview.worker.client" in sys.modules:
        from weightview.worker.client import shared_worker

        shared_worker().close()  # with it ends what waits for TensorFlow
    if not pool.waitForDone(_LAST_WAIT_MS):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def make_application() -> QApplication:
    """Return the application with its name, icon and look; the one that runs, if there is one.

    Raises:
        NoDisplayError: there is no screen; Qt would end the process.
    """
    running = QCoreApplication.instance()
    if isinstance(running, QApplication):
        return running
    if why := obstacle():
        raise NoDisplayError(f"No window can be shown: {why}")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("weightview")
    application.setApplicationDisplayName("weightview")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("org.weightview.Weightview")
    application.setWindowIcon(program_icon())
    # A file that takes long to open must not keep others waiting on a machine of one core.
    pool = QThreadPool.globalInstance()
    pool.setMaxThreadCount(max(_THREADS, pool.maxThreadCount()))
    theme().choose(Settings().theme)
    install(application)
    return application


def _start_services(windows: Windows) -> None:
    """Start what a painted window can do without for a moment: the log and later starts."""
    from weightview.gui import error_log
    from weightview.gui.single_instance import Listener

    error_log.start(windows.report)
    Offers(windows).look()
    listener = Listener(windows)

    def show(paths: Sequence[Path]) -> None:
        if paths:
            windows.open_files(paths, windows.active)
        else:
            raise_window(windows.new_window())

    listener.asked.connect(show)


def show(document: "Document") -> None:
    """Show ``document`` in a window; where no application runs yet, until it is closed."""
    is_running = QCoreApplication.instance() is not None
    application = make_application()
    windows = _windows_of(application)
    windows.show_document(document)
    if not is_running:
        application.exec()


def _windows_of(application: QApplication) -> Windows:
    found = application.findChild(Windows)
    return found if found is not None else Windows(Settings(), application)


class QuitAfterPaint(QObject):
    """Ends the program when what was asked for has been painted: for measuring the start."""

    def __init__(self, window: "MainWindow", *, waits_for_file: bool) -> None:
        """Watch ``window``."""
        super().__init__(window)
        self._window = window
        self._waits_for_file = waits_for_file
        self._is_done = False
        window.installEventFilter(self)
        window.files.opened.connect(lambda: QTimer.singleShot(0, self._look))
        window.files.failed.connect(lambda: QCoreApplication.exit(1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look after each paint of the window."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._look)
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        if self._is_done or (self._waits_for_file and self._window.document is None):
            return
        self._is_done = True
        self._window.repaint()
        print("painted", flush=True)  # the time is taken at this word: ending takes longer
        QCoreApplication.exit(0)
