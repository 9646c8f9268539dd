"""The window's side of TensorFlow's process: what can be asked of it, in the document's terms.

No Qt here: every question blocks the thread that asks it.
"""

import contextlib
import math
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from weightview.calculator.trace import Masked
from weightview.core.errors import WorkerError
from weightview.core.model import Layer, Model, Weight
from weightview.core.values import Array, Values
from weightview.worker import description
from weightview.worker.known import Calls, Known, calls_of
from weightview.worker.supervision import State, Supervisor

__all__ = ["State", "Worker", "shared_worker"]

_CHUNK_BYTES = 256 << 20
_OUTPUT_BYTES = 512 << 20


class Worker(Supervisor):
    """TensorFlow in a process of its own; see :class:`Supervisor` for its states and its life."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Prepare, without starting anything; ``command`` as for :class:`Supervisor`."""
        super().__init__(command)
        self._known: weakref.WeakKeyDictionary[Any, Known] = weakref.WeakKeyDictionary()
        self._described: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self._forgotten: list[int] = []
        self._is_drawing = False

    def _started_anew(self) -> None:
        self._known.clear()
        self._forgotten.clear()

    def _known_for(self, subject: Model | Layer) -> Known:
        """Return what the process knows of a model or layer."""
        with contextlib.suppress(IndexError):
            while True:
                self.request("forget", key=self._forgotten.pop())
        # The process must run before anything is noted: its start clears what was known.
        self._running()
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
            described = self._description(model, lambda: description.describe_model(model))
            known = self._known_for(model)
            known.raise_refusal()
            if not known.is_built:
                self._build(known, described, timeout)
            self._send_changes(known, model.weights, values, timeout)
            return known.key

    def _description(
        self, subject: Model | Layer, describe: Callable[[], dict[str, Any]]
    ) -> Mapping[str, Any]:
        """Return what ``describe`` says of a model or layer; TensorFlow is not started for it.

        Raises:
            WorkerError: it is refused, now as before.
        """
        found = self._described.get(subject)
        if found is None:
            try:
                found = describe()
            except WorkerError as refusal:
                # Its traceback would keep the model alive that is the key here.
                found = refusal.with_traceback(None)
            self._described[subject] = found
        if isinstance(found, WorkerError):
            raise type(found)(*found.args)
        return cast("Mapping[str, Any]", found)

    def _build(self, known: Known, described: Mapping[str, Any], timeout: float) -> None:
        answer = self._remembering_refusal(known, "build", timeout, described)
        problems = answer["problems"]
        if problems:
            known.refusal = " ".join(dict.fromkeys(problems.values()))
            known.raise_refusal()
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
                known.refusal = str(error)
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
    ) -> tuple[Array | Masked, ...]:
        """Return the outputs of one layer for given inputs, in inference mode.

        Args:
            model: the layer's model.
            values: the numbers to compute with.
            layer: any layer or op of the model.
            arguments: the positional arguments: arrays with the batch axis, in any nesting;
                an array together with its mask as :class:`~weightview.calculator.trace.Masked`.
            keywords: the keyword arguments.
            timeout: in seconds.

        Raises:
            WorkerError: Keras cannot build or call the layer, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        arguments = description.plain_arguments(arguments)
        keywords = description.plain_arguments(keywords)
        with self._turn:
            described = self._description(layer, lambda: description.describe_layer(model, layer))
            known = self._known_for(layer)
            known.raise_refusal()
            if not known.is_built:
                call = {**described, "arguments": arguments, "keywords": keywords}
                self._remembering_refusal(known, "build_layer", timeout, call)
                known.is_built = True
            self._send_changes(known, description.own_weights(layer), values, timeout)
            answer = self.request(
                "call_layer",
                key=known.key,
                arguments=arguments,
                keywords=keywords,
                timeout=timeout,
            )
        return tuple(
            output if mask is None else Masked(output, mask)
            for output, mask in zip(answer["outputs"], answer["masks"], strict=True)
        )

    def gradients(
        self,
        model: Model,
        values: Values,
        inputs: Sequence[Array],
        index: Sequence[int],
        weights: Sequence[Weight],
        *,
        tensor: int = 0,
        timeout: float = 300.0,
    ) -> Mapping[str, Array | None]:
        """Return the derivative of one output number with respect to ``weights``.

        Args:
            model: the description.
            values: the numbers to compute with, edits included.
            inputs: one array per model input, with the batch axis.
            index: which number of the output, with the batch axis.
            weights: weights of the model.
            tensor: which output, for a model with several.
            timeout: in seconds.

        Returns:
            By weight path an array of its shape, or None where nothing flows to it.

        Raises:
            WorkerError: as :meth:`prepare`; the output has no such number.
            CancelledError: :meth:`cancel` was called meanwhile.
        """
        with self._turn:
            key = self.prepare(model, values, timeout=timeout)
            found: Mapping[str, Array | None] = self.request(
                "gradients",
                key=key,
                inputs=list(inputs),
                tensor=tensor,
                index=[int(i) for i in index],
                paths=[weight.path for weight in weights],
                timeout=timeout,
            )
        return found

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
        dtype: str = "float32",
        timeout: float = 300.0,
    ) -> Array:
        """Return numbers drawn by one of Keras 3's initializers.

        Args:
            class_name: ``GlorotUniform``, ``HeNormal`` ...
            config: its settings without the seed.
            shape: of the result.
            seed: equal seeds give equal numbers.
            dtype: of the numbers, as Keras calls it; other dtypes get other numbers.
            timeout: in seconds.

        Raises:
            WorkerError: Keras has no such initializer, or TensorFlow is absent or dead.
            CancelledError: :meth:`cancel` or :meth:`stop_drawing` was called meanwhile.
        """
        if math.prod(shape) * 4 > _OUTPUT_BYTES:
            raise WorkerError(f"{tuple(shape)} is more than is drawn at once.")
        with self._turn:
            self._is_drawing = True
            try:
                drawn: Array = self.request(
                    "draw",
                    class_name=class_name,
                    config=dict(config),
                    shape=list(shape),
                    seed=seed,
                    dtype=dtype,
                    timeout=timeout,
                )
            finally:
                self._is_drawing = False
        return drawn

    def stop_drawing(self) -> None:
        """Break off a :meth:`draw` that is under way, and no other request."""
        if self._is_drawing:
            self.cancel()

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
