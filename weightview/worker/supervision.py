"""Keeping TensorFlow's process: its start, its states, one request at a time, its death.

No Qt here: :attr:`Supervisor.state_changed` may be emitted from any thread, and a request blocks
the thread that makes it.
"""

import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from weightview.core.errors import CancelledError, WorkerError
from weightview.core.events import Signal
from weightview.worker import launching

State = Literal["absent", "starting", "ready", "busy", "dead"]

START_SECONDS = 180.0


class Supervisor:
    """Keeps the process and brings messages there and back.

    States (:attr:`state`, with :attr:`sentence` for a person):
        absent: not installed, or not started yet.
        starting: the process runs and imports TensorFlow, which takes some seconds.
        ready: it waits for a request.
        busy: it computes.
        dead: it ended by itself, and once started anew ended again; :meth:`start` revives it.

    Signals:
        state_changed(): another state; emitted from whichever thread caused it.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Prepare, without starting anything.

        Args:
            command: what to start; None for TensorFlow's process of this installation.
        """
        self.state_changed: Signal[[]] = Signal()
        self._command = list(command) if command is not None else None
        self._state: State = "absent"
        self._sentence = "TensorFlow has not been started."
        self._versions: dict[str, str] = {}
        self._condition = threading.Condition()
        self._turn = threading.RLock()
        self._process: launching.Process | None = None
        self._deaths = 0
        self._is_cancelled = False
        self._numbers = itertools.count(1)

    @property
    def state(self) -> State:
        """What the process is doing."""
        return self._state

    @property
    def sentence(self) -> str:
        """The state in words, such as “TensorFlow 2.21.0 is ready”."""
        return self._sentence

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of tensorflow, keras and tf_keras, once it has greeted."""
        return self._versions

    def start(self) -> None:
        """Start the process without waiting; nothing happens where it runs or is not installed."""
        with self._condition:
            if self._state in ("starting", "ready", "busy"):
                return
            if self._command is None and not launching.is_installed():
                self._become("absent", "TensorFlow is not installed.")
                return
            self._deaths = 0
            self._launch()

    def close(self) -> None:
        """End the process; a request under way raises."""
        with self._condition:
            process, self._process = self._process, None
            self._become("absent", "TensorFlow has been ended.")
        if process is not None:
            process.kill()
            process.end()

    def cancel(self) -> None:
        """Break off the request under way, which raises ``CancelledError``, by ending the process.

        It is started anew at once. Without a request under way nothing happens.
        """
        with self._condition:
            if self._state != "busy" or self._process is None:
                return
            self._is_cancelled = True
            self._process.kill()

    def _become(self, state: State, sentence: str) -> None:
        with self._condition:
            self._state, self._sentence = state, sentence
            self._condition.notify_all()
        self.state_changed.emit()

    def _launch(self) -> None:
        """Begin to start the process, in a thread."""
        self._become("starting", "TensorFlow is starting …")
        threading.Thread(target=self._start_process, name="weightview-start", daemon=True).start()

    def _start_process(self) -> None:
        try:
            process = launching.Process(self._command or launching.start_command())
        except OSError as error:
            self._become("dead", f"TensorFlow's process cannot be started: {error}.")
            return
        with self._condition:
            if self._state != "starting":
                process.kill()
                process.end()
                return
            self._process = process
            self._started_anew()
        self._await_greeting(process)

    def _started_anew(self) -> None:
        """Hear that a process runs which knows nothing yet; called before it can be asked."""

    def _await_greeting(self, process: launching.Process) -> None:
        try:
            greeting = process.receive(START_SECONDS)
            versions = {str(k): str(v) for k, v in greeting["versions"].items()}
        except TimeoutError:
            process.kill()
            self._died(process, f"it did not answer within {START_SECONDS:.0f} s")
        except launching.EndedError:
            self._died(process, process.cause_of_end())
        except (KeyError, TypeError, AttributeError):
            process.kill()
            self._died(process, "it did not greet as expected")
        else:
            with self._condition:
                if self._process is not process:
                    return
                self._versions = versions
            if "tensorflow" in versions:
                self._become("ready", f"TensorFlow {versions['tensorflow']} is ready.")
            else:
                why = "; ".join(greeting.get("problems", ())) or "it is not installed"
                self._process = None
                self._become("absent", f"TensorFlow cannot be used: {why}.")
                process.kill()
                process.end()

    def _died(self, process: launching.Process, why: str) -> None:
        """Note the end of ``process``; the first one is followed by a new start."""
        process.kill()
        process.end()
        with self._condition:
            if self._process is not process:
                return
            self._process = None
            self._deaths += 1
            if self._deaths > 1:
                self._become("dead", f"TensorFlow's process ended ({why}) and is left alone.")
            else:
                self._launch()

    def _running(self) -> launching.Process:
        """Return the process, started if need be, once it is ready.

        Raises:
            WorkerError: it is absent, dead, or not ready in time.
        """
        if self._state == "absent":
            self.start()
        with self._condition:
            self._condition.wait_for(lambda: self._state != "starting", START_SECONDS)
            if self._process is None or self._state == "starting":
                raise WorkerError(self._sentence)
            return self._process

    def request(self, kind: str, *, timeout: float = 120.0, **arguments: Any) -> Any:
        """Ask the process for something and wait for the answer.

        Args:
            kind: a name of :data:`weightview.worker.process.serving.HANDLERS`.
            timeout: in seconds; the start of the process does not count.
            arguments: what the handler takes.

        Raises:
            WorkerError: TensorFlow is absent or dead, refused, or took too long.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        with self._turn:
            process = self._running()
            number = next(self._numbers)
            self._is_cancelled = False
            self._become("busy", "TensorFlow computes …")
            try:
                answer = self._exchange(
                    process, {"id": number, "kind": kind, "arguments": arguments}, timeout
                )
            finally:
                with self._condition:
                    if self._process is process and self._state == "busy":
                        name = self._versions.get("tensorflow", "")
                        self._become("ready", f"TensorFlow {name} is ready.")
        if "error" in answer:
            raise WorkerError(str(answer["error"]))
        return answer["result"]

    def _exchange(
        self, process: launching.Process, message: Mapping[str, Any], timeout: float
    ) -> Mapping[str, Any]:
        deadline = time.monotonic() + timeout
        try:
            process.send(message)
            while True:
                answer = process.receive(deadline - time.monotonic())
                if isinstance(answer, dict) and answer.get("id") == message["id"]:
                    return answer
        except TimeoutError:
            self._died(process, f"no answer within {timeout:.0f} s")
            raise WorkerError(
                f"TensorFlow did not answer within {timeout:.0f} s and was ended."
            ) from None
        except launching.EndedError:
            raise self._ended(process) from None

    def _ended(self, process: launching.Process) -> Exception:
        """Note that the process ended under a request, and return what to raise."""
        if self._is_cancelled:
            with self._condition:
                if self._process is process:
                    self._process = None
                    self._launch()
            process.end()
            return CancelledError("The calculation by TensorFlow was cancelled.")
        if self._process is not process:
            return WorkerError(self._sentence)
        why = process.cause_of_end()
        self._died(process, why)
        return WorkerError(f"TensorFlow's process ended while it computed ({why}).")
