"""The window's side of TensorFlow's process: starts it, asks it, and bears its death.

No Qt here: :attr:`Worker.state_changed` may be emitted from any thread, and every request blocks
the thread that makes it.
"""

import contextlib
import itertools
import math
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from weightview.core.errors import CancelledError, WorkerError
from weightview.core.events import Signal
from weightview.core.model import Layer, Model, Weight
from weightview.core.values import Array, Values
from weightview.worker import description, launching
from weightview.worker.known import Calls, Known, calls_of

State = Literal["absent", "starting", "ready", "busy", "dead"]

START_SECONDS = 180.0
_CHUNK_BYTES = 256 << 20
_OUTPUT_BYTES = 1 << 30


class Worker:
    """TensorFlow in a process of its own.

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
        self._known: weakref.WeakKeyDictionary[Any, Known] = weakref.WeakKeyDictionary()
        self._forgotten: list[int] = []

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
            self._known.clear()
            self._forgotten.clear()
        self._await_greeting(process)

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

    def _running(self, deadline: float) -> launching.Process:
        """Return the process, started if need be, once it is ready.

        Raises:
            WorkerError: it is absent, dead, or not ready in time.
        """
        if self._state == "absent":
            self.start()
        with self._condition:
            left = max(0.0, deadline - time.monotonic())
            self._condition.wait_for(lambda: self._state != "starting", left)
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
            process = self._running(time.monotonic() + START_SECONDS)
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

    def _known_for(self, subject: Model | Layer) -> Known:
        """Return what the process knows of a model or layer."""
        with contextlib.suppress(IndexError):
            while True:
                self.request("forget", key=self._forgotten.pop())
        # The process must run before anything is noted: its start clears what was known.
        self._running(time.monotonic() + START_SECONDS)
        known = self._known.get(subject)
        if known is None:
            known = Known(next(self._numbers))
            self._known[subject] = known
            weakref.finalize(subject, self._forgotten.append, known.key).atexit = False
        return known

    def prepare(self, model: Model, values: Values, *, timeout: float = 300.0) -> int:
        """Have ``model`` built with the numbers of ``values``; only what changed is sent.

        Returns:
            The key under which the process holds it.

        Raises:
            RefusedError: the model holds code; it is not sent.
            WorkerError: Keras cannot build it, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        with self._turn:
            known = self._known_for(model)
            if known.refusal is not None:
                raise known.refusal
            if not known.is_built:
                self._build(model, known, timeout)
            self._send_changes(known, model.weights, values, timeout)
            return known.key

    def _build(self, model: Model, known: Known, timeout: float) -> None:
        try:
            arguments = description.describe_model(model)
        except WorkerError as refusal:
            known.refusal = refusal
            raise
        answer = self._remembering_refusal(known, "build", timeout, arguments)
        problems = answer["problems"]
        if problems:
            known.refusal = WorkerError(" ".join(dict.fromkeys(problems.values())))
            raise known.refusal
        known.is_built = True

    def _remembering_refusal(
        self, known: Known, kind: str, timeout: float, arguments: Mapping[str, Any]
    ) -> Any:
        """Make a request; what Keras itself refuses is not tried again."""
        before = self._deaths
        try:
            return self.request(kind, key=known.key, timeout=timeout, **arguments)
        except WorkerError as error:
            if self._process is not None and self._deaths == before:
                known.refusal = error
            raise

    def _send_changes(
        self, known: Known, weights: Sequence[Weight], values: Values, timeout: float
    ) -> None:
        """Send the arrays whose version the process does not have, in messages of bounded size."""
        for chunk in known.changes(weights, values, _CHUNK_BYTES):
            arrays = {weight.path: values.whole(weight) for weight in chunk}
            self.request("assign", key=known.key, arrays=arrays, timeout=timeout)
            known.note(chunk, values)

    def layer_outputs(
        self, model: Model, values: Values, inputs: Sequence[Array], *, timeout: float = 300.0
    ) -> Calls:
        """Return what every call of every layer gives for ``inputs``, in inference mode.

        Args:
            model: the description.
            values: the numbers to compute with, edits included.
            inputs: one array per model input, with the batch axis.
            timeout: in seconds.

        Raises:
            WorkerError: as :meth:`prepare`; also Keras' own complaint about the inputs.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        with self._turn:
            key = self.prepare(model, values, timeout=timeout)
            told = self.request(
                "outputs",
                key=key,
                inputs=list(inputs),
                limit_bytes=_OUTPUT_BYTES,
                timeout=timeout,
            )
        return calls_of(told)

    def call_layer(
        self,
        model: Model,
        values: Values,
        layer: Layer,
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
        *,
        timeout: float = 120.0,
    ) -> tuple[Array, ...]:
        """Return the outputs of one layer for given inputs, in inference mode.

        Args:
            model: the layer's model.
            values: the numbers to compute with.
            layer: any layer or op of the model.
            arguments: the positional arguments: arrays with the batch axis, in any nesting.
            keywords: the keyword arguments.
            timeout: in seconds.

        Raises:
            WorkerError: Keras cannot build or call the layer, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        arguments = description.plain_arguments(arguments)
        keywords = description.plain_arguments(keywords)
        with self._turn:
            known = self._known_for(layer)
            if known.refusal is not None:
                raise known.refusal
            if not known.is_built:
                self._build_layer(model, layer, known, arguments, keywords, timeout)
            self._send_changes(known, description.own_weights(layer), values, timeout)
            answer = self.request(
                "call_layer",
                key=known.key,
                arguments=arguments,
                keywords=keywords,
                timeout=timeout,
            )
        return tuple(answer)

    def _build_layer(
        self,
        model: Model,
        layer: Layer,
        known: Known,
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
        timeout: float,
    ) -> None:
        try:
            described = description.describe_layer(model, layer)
        except WorkerError as refusal:
            known.refusal = refusal
            raise
        described.update(arguments=arguments, keywords=keywords)
        self._remembering_refusal(known, "build_layer", timeout, described)
        known.is_built = True

    def layer_shapes(
        self, model: Model, values: Values, *, timeout: float = 300.0
    ) -> Mapping[str, tuple[Any, Any]]:
        """Return input and output shapes of each layer's first call, by layer path.

        A shape is a tuple with None for open axes; several inputs or outputs are a tuple of those.

        Raises:
            WorkerError: as :meth:`prepare`.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        with self._turn:
            key = self.prepare(model, values, timeout=timeout)
            answer = self.request("shapes", key=key, timeout=timeout)
        return {path: (_shapes(ins), _shapes(outs)) for path, (ins, outs) in answer.items()}

    def draw(
        self,
        class_name: str,
        config: Mapping[str, Any],
        shape: Sequence[int],
        seed: int,
        *,
        timeout: float = 60.0,
    ) -> Array:
        """Return float32 numbers drawn by one of Keras 3's initializers.

        Args:
            class_name: ``GlorotUniform``, ``HeNormal`` ...
            config: its settings without the seed.
            shape: of the result.
            seed: equal seeds give equal numbers.
            timeout: in seconds.

        Raises:
            WorkerError: Keras has no such initializer, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        if math.prod(shape) * 4 > _OUTPUT_BYTES:
            raise WorkerError(f"{tuple(shape)} is more than is drawn at once.")
        drawn: Array = self.request(
            "draw",
            class_name=class_name,
            config=dict(config),
            shape=list(shape),
            seed=seed,
            timeout=timeout,
        )
        return drawn

    def list_checkpoint(
        self, path: str, *, timeout: float = 120.0
    ) -> tuple[tuple[str, tuple[int, ...], str], ...]:
        """Return key, shape and dtype name of each tensor of a TensorFlow checkpoint.

        Args:
            path: the checkpoint's prefix, its ``.index`` file, or a SavedModel folder.
            timeout: in seconds.

        Raises:
            WorkerError: TensorFlow cannot read it, or is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        answer = self.request("list_checkpoint", path=path, timeout=timeout)
        return tuple((key, tuple(shape), dtype) for key, shape, dtype in answer)

    def read_checkpoint_tensor(self, path: str, key: str, *, timeout: float = 300.0) -> Array:
        """Return one tensor of a TensorFlow checkpoint; text as an object array of str.

        Raises:
            WorkerError: it has no such tensor, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        array: Array = self.request("read_checkpoint_tensor", path=path, key=key, timeout=timeout)
        return array


def _shapes(shapes: Sequence[Any]) -> Any:
    """Return one shape as a tuple, several as a tuple of tuples, none as None."""
    tuples = tuple(tuple(shape) for shape in shapes)
    return (tuples[0] if len(tuples) == 1 else tuples) if tuples else None


_shared: Worker | None = None
_shared_lock = threading.Lock()


def shared_worker() -> Worker:
    """Return the worker of this process; it is not started by asking for it."""
    global _shared  # noqa: PLW0603 - one TensorFlow per process is the purpose
    with _shared_lock:
        if _shared is None:
            _shared = Worker()
        return _shared
