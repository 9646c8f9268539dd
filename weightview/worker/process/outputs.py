"""What every call of every layer gives for one input: the referee's answer.

The model is called as Keras calls it. While it runs, each call of a layer passes by here and is
written down with its address; nothing of the calculation is imitated.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.worker.process.generations import Generation
from weightview.worker.process.models import BuiltModel, Models

Array = npt.NDArray[Any]


def outputs(
    models: Models, key: int, inputs: Sequence[Array], limit_bytes: int
) -> list[Mapping[str, Any]]:
    """Run a built model in inference mode and return the outputs of every call.

    Args:
        models: the built models.
        key: the client's number of the model.
        inputs: one array per model input, with the batch axis.
        limit_bytes: later outputs are left out beyond this many bytes; their call is told still.

    Returns:
        One entry per call, in the order of execution: path (``""`` is the model itself), node,
        and outputs, or None where they were left out.
    """
    built = models.get(key)
    recorder = _Recorder(built)
    with recorder.listening():
        tensors = [as_tensor(array) for array in inputs]
        built.model(built.keras.arguments(built.model, tensors), training=False)
    return list(recorder.told(limit_bytes))


def as_tensor(array: Array) -> Any:
    """Return a TensorFlow tensor of ``array``, which may hold text."""
    import tensorflow as tf

    return tf.constant(array.tolist() if array.dtype.hasobject else array)


def as_arrays(output: Any) -> list[Array]:
    """Return the tensors of an output of any structure as arrays; sparse ones are made dense."""
    import tensorflow as tf

    arrays = []
    for tensor in tf.nest.flatten(output):
        if isinstance(tensor, tf.SparseTensor):
            arrays.append(tf.sparse.to_dense(tensor).numpy())
        elif isinstance(tensor, tf.RaggedTensor):
            arrays.append(tensor.to_tensor().numpy())
        elif tensor is not None:
            arrays.append(np.asarray(tf.convert_to_tensor(tensor).numpy()))
    return arrays


@dataclass
class _Frame:
    """One running call of a container.

    Attributes:
        path: the container's address, ``""`` for the model.
        call: which call of the container this is.
        members: the address of each layer in it, by the layer's identity.
        ranks: for each layer the numbers of its calls, in the order of execution.
        seen: how often each layer was called so far.
    """

    path: str
    call: int
    members: Mapping[int, str]
    ranks: Mapping[int, list[int]]
    seen: Counter[int] = field(default_factory=Counter)


class _Recorder:
    """Writes down the calls of a model's layers."""

    def __init__(self, built: BuiltModel) -> None:
        self._built = built
        self._keras: Generation = built.keras
        self._frames: list[_Frame | None] = []
        self._calls: list[tuple[str, int, Any]] = []
        self._plans = {
            id(layer): self._plan(path, layer)
            for path, layer in built.layers.items()
            if built.keras.is_container(layer)
        }

    def _plan(self, path: str, container: Any) -> tuple[str, dict[int, str], dict[int, list[int]]]:
        paths = {id(layer): address for address, layer in self._built.layers.items()}
        members = {
            id(layer): paths[id(layer)]
            for layer in self._keras.members(container)
            if id(layer) in paths
        }
        ranks: dict[int, list[int]] = {}
        for layer, rank in self._keras.execution(container):
            ranks.setdefault(id(layer), []).append(rank)
        return path, members, ranks

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let every call of a layer pass by here."""
        originals = [(kind, kind.__call__) for kind in self._keras.call_classes]
        for kind, original in originals:
            type.__setattr__(kind, "__call__", self._wrapped(kind, original))
        try:
            yield
        finally:
            for kind, original in originals:
                type.__setattr__(kind, "__call__", original)

    def _wrapped(self, kind: type, original: Callable[..., Any]) -> Callable[..., Any]:
        recorder = self

        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            # A layer of Keras 3 passes by twice: as a layer, then as the op that it is too.
            if kind is not recorder._keras.layer_class and isinstance(
                layer, recorder._keras.layer_class
            ):
                return original(layer, *args, **kwargs)
            return recorder._call(original, layer, args, kwargs)

        return call

    def _call(
        self, original: Callable[..., Any], layer: Any, args: tuple[Any, ...], kwargs: Any
    ) -> Any:
        frame = self._frames[-1] if self._frames else None
        if not self._frames:
            address: tuple[str, int] | None = ("", 0)
        else:
            address = self._address(frame, layer)
        if self._frames and frame is None:
            return original(layer, *args, **kwargs)
        self._frames.append(self._enter(layer, address, args))
        try:
            output = original(layer, *args, **kwargs)
        finally:
            self._frames.pop()
        if address is not None:
            self._calls.append((*address, output))
        return output

    def _address(self, frame: _Frame | None, layer: Any) -> tuple[str, int] | None:
        """Return path and node of the call that begins, None for what the document has not."""
        if frame is None or id(layer) not in frame.members:
            return None
        ranks = frame.ranks.get(id(layer), [0])
        count = frame.seen[id(layer)]
        frame.seen[id(layer)] += 1
        rank = ranks[count] if count < len(ranks) else count
        return frame.members[id(layer)], frame.call * len(ranks) + rank

    def _enter(
        self, layer: Any, address: tuple[str, int] | None, args: tuple[Any, ...]
    ) -> _Frame | None:
        """Return the frame of a container that is called, None for a layer."""
        if address is None or id(layer) not in self._plans:
            return None
        path, members, ranks = self._plans[id(layer)]
        frame = _Frame(path, address[1], members, ranks)
        self._note_inputs(layer, frame, args)
        return frame

    def _note_inputs(self, container: Any, frame: _Frame, args: tuple[Any, ...]) -> None:
        """Input layers are not called; what comes in is their output."""
        import tensorflow as tf

        tensors = tf.nest.flatten(args[0]) if args else []
        for member, tensor in zip(self._keras.input_members(container), tensors, strict=False):
            path = frame.members.get(id(member))
            if path is not None:
                self._calls.append((path, frame.call, tensor))

    def told(self, limit_bytes: int) -> Iterator[Mapping[str, Any]]:
        """Yield the calls with their outputs as arrays, as long as they fit."""
        left = limit_bytes
        for path, node, output in self._calls:
            arrays: list[Array] | None = as_arrays(output)
            left -= sum(array.nbytes for array in arrays or ())
            if left < 0:
                arrays = None
            yield {"path": path, "node": node, "outputs": arrays}
