"""Putting the document's arrays into the variables of a Keras layer, matched by name."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.generations import plain_name

if TYPE_CHECKING:
    from weightview.worker.process.models import Models

Array = npt.NDArray[Any]

_CONVERTED = frozenset({"LSTM", "GRU", "Bidirectional", "TimeDistributed"})
"""Layers that may have been saved as their CuDNN twins."""

_CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D"})


class LayerWeights:
    """The variables of one layer (inner layers of wrappers included) and the document's weights.

    Where the stored arrays are not today's (Keras 1; CuDNN layers), they are collected, and turned
    into today's by the converter that ``tf_keras`` uses for such files.
    """

    def __init__(self, layer: Any, entry: Mapping[str, Any], origin: Mapping[str, Any]) -> None:
        """Match the weights of ``entry`` (path, name, role, shape each) with the variables.

        Raises:
            WorkerError: they do not belong together.
        """
        self._layer = layer
        self._version = str(origin["keras_version"])[:1]
        self._backend = str(origin["backend"] or "tensorflow")
        weights = list(entry["weights"])
        self._variables = list(layer.weights) if hasattr(layer, "weights") else []
        self._paths = [weight["path"] for weight in weights]
        self._stored: dict[str, Array] = {}
        self._flips = self._backend == "theano" and _kind(layer) in _CONVOLUTIONS
        matched = None if self._version == "1" or self._flips else _match(weights, self._variables)
        self._by_path: Mapping[str, Any] = matched or {}
        self.is_converted = matched is None
        self._address = entry["path"]
        if matched is None and not self._may_convert(weights):
            raise self._misfit([f"{w['name']} {tuple(w['shape'])}" for w in weights])

    def _may_convert(self, weights: Sequence[Mapping[str, Any]]) -> bool:
        if bool(weights) != bool(self._variables):
            return False
        return self._version == "1" or self._flips or _kind(self._layer) in _CONVERTED

    def _misfit(self, stored: Sequence[str]) -> WorkerError:
        wanted = [f"{plain_name(v)} {tuple(v.shape)}" for v in self._variables]
        return WorkerError(
            f"“{self._address}”: the file holds the weights {', '.join(stored) or 'none'}; Keras "
            f"expects {', '.join(wanted) or 'none'}."
        )

    @property
    def paths(self) -> Sequence[str]:
        """The addresses of the weights, in ``get_weights()`` order."""
        return self._paths

    def variable(self, path: str) -> Any | None:
        """Return the variable that holds the weight as stored, or None where it is converted."""
        return self._by_path.get(path)

    def assign(self, arrays: Mapping[str, Array]) -> None:
        """Take new numbers for some of the weights.

        Raises:
            WorkerError: an array does not fit its variable.
        """
        if self.is_converted:
            self._stored.update(arrays)
            if len(self._stored) == len(self._paths):
                self._assign_converted()
        else:
            for path, array in arrays.items():
                self._by_path[path].assign(array)
        finalize = getattr(self._layer, "finalize_state", None)
        if finalize is not None:
            # Normalization computes from its own copies of mean and variance.
            finalize()

    def _assign_converted(self) -> None:
        from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

        stored = [np.array(self._stored[path]) for path in self._paths]
        arrays = preprocess_weights_for_loading(self._layer, stored, self._version, self._backend)
        if self._flips:
            kernels = 2 if _kind(self._layer) == "ConvLSTM2D" else 1
            arrays = [*map(_turned, arrays[:kernels]), *arrays[kernels:]]
        shapes = [tuple(array.shape) for array in arrays]
        if shapes != [tuple(variable.shape) for variable in self._variables]:
            raise self._misfit([str(shape) for shape in shapes])
        for variable, array in zip(self._variables, arrays, strict=True):
            variable.assign(array)


def _kind(layer: Any) -> str:
    """Return the class of a layer of ``tf_keras``; nothing is converted for Keras 3."""
    kind = type(layer)
    return kind.__name__ if kind.__module__.startswith("tf_keras.") else ""


def _turned(kernel: Array) -> Array:
    """Return a kernel for correlation: Theano's convolution runs it backwards."""
    return np.flip(kernel, axis=tuple(range(kernel.ndim - 2)))


def _match(weights: Sequence[Mapping[str, Any]], variables: Sequence[Any]) -> dict[str, Any] | None:
    """Return the variable of each weight path, or None where they do not belong together."""
    stored = {name for weight in weights for name in (weight["role"], weight["name"])}
    # A saved file holds the kernel with LoRA's product added; the factors stay zero then.
    needed = [v for v in variables if not _is_lora(v) or plain_name(v) in stored]
    if len(weights) != len(needed):
        return None
    pairs = list(zip(weights, needed, strict=True))
    if all(_agree(w, v) and plain_name(v) in (w["role"], w["name"]) for w, v in pairs):
        return {w["path"]: v for w, v in pairs}
    by_name = {plain_name(variable): variable for variable in needed}
    named = [(w, by_name.get(w["role"], by_name.get(w["name"]))) for w in weights]
    if len(by_name) == len(needed) and all(v is not None and _agree(w, v) for w, v in named):
        return {w["path"]: v for w, v in named}
    if all(_agree(w, v) for w, v in pairs):
        return {w["path"]: v for w, v in pairs}
    return None


def _is_lora(variable: Any) -> bool:
    return plain_name(variable).startswith("lora_")


def _agree(weight: Mapping[str, Any], variable: Any) -> bool:
    return tuple(weight["shape"]) == tuple(variable.shape)


def assign(models: "Models", key: int, arrays: Mapping[str, Array]) -> None:
    """Give a built model the document's numbers.

    Args:
        models: the built models.
        key: the client's number of the model.
        arrays: new numbers by weight path; paths that Keras did not find are passed over.

    Raises:
        WorkerError: an array does not fit its variable.
    """
    built = models.get(key)
    for group in built.weights.values():
        changed = {path: arrays[path] for path in group.paths if path in arrays}
        if changed:
            group.assign(changed)
