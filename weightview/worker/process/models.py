"""The models that TensorFlow's process has built, by the number the client gave each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weightview.core.errors import WorkerError
from weightview.worker.process.assigning import LayerWeights
from weightview.worker.process.generations import Generation


@dataclass(frozen=True)
class BuiltModel:
    """One Keras model and how its layers are called in the document.

    Attributes:
        model: the ``keras`` or ``tf_keras`` model.
        keras: which Keras it is of.
        layers: the Keras layer (or op) for each layer path; the model itself at ``""``.
        weights: the weights of each layer by its path.
    """

    model: Any
    keras: Generation
    layers: Mapping[str, Any]
    weights: Mapping[str, LayerWeights]


class Models:
    """The built models by their number."""

    def __init__(self) -> None:
        """Start with none."""
        self._built: dict[int, BuiltModel] = {}

    def add(self, key: int, built: BuiltModel) -> None:
        """Keep a model under the client's number."""
        self._built[key] = built

    def remove(self, key: int) -> None:
        """Let a model go; one that is not there is no error."""
        self._built.pop(key, None)

    def get(self, key: int) -> BuiltModel:
        """Return a model.

        Raises:
            WorkerError: it was never built, or forgotten.
        """
        try:
            return self._built[key]
        except KeyError:
            raise WorkerError("TensorFlow's process does not hold this model.") from None
