"""What a saved model is made of: the model, its layers, their weights, and how they are connected.

These are descriptions without numbers. The numbers are read through a
:class:`~weightview.core.document.Document`. The words are those of Keras.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from weightview.core.errors import WeightNotFoundError

Shape = tuple[int | None, ...]
"""A tensor's shape as Keras writes it: None for the batch axis and other open axes."""

Shapes = Shape | tuple[Shape, ...] | None
"""One shape, several (a layer with several inputs or outputs), or None where it is not known."""

Generation = Literal[1, 2, 3]
"""The major version of the Keras that wrote the file: the same config means different numbers."""


@dataclass(frozen=True, eq=False)
class Weight:
    """One array of a layer: a kernel, a bias, a moving mean ...

    Attributes:
        name: the variable's name without its scope and ``:0``, such as ``kernel``.
        path: the address in the document, by layer names: ``outer/dense/kernel``.
        shape: the array's shape.
        dtype: how the numbers are stored (also the types of ml_dtypes, such as bfloat16).
        axes: one word per axis, such as ``("input", "unit")``.
        keras_index: the place in ``model.get_weights()``; None where no config tells it.
        stored_name: what the file calls it, such as ``layers/dense/vars/0``.
        role: today's Keras word for it. The same as ``name`` but in files whose Keras used another
            word (``depthwise_kernel`` -> ``kernel``, ``dense_1_W`` -> ``kernel``); calculations
            look a weight up by its role.
        layer_path: the address of the layer it belongs to.
        layer_index: the place in ``layer.get_weights()``; None where no config tells it.
        trainable: whether training would change it.
        kind: ``weight`` for what ``get_weights()`` gives; other arrays of the file (optimizer
            state, metrics, random seeds) are shown apart from the model's weights.
        editable: False for text and for arrays of a layout that cannot be written back.
        expression: the Python expression that fetches it from a loaded Keras model, or ``""``.
        gates: for recurrent kernels the gates stacked along the last axis, in stored order,
            such as ``("i", "f", "c", "o")``; else empty.
        scale: for a quantised kernel, the path of the weight that holds its scale; else None.
    """

    name: str
    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    axes: tuple[str, ...]
    keras_index: int | None
    stored_name: str
    role: str
    layer_path: str
    layer_index: int | None = None
    trainable: bool = True
    kind: Literal["weight", "state", "optimizer", "metric", "other"] = "weight"
    editable: bool = True
    expression: str = ""
    gates: tuple[str, ...] = ()
    scale: str | None = None

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """How many bytes they take."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True)
class TensorRef:
    """One tensor in a graph: which output (``tensor``) of which call (``node``) of which layer.

    ``layer`` is the layer's name inside its graph, not a path.
    """

    layer: str
    node: int = 0
    tensor: int = 0


@dataclass(frozen=True)
class Node:
    """One call of a layer (or of a Keras op) inside a graph.

    Attributes:
        layer: the layer's name inside its graph.
        index: which call of that layer this is, from 0.
        arguments: the positional arguments: nested lists, tuples and dicts whose leaves are
            :class:`TensorRef` or plain values from the config.
        keywords: the keyword arguments, with the same leaves.
    """

    layer: str
    index: int
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[TensorRef, ...]:
        """Every tensor that the call takes, in the order of its arguments."""
        return tuple(_refs((self.arguments, self.keywords)))

    @property
    def positional(self) -> tuple[TensorRef, ...]:
        """Every tensor among the positional arguments, in their order."""
        return tuple(_refs(self.arguments))


def _refs(value: Any) -> Iterator[TensorRef]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, TensorRef):
            yield item
        elif isinstance(item, Mapping):
            pending.extend(reversed(list(item.values())))
        elif isinstance(item, (list, tuple)):
            pending.extend(reversed(item))


@dataclass(frozen=True)
class Graph:
    """How the layers of one model are connected.

    Attributes:
        nodes: the calls in an order in which each comes after what it needs.
        inputs: the model's inputs.
        outputs: the model's outputs.
        input_names: the names by which a dict of inputs is matched, one per input.
        output_names: the names of the outputs, one per output.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()


