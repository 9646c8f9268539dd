"""Reads the weights of a document a few at a time in the background, and describes each."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from weightview.core.dead_units import count_dead_units
from weightview.core.document import Document
from weightview.core.errors import CancelledError, FileChangedError, WeightviewError
from weightview.core.model import Weight
from weightview.core.sampling import CHUNK_BYTES
from weightview.core.statistics import describe_weight
from weightview.core.values import Values
from weightview.gui.background import Cancel, run
from weightview.gui.overview.columns import Summary

Found = Summary | WeightviewError
_AT_ONCE = 32
_LOOK_MS = 200
_BYTES_AT_ONCE = 8 << 20


class Reading(QObject):
    """What is still to be read, and the few weights that are being read.

    Signals:
        described(weight, found): a weight was read; what cannot be read is described by the error.
        progressed(): :attr:`left`, :attr:`done`, or whether it goes on, has changed.
        refused(sentence): the file is another one by now; the rest is left alone.
    """

    described = Signal(object, object)
    progressed = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start with nothing to read, paused."""
        super().__init__(parent)
        self._document: Document | None = None
        self._missing: dict[Weight, None] = {}
        self._current: tuple[Weight, ...] = ()
        self._cancel = Cancel()
        self._pieces = _Pieces((), self._cancel)
        self._is_paused = True
        # A weight of gigabytes takes a while: how far it is can be seen too.
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self.progressed)

    @property
    def left(self) -> int:
        """How many weights are not described yet, or not any more."""
        return len(self._missing) + len(self._current)

    @property
    def done(self) -> float:
        """How much of the weights that are being read is read, in weights."""
        return self._pieces.share * len(self._current)

    @property
    def is_paused(self) -> bool:
        """Whether reading waits for :meth:`go_on`."""
        return self._is_paused

    def begin(self, document: Document | None) -> None:
        """Read every weight of ``document``, as soon as reading is not paused."""
        self._cancel.set()
        self._cancel = Cancel()
        self._document = document
        weights = document.model.weights if document is not None else ()
        self._missing = dict.fromkeys(weights)
        self._next()

    def read_again(self, weights: tuple[Weight, ...]) -> None:
        """Read ``weights`` again: their numbers were edited."""
        self._missing.update(dict.fromkeys(weights))
        self._next()

    def go_on(self) -> None:
        """Read what is missing."""
        self._is_paused = False
        self._next()

    def pause(self) -> None:
        """End with the weights that are being read."""
        self._is_paused = True
        self.progressed.emit()

    def stop(self) -> None:
        """Leave the weights that are being read, and wait."""
        self._is_paused = True
        self._cancel.set()
        self.progressed.emit()

    def _next(self) -> None:
        document = self._document
        if not self._current and self._missing and document is not None and not self._is_paused:
            if self._cancel.is_set():
                self._cancel = Cancel()
            self._read(document, self._take())
        (self._look.start if self._current else self._look.stop)()
        self.progressed.emit()

    def _take(self) -> tuple[Weight, ...]:
        """Take the next weights that are missing: many small ones, or a large one."""
        taken: list[Weight] = []
        nbytes = 0
        for weight in self._missing:
            nbytes += weight.nbytes
            if taken and (nbytes > _BYTES_AT_ONCE or len(taken) >= _AT_ONCE):
                break
            taken.append(weight)
        for weight in taken:
            del self._missing[weight]
        return tuple(taken)

    def _read(self, document: Document, weights: tuple[Weight, ...]) -> None:
        self._current = weights
        pieces = self._pieces = _Pieces(weights, self._cancel)
        values = document.snapshot().values

        def work() -> list[Found]:
            return [_describe(values, weight, pieces.is_cancelled) for weight in weights]

        def arrived(found: list[Found]) -> None:
            self._current = ()
            if self._document is document:
                for weight, summary in zip(weights, found, strict=True):
                    self.described.emit(weight, summary)
            self._next()

        def failed(error: Exception) -> None:
            self._current = ()
            if isinstance(error, CancelledError):
                if self._document is document:  # stopped by the person: the first to go on with
                    self._missing = dict.fromkeys((*weights, *self._missing))
                self._next()
                return
            if not isinstance(error, WeightviewError):
                raise error
            self._missing.clear()
            self.progressed.emit()
            self.refused.emit(str(error))

        run(self, work, arrived, failed)


class _Pieces:
    """How many pieces of some weights were read: before each it is asked whether to go on."""

    def __init__(self, weights: tuple[Weight, ...], cancel: Cancel) -> None:
        self._total = sum(1 + weight.nbytes // CHUNK_BYTES for weight in weights)
        self._cancel = cancel
        self._read = 0

    @property
    def share(self) -> float:
        """How much is read, from 0 to 1."""
        return min(1.0, self._read / self._total) if self._total else 0.0

    def is_cancelled(self) -> bool:
        """Whether to stop; counts how often that was asked."""
        self._read += 1
        return self._cancel.is_set()


def _describe(values: Values, weight: Weight, cancelled: Callable[[], bool]) -> Found:
    """Return what a weight is like, or why it cannot be read though the others can.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    try:
        statistics = describe_weight(values, weight, cancelled)
        return Summary(statistics, count_dead_units(values, weight, cancelled))
    except (CancelledError, FileChangedError):
        raise
    except WeightviewError as error:
        return error
