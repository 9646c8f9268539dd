"""Looking up one call in a model's graphs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightview.calculator.trace import Masked
from weightview.core.errors import CalculationError
from weightview.core.model import Graph, Layer, Model, TensorRef
from weightview.core.values import Array


def arguments_of(
    model: Model, layer: Layer, node: int, tensors: Sequence[Array | Masked]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments and keywords of one call, with ``tensors`` in place of its inputs.

    Args:
        model: the model.
        layer: a layer of it or of a nested model.
        node: which call of the layer, counted through all calls of the model around it.
        tensors: one array per tensor that the call takes, in the order of its arguments; with
            its mask where it has one.

    Raises:
        CalculationError: the graph has no such call, or one with another number of inputs.
    """
    graph = _graph_around(model, layer)
    calls = [n for n in graph.nodes if n.layer == layer.name] if graph is not None else []
    if not calls:
        raise CalculationError(layer.path, f"The graph does not call “{layer.path}”.")
    call = calls[node % len(calls)]
    if len(call.inputs) != len(tensors):
        message = f"“{layer.path}” takes {len(call.inputs)} tensors; found {len(tensors)}."
        raise CalculationError(layer.path, message)
    given = iter(tensors)
    return tuple(_filled(item, given) for item in call.arguments), {
        name: _filled(item, given) for name, item in call.keywords.items()
    }


def _graph_around(model: Model, layer: Layer) -> Graph | None:
    """Return the graph that calls ``layer``: the model's or that of the nested model around it."""
    if any(own is layer for own in model.layers):
        return model.graph
    for outer in model.walk():
        if any(inner is layer for inner in outer.layers):
            return outer.graph
    return None


def _filled(value: Any, tensors: Iterator[Array | Masked]) -> Any:
    if isinstance(value, TensorRef):
        return next(tensors)
    if isinstance(value, Mapping):
        return {key: _filled(item, tensors) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(item, tensors) for item in value]
    return value
