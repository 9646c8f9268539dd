"""The two Keras that live in this process, seen the same way: ``keras`` 3 and ``tf_keras`` (2).

What differs between them - how a config becomes an object, where a graph keeps its calls - is
told here once; everything else works on a :class:`Generation`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from weightview.core.errors import WorkerError


class Generation:
    """One Keras. Subclasses import theirs when they are made."""

    number: int
    layer_class: type
    call_classes: tuple[type, ...]
    """The layer class and, where there is one, that of ops: every call passes through one."""

    def model(self, class_name: str, config: Mapping[str, Any]) -> Any:
        """Return the model that ``config`` describes."""
        raise NotImplementedError

    def layer(self, entry: Mapping[str, Any]) -> Any:
        """Return the layer (or op) that ``entry``, with class_name and config, describes."""
        raise NotImplementedError

    def is_container(self, layer: Any) -> bool:
        """Return whether ``layer`` is a model with a graph or a chain of layers."""
        raise NotImplementedError

    def members(self, container: Any) -> Iterable[Any]:
        """Return the layers and ops of a container, input layers too."""
        raise NotImplementedError

    def input_members(self, container: Any) -> list[Any]:
        """Return the input layer of each input of a built container."""
        raise NotImplementedError

    def execution(self, container: Any) -> Iterator[tuple[Any, int]]:
        """Yield (layer, which of its calls in this container) in the order of execution."""
        raise NotImplementedError

    def first_calls(self, container: Any) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """Yield each layer of a container with the tensors into and out of its first call."""
        raise NotImplementedError

    def inputs(self, container: Any) -> list[Any]:
        """Return the symbolic inputs of a built container."""
        raise NotImplementedError

    def arguments(self, container: Any, inputs: Sequence[Any]) -> Any:
        """Return flat ``inputs`` in the structure that the container is called with."""
        raise NotImplementedError

    def tensorflow_variable(self, variable: Any) -> Any:
        """Return the variable of TensorFlow that holds the numbers."""
        raise NotImplementedError


class Keras3(Generation):
    """``keras`` 3 on TensorFlow."""

    number = 3

    def __init__(self) -> None:
        """Import it, and keep it from reading or writing a configuration of its own."""
        import keras
        from keras.src.models.functional import Functional
        from keras.src.ops.operation import Operation

        self._keras = keras
        self._functional = Functional
        self.layer_class = keras.layers.Layer
        self.call_classes = (keras.layers.Layer, Operation)

    def model(self, class_name: str, config: Mapping[str, Any]) -> Any:
        """See :class:`Generation`."""
        kind = self._keras.Sequential if class_name == "Sequential" else self._keras.Model
        with self._safe():
            return kind.from_config(dict(config))

    def layer(self, entry: Mapping[str, Any]) -> Any:
        """See :class:`Generation`."""
        module = str(entry.get("module") or "")
        with self._safe():
            if module.startswith("keras.src.ops"):
                return self._op(module, str(entry["class_name"]), entry["config"])
            return self._keras.layers.deserialize(dict(entry))

    def _safe(self) -> AbstractContextManager[Any]:
        from keras.src.saving.serialization_lib import SafeModeScope

        scope: AbstractContextManager[Any] = SafeModeScope(safe_mode=True)
        return scope

    def _op(self, module: str, class_name: str, config: Mapping[str, Any]) -> Any:
        from importlib import import_module

        return getattr(import_module(module), class_name).from_config(dict(config))

    def is_container(self, layer: Any) -> bool:
        """See :class:`Generation`."""
        return isinstance(layer, (self._functional, self._keras.Sequential))

    def _graph(self, container: Any) -> Any:
        """Return the functional model inside a Sequential, or the functional model itself."""
        if isinstance(container, self._keras.Sequential):
            if container._functional is None:
                raise _without_shape(container)
            return container._functional
        return container

    def members(self, container: Any) -> Iterable[Any]:
        """See :class:`Generation`."""
        if isinstance(container, self._keras.Sequential):
            return list(container._layers)
        return list(container.operations)

    def input_members(self, container: Any) -> list[Any]:
        """See :class:`Generation`."""
        return [tensor._keras_history.operation for tensor in self._graph(container).inputs]

    def execution(self, container: Any) -> Iterator[tuple[Any, int]]:
        """See :class:`Generation`."""
        graph = self._graph(container)
        own = {id(node) for nodes in graph._nodes_by_depth.values() for node in nodes}
        for depth in sorted(graph._nodes_by_depth, reverse=True):
            for node in graph._nodes_by_depth[depth]:
                if node.operation is None or node.is_input:
                    continue
                calls = [n for n in node.operation._inbound_nodes if id(n) in own]
                yield node.operation, next(i for i, n in enumerate(calls) if n is node)

    def first_calls(self, container: Any) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """See :class:`Generation`."""
        graph = self._graph(container)
        own = {id(node) for nodes in graph._nodes_by_depth.values() for node in nodes}
        for layer in graph.operations:
            node = next((n for n in layer._inbound_nodes if id(n) in own and not n.is_input), None)
            if node is not None:
                yield layer, list(node.input_tensors), list(node.output_tensors)

    def inputs(self, container: Any) -> list[Any]:
        """See :class:`Generation`."""
        return list(self._graph(container).inputs)

    def arguments(self, container: Any, inputs: Sequence[Any]) -> Any:
        """See :class:`Generation`."""
        from keras import tree

        return tree.pack_sequence_as(self._graph(container)._inputs_struct, list(inputs))

    def tensorflow_variable(self, variable: Any) -> Any:
        """See :class:`Generation`."""
        return variable.value


def _without_shape(container: Any) -> WorkerError:
    return WorkerError(
        f"The model “{container.name}” was saved without the shape of its input, so TensorFlow "
        "cannot build it."
    )


class _TensorFlowWith:
    """TensorFlow with another ``keras``."""

    def __init__(self, keras: Any) -> None:
        self.keras = keras

    def __getattr__(self, name: str) -> Any:
        import tensorflow as tf

        return getattr(tf, name)


class Keras2(Generation):
    """``tf_keras``: Keras 2, kept alive beside Keras 3."""

    number = 2

    def __init__(self) -> None:
        """Import it."""
        try:
            import tf_keras
        except ImportError as error:
            raise WorkerError(
                "This file was written by Keras 2, which needs the package tf_keras; it is not "
                "installed, so TensorFlow stays out."
            ) from error
        from tf_keras.src.engine.base_layer import Layer
        from tf_keras.src.engine.functional import Functional
        from tf_keras.src.layers.normalization import spectral_normalization

        # WORKAROUND for tf_keras 2.21: this one module says ``tf.keras``, which is Keras 3.
        spectral_normalization.tf = _TensorFlowWith(tf_keras)
        self._keras = tf_keras
        self._functional = Functional
        self.layer_class = Layer
        self.call_classes = (Layer,)

    def model(self, class_name: str, config: Mapping[str, Any]) -> Any:
        """See :class:`Generation`."""
        kind = self._keras.Sequential if class_name == "Sequential" else self._functional
        with self._all_layers():
            return kind.from_config(dict(config))

    def layer(self, entry: Mapping[str, Any]) -> Any:
        """See :class:`Generation`."""
        with self._all_layers():
            return self._keras.layers.deserialize(dict(entry))

    def _all_layers(self) -> AbstractContextManager[Any]:
        """Return a scope with the layer that ``tf_keras`` forgets among its own names."""
        own = {"SpectralNormalization": self._keras.layers.SpectralNormalization}
        scope: AbstractContextManager[Any] = self._keras.utils.custom_object_scope(own)
        return scope

    def is_container(self, layer: Any) -> bool:
        """See :class:`Generation`."""
        return isinstance(layer, self._functional)

    def members(self, container: Any) -> Iterable[Any]:
        """See :class:`Generation`."""
        return list(container._self_tracked_trackables)

    def input_members(self, container: Any) -> list[Any]:
        """See :class:`Generation`."""
        return [tensor._keras_history.layer for tensor in self.inputs(container)]

    def execution(self, container: Any) -> Iterator[tuple[Any, int]]:
        """See :class:`Generation`."""
        by_depth = self._nodes(container)
        own = {id(node) for nodes in by_depth.values() for node in nodes}
        for depth in sorted(by_depth, reverse=True):
            for node in by_depth[depth]:
                if node.is_input:
                    continue
                calls = [n for n in node.layer._inbound_nodes if id(n) in own]
                yield node.layer, next(i for i, n in enumerate(calls) if n is node)

    def first_calls(self, container: Any) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """See :class:`Generation`."""
        import tensorflow as tf

        own = {id(node) for nodes in self._nodes(container).values() for node in nodes}
        for layer in container.layers:
            node = next((n for n in layer._inbound_nodes if id(n) in own and not n.is_input), None)
            if node is not None:
                yield layer, tf.nest.flatten(node.input_tensors), tf.nest.flatten(node.outputs)

    def inputs(self, container: Any) -> list[Any]:
        """See :class:`Generation`."""
        self._nodes(container)
        return list(container.inputs)

    def _nodes(self, container: Any) -> Mapping[int, list[Any]]:
        """Return the calls inside a container by their distance from the output."""
        if not container._is_graph_network:
            raise _without_shape(container)
        nodes: Mapping[int, list[Any]] = container._nodes_by_depth
        return nodes

    def arguments(self, container: Any, inputs: Sequence[Any]) -> Any:
        """See :class:`Generation`."""
        import tensorflow as tf

        if isinstance(container, self._keras.Sequential):
            return inputs[0]
        return tf.nest.pack_sequence_as(container._nested_inputs, list(inputs))

    def tensorflow_variable(self, variable: Any) -> Any:
        """See :class:`Generation`."""
        return variable


@cache
def generation(number: int) -> Generation:
    """Return the Keras of this number; files of Keras 1 are translated and use ``tf_keras``.

    Raises:
        WorkerError: it is not installed.
    """
    return Keras3() if number == 3 else Keras2()  # noqa: PLR2004 - Keras 3


def plain_name(variable: Any) -> str:
    """Return a variable's own name: ``kernel`` for ``dense/kernel:0``."""
    return re.sub(r":\d+$", "", str(variable.name)).rpartition("/")[2]
