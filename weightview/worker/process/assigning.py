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
        variables = list(layer.weights) if hasattr(layer, "weights") else []
        self._paths = [weight["path"] for weight in weights]
        self._stored: dict[str, Array] = {}
        matched = None if self._version == "1" else _match(weights, variables)
        self._by_path: Mapping[str, Any] = matched or {}
        self._variables = variables
        self.is_converted = matched is None
        if matched is None and (bool(weights) != bool(variables) or not _may_convert(layer)):
            have = ", ".join(f"{plain_name(v)} {tuple(v.shape)}" for v in variables) or "none"
            stored = ", ".join(f"{w['name']} {tuple(w['shape'])}" for w in weights) or "none"
            raise WorkerError(
                f"“{entry['path']}”: the file holds the weights {stored}, Keras expects {have}."
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
        for variable, array in zip(self._variables, arrays, strict=True):
            variable.assign(array)


def _may_convert(layer: Any) -> bool:
    return type(layer).__module__.startswith("tf_keras.")


def _match(weights: Sequence[Mapping[str, Any]], variables: Sequence[Any]) -> dict[str, Any] | None:
    """Return the variable of each weight path, or None where they do not belong together."""
    if len(weights) != len(variables):
        return None
    if all(_agree(w, v, by_name=True) for w, v in zip(weights, variables, strict=True)):
        return {w["path"]: v for w, v in zip(weights, variables, strict=True)}
    by_name = {plain_name(variable): variable for variable in variables}
    if len(by_name) == len(variables):
        matched = {
            w["path"]: by_name.get(w["role"]) or by_name.get(w["name"])
            for w in weights
            if w["role"] in by_name or w["name"] in by_name
        }
        if len(matched) == len(weights) and all(
            _agree(w, matched[w["path"]], by_name=False) for w in weights
        ):
            return matched
    if all(_agree(w, v, by_name=False) for w, v in zip(weights, variables, strict=True)):
        return {w["path"]: v for w, v in zip(weights, variables, strict=True)}
    return None


def _agree(weight: Mapping[str, Any], variable: Any, *, by_name: bool) -> bool:
    if tuple(weight["shape"]) != tuple(variable.shape):
        return False
    return not by_name or plain_name(variable) in (weight["role"], weight["name"])


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