@dataclass(eq=False)
class Layer:
    """One layer: what its config says, its weights, and the layers inside it.

    Attributes:
        name: the layer's own name.
        path: the address by names, ``outer/inner``.
        class_name: the Keras class, such as ``Dense``.
        config: the layer's ``get_config()`` as the file holds it.
        weights: its own weights in ``get_weights()`` order, without those of inner layers.
        layers: inner layers: of a nested model, a wrapper, an RNN's cell.
        graph: for a nested model, how its layers are connected; else None.
        module: the Python module named beside the class, ``""`` where the file names none.
        registered_name: what a custom class was registered as, or None.
        build_config: what Keras 3 stores beside the config to build the layer, or empty.
        input_shape: with the batch axis; None until known.
        output_shape: with the batch axis; None until known.
        role: what this layer is to its wrapper (``layer``, ``cell``, ``forward_layer``,
            ``backward_layer``, ``query_dense`` ...), ``""`` for a layer of a model.
        dtype: the name of the layer's dtype policy, such as ``float32`` or ``mixed_float16``.
        words: of a lookup layer whose vocabulary the file keeps beside the config: reads it, as
            it lies there, special words first; None where it can no longer be read.
    """

    name: str
    path: str
    class_name: str
    config: Mapping[str, Any]
    weights: tuple[Weight, ...] = ()
    layers: tuple["Layer", ...] = ()
    graph: Graph | None = None
    module: str = ""
    registered_name: str | None = None
    build_config: Mapping[str, Any] = field(default_factory=dict)
    input_shape: Shapes = None
    output_shape: Shapes = None
    role: str = ""
    dtype: str = "float32"
    words: Callable[[], tuple[str, ...] | None] | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is of Keras' own class and not a custom one of the same name."""
        registered = self.registered_name or ""
        if ">" in registered and not registered.lower().startswith("keras"):
            return False
        root = self.module.partition(".")[0]
        return root in ("", "keras", "tf_keras", "tensorflow", "builtins")

    @property
    def parameter_count(self) -> int:
        """How many numbers the layer holds, inner layers included, as ``count_params()``."""
        return sum(weight.size for weight in self.all_weights() if weight.kind == "weight")

    def walk(self) -> Iterator["Layer"]:
        """Yield this layer and every layer inside it, outer before inner."""
        pending = [self]
        while pending:
            layer = pending.pop()
            yield layer
            pending.extend(reversed(layer.layers))

    def all_weights(self) -> Iterator[Weight]:
        """Yield the weights of this layer and of those inside it."""
        for layer in self.walk():
            yield from layer.weights

    def weight(self, role: str) -> Weight | None:
        """Return the layer's own weight with this role (today's name), or None."""
        return next((weight for weight in self.weights if weight.role == role), None)

    def inner(self, role: str) -> "Layer | None":
        """Return the inner layer with this role, such as ``cell``, or None."""
        return next((layer for layer in self.layers if layer.role == role), None)


@dataclass(eq=False)
class Model:
    """A saved Keras model, or what can be known of one.

    Attributes:
        name: the model's name, or the file's where there is no config.
        class_name: ``Sequential``, ``Functional`` (also Keras 2's ``Model``), a subclass's name,
            or ``""`` where the file holds weights only.
        layers: the layers in the model's own order.
        weights: every weight in ``get_weights()`` order of the Keras that wrote the file.
        config: the model's config, empty where the file holds weights only.
        graph: how the layers are connected; None where the config does not tell (a subclass).
        generation: the major version of Keras that wrote the file; None where nothing tells.
        keras_version: as stored, or ``""``.
        backend: as stored, or ``""``.
        compile_config: loss, optimizer and metrics as stored, or empty.
        others: arrays of the file that are not weights of the model: optimizer state, metrics ...
        input_shape: with the batch axis; several for several inputs; None until known.
        output_shape: likewise.
        format_name: how the file is called in a sentence: ``Keras 3 archive (.keras)``.
    """

    name: str
    class_name: str
    layers: tuple[Layer, ...]
    weights: tuple[Weight, ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    graph: Graph | None = None
    generation: Generation | None = None
    keras_version: str = ""
    backend: str = ""
    compile_config: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Weight, ...] = ()
    input_shape: Shapes = None
    output_shape: Shapes = None
    format_name: str = ""

    def __post_init__(self) -> None:
        """Index layers and weights by their addresses; of two equal ones the first counts."""
        self._layers: dict[str, Layer] = {}
        for layer in self.walk():
            self._layers.setdefault(layer.path, layer)
        self._weights: dict[str, Weight] = {}
        for weight in (*self.weights, *self.others):
            self._weights.setdefault(weight.path, weight)

    @property
    def parameter_count(self) -> int:
        """How many numbers the model's weights hold, as ``model.count_params()``."""
        return sum(weight.size for weight in self.weights)

    def walk(self) -> Iterator[Layer]:
        """Yield every layer, outer before inner, in the model's order."""
        for layer in self.layers:
            yield from layer.walk()

    def layer(self, path: str) -> Layer:
        """Return the layer at ``path`` (``outer/inner``).

        Raises:
            WeightNotFoundError: no layer has this path.
        """
        try:
            return self._layers[path]
        except KeyError:
            names = ", ".join(list(self._layers)[:12])
            message = f"{self.name} has no layer “{path}”. Its layers are: {names or 'none'}."
            raise WeightNotFoundError(path, message) from None

    def weight(self, path: str) -> Weight:
        """Return the weight at ``path`` (``outer/inner/kernel``).

        Raises:
            WeightNotFoundError: no weight has this path.
        """
        try:
            return self._weights[path]
        except KeyError:
            pass
        layer = self._layers.get(path.rpartition("/")[0])
        if layer is not None:
            names = ", ".join(weight.path for weight in layer.weights) or "none"
            message = f"The layer “{layer.path}” has no such weight. Its weights are: {names}."
        else:
            names = ", ".join(list(self._weights)[:12]) or "none"
            message = f"{self.name} has no weight “{path}”. Its weights are: {names}."
        raise WeightNotFoundError(path, message)
