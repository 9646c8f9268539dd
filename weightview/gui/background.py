"""Work in other threads, its result by signal: nothing slow runs on the thread that paints.

A task is a plain function of frozen values. Who starts it keeps a :class:`Latest`, which runs one
task at a time and drops what is out of date: while a task runs, only the newest request waits.
"""

import contextlib
import itertools
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from weightview.core.errors import CancelledError


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


class Watch(Cancel):
    """How far a task is, from 0 to 1, and the wish that it end; shared between two threads."""

    def __init__(self) -> None:
        """Start at nothing."""
        super().__init__()
        self.share = 0.0

    def __call__(self, share: float) -> None:
        """Note how far the task is.

        Raises:
            CancelledError: the person wished that it end.
        """
        self.share = share
        if self.is_set():
            raise CancelledError("It was cancelled; nothing was changed.")


class _Dispatcher(QObject):
    """Carries answers into the window's thread.

    There is one, and it is never deleted: a thread that answers while the window which asked is
    being closed must not touch an object that goes away under it. What was asked for is kept here
    too, so that a thread never holds the last reference to a widget.
    """

    answered = Signal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count()
        self._asked: dict[int, tuple[Any, Callable[[Any, Exception | None], None]]] = {}
        self.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self, function: Callable[[], Any], answer: Callable[[Any, Exception | None], None]
    ) -> None:
        number = next(self._numbers)
        self._asked[number] = (function, answer)
        QThreadPool.globalInstance().start(_Task(function, number, self))

    @Slot(int, object, object)
    def _deliver(self, number: int, result: Any, error: Exception | None) -> None:
        _, answer = self._asked.pop(number)
        answer(result, error)


@cache
def _dispatcher() -> _Dispatcher:
    return _Dispatcher()


class _Task(QRunnable):
    def __init__(self, function: Callable[[], Any], number: int, dispatcher: _Dispatcher) -> None:
        super().__init__()
        self._function: Callable[[], Any] | None = function
        self._number = number
        self._dispatcher = dispatcher

    def run(self) -> None:
        result, error = None, None
        function, self._function = self._function, None
        assert function is not None
        try:
            result = function()
        except Exception as caught:  # noqa: BLE001 - handed to the thread that asked
            error = caught
        del function
        # At the end of the program Qt may be gone before its threads are.
        with contextlib.suppress(RuntimeError):
            self._dispatcher.answered.emit(self._number, result, error)


def run(
    owner: QObject,
    function: Callable[[], Any],
    done: Callable[[Any], None],
    failed: Callable[[Exception], None],
) -> None:
    """Run ``function`` in another thread, then ``done(result)`` or ``failed(error)`` in this one.

    To be called in the window's thread.

    Args:
        owner: as long as it lives the answer is delivered; then it is dropped.
        function: takes nothing, touches neither Qt nor a document.
        done: called with what it returned.
        failed: called with what it raised.
    """

    def answer(result: Any, error: Exception | None) -> None:
        if not isValid(owner):
            return
        if error is None:
            done(result)
        else:
            failed(error)

    _dispatcher().start(function, answer)


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
