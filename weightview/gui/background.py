"""Work in other threads, its result by signal: nothing slow runs on the thread that paints.

A task is a plain function of frozen values. Who starts it keeps a :class:`Latest`, which runs one
task at a time and drops what is out of date: while a task runs, only the newest request waits.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot


class Cancel:
    """A flag that the person sets and a long task looks at."""

    def __init__(self) -> None:
        """Start uncancelled."""
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the task to stop."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether the task was asked to stop."""
        return self._event.is_set()


class _Messenger(QObject):
    """Lives in the thread that asked, so that the answer is delivered there."""

    answered = Signal(object, object)

    def __init__(
        self, owner: QObject, done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        super().__init__(owner)
        self._done = done
        self._failed = failed
        self.answered.connect(self.deliver, Qt.ConnectionType.QueuedConnection)

    @Slot(object, object)
    def deliver(self, result: Any, error: Exception | None) -> None:
        self.deleteLater()
        if error is None:
            self._done(result)
        else:
            self._failed(error)


class _Task(QRunnable):
    def __init__(self, function: Callable[[], Any], messenger: _Messenger) -> None:
        super().__init__()
        self._function = function
        self._messenger = messenger

    def run(self) -> None:
        result, error = None, None
        try:
            result = self._function()
        except Exception as caught:  # noqa: BLE001 - handed to the thread that asked
            error = caught
        # The window may have been closed meanwhile, and its messenger with it.
        with contextlib.suppress(RuntimeError):
            self._messenger.answered.emit(result, error)


def run(
    owner: QObject,
    function: Callable[[], Any],
    done: Callable[[Any], None],
    failed: Callable[[Exception], None],
) -> None:
    """Run ``function`` in another thread, then ``done(result)`` or ``failed(error)`` in this one.

    Args:
        owner: as long as it lives the answer is delivered; then it is dropped.
        function: takes nothing, touches neither Qt nor a document.
        done: called with what it returned.
        failed: called with what it raised.
    """
    messenger = _Messenger(owner, done, failed)
    QThreadPool.globalInstance().start(_Task(function, messenger))


class Latest(QObject):
    """Runs tasks one at a time; of those that come meanwhile only the newest is run."""

    def __init__(self, owner: QObject) -> None:
        """Live as long as ``owner``."""
        super().__init__(owner)
        self._running = False
        self._waiting: (
            tuple[Callable[[], Any], Callable[[Any], None], Callable[[Exception], None]] | None
        ) = None

    @property
    def is_running(self) -> bool:
        """Whether a task is under way."""
        return self._running

    @property
    def is_waiting(self) -> bool:
        """Whether another task is to be run after the one under way."""
        return self._waiting is not None

    def request(
        self,
        function: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run ``function`` as soon as the one under way has ended; replaces one that waits."""
        self._waiting = (function, done, failed)
        if not self._running:
            self._next()

    def drop_waiting(self) -> None:
        """Forget the request that waits; the one under way ends and is delivered."""
        self._waiting = None

    def _next(self) -> None:
        if self._waiting is None:
            return
        function, done, failed = self._waiting
        self._waiting = None
        self._running = True

        def ended(deliver: Callable[[Any], None], value: Any) -> None:
            self._running = False
            # Delivered even where a newer request waits: under a stream of edits the person
            # would otherwise see nothing move until the stream ends.
            deliver(value)
            if not self._running:
                self._next()

        run(self, function, lambda result: ended(done, result), lambda e: ended(failed, e))
