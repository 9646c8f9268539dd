"""TensorFlow beside the calculator: started after the window, asked when all has been quiet."""

import contextlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from weightview.calculator.trace import Trace
from weightview.core.errors import WeightviewError
from weightview.gui.background import Latest
from weightview.gui.calculator_pane.calculation import Question
from weightview.gui.calculator_pane.step_header import Agreement

if TYPE_CHECKING:
    from weightview.api import Verdict
    from weightview.worker.client import Worker

START_MS = 700
QUIET_MS = 400
_READY = ("ready", "busy")
_TOLERANCE = (
    "Both compute in float32 but add up in another order, so the last digits differ; "
    "up to 1e-4 of the largest number counts as agreement."
)


class _Relay(QObject):
    """Brings the word of a worker into the window's thread; the worker speaks from any.

    It is never deleted: the worker may speak at the moment in which a window is closed.
    """

    spoke = Signal()

    def tell(self) -> None:
        """Pass the word on."""
        # At the end of the program Qt may be gone before the worker's threads are.
        with contextlib.suppress(RuntimeError):
            self.spoke.emit()


@cache
def _relay(worker: "Worker") -> _Relay:
    relay = _Relay()
    worker.state_changed.connect(relay.tell)
    return relay


class Referee(QObject):
    """Asks TensorFlow how far it differs from what is shown; every state is a quiet text.

    Signals:
        judged(agreements): by layer path and call what TensorFlow said; empty while unknown.
        summed_up(kind, sentence): that in one sentence; kind ``agrees``, ``differs``, ``quiet``.
        became_ready(): TensorFlow can be asked from now on.
    """

    judged = Signal(object)
    summed_up = Signal(str, str)
    became_ready = Signal()

    def __init__(self, parent: QObject) -> None:
        """Do nothing yet; see :meth:`start`."""
        super().__init__(parent)
        self._worker: Any = None
        self._pending: tuple[Question, Trace] | None = None
        self._was_ready = False
        self._latest = Latest(self)
        self._start = QTimer(self, singleShot=True, interval=START_MS)
        self._start.timeout.connect(self._start_worker)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._ask)

    @property
    def is_ready(self) -> bool:
        """Whether TensorFlow runs and answers."""
        return self._worker is not None and self._worker.state in _READY

    def start(self) -> None:
        """Start TensorFlow's process a moment later, when the window has been painted."""
        from weightview.worker.client import shared_worker

        self._worker = shared_worker()
        _relay(self._worker).spoke.connect(self._worker_changed)
        self._was_ready = self.is_ready
        self._start.start()

    def stop(self) -> None:
        """Listen no more; the process stays, other windows use it."""
        self._start.stop()
        self._quiet.stop()
        self._latest.drop_waiting()
        self._pending = None
        if self._worker is not None:
            _relay(self._worker).spoke.disconnect(self._worker_changed)

    def judge(self, question: Question, trace: Trace) -> None:
        """Compare ``trace`` with TensorFlow once nothing newer comes for a moment."""
        self._pending = (question, trace)
        self._quiet.start()
        if self.is_ready:
            # What was said of the numbers before does not hold for these.
            self.summed_up.emit("quiet", "TensorFlow is checking …")

    def _start_worker(self) -> None:
        self._worker.start()
        self._worker_changed()

    def _worker_changed(self) -> None:
        if not self.is_ready:
            self._was_ready = False
            self.judged.emit({})
            self.summed_up.emit("quiet", self._worker.sentence)
        elif not self._was_ready:
            self._was_ready = True
            self.became_ready.emit()
            self._ask()

    def _ask(self) -> None:
        if self._pending is None or not self.is_ready:
            return
        question, trace = self._pending
        self._pending = None
        if question.choices:
            self.judged.emit({})
            sentence = (
                "Not compared with TensorFlow: something else than the model's own is chosen."
            )
            self.summed_up.emit("quiet", sentence)
            return
        self._latest.request(lambda: _verdicts(question, trace), self._tell, self._fail)

    def _tell(self, verdicts: "tuple[Verdict, ...]") -> None:
        if self._pending is None:
            self.judged.emit(agreements_of(verdicts))
            self.summed_up.emit(*summary_of(verdicts))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.judged.emit({})
        self.summed_up.emit("quiet", f"Not compared with TensorFlow: {error}")


def _verdicts(question: Question, trace: Trace) -> "tuple[Verdict, ...]":
    from weightview.api import check_with_tensorflow

    return check_with_tensorflow(question.snapshot, question.given, trace=trace)


def agreements_of(verdicts: "tuple[Verdict, ...]") -> Mapping[tuple[str, int], Agreement]:
    """Return what the strips show, by layer path and call."""
    return {(verdict.layer_path, verdict.node): _agreement(verdict) for verdict in verdicts}


def _agreement(verdict: "Verdict") -> Agreement:
    if verdict.agrees is None:
        return Agreement("quiet", "", f"TensorFlow: {verdict.sentence}")
    if not verdict.agrees:
        return Agreement("differs", "✗", f"TensorFlow {verdict.sentence}.")
    text = f"✓ {_short(verdict.relative or 0.0)}"
    sentence = f"TensorFlow {verdict.sentence} (largest difference {verdict.absolute:.2g})."
    return Agreement("agrees", text, f"{sentence}\n{_TOLERANCE}")


def _short(relative: float) -> str:
    return f"{relative:.0e}".replace("e-0", "e-") if relative else "exact"


def summary_of(verdicts: "tuple[Verdict, ...]") -> tuple[str, str]:
    """Return kind and sentence about all verdicts together."""
    differing = [verdict for verdict in verdicts if verdict.agrees is False]
    if differing:
        names = ", ".join(dict.fromkeys(verdict.layer_path for verdict in differing[:3]))
        more = f" and {len(differing) - 3} more" if len(differing) > len(differing[:3]) else ""
        return "differs", f"TensorFlow differs in {names}{more}"
    agreeing = [verdict for verdict in verdicts if verdict.agrees]
    unchecked = [verdict for verdict in verdicts if verdict.agrees is None]
    if not agreeing:
        reason = unchecked[0].reason if unchecked else "the model has no layers"
        return "quiet", f"Not compared with TensorFlow: {reason}"
    worst = max(verdict.relative or 0.0 for verdict in agreeing)
    sentence = f"TensorFlow agrees to {_short(worst)}" if worst else "TensorFlow agrees exactly"
    if unchecked:
        plural = "" if len(unchecked) == 1 else "s"
        sentence += f"; {len(unchecked)} layer{plural} not compared"
    return "agrees", sentence
