"""Models changed in one place: another config, or a layer put before or after one.

The changed model is a new description; layers and weights that are not concerned are shared.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from weightview.core.model import Graph, Layer, Model, Node, TensorRef


def with_layer(model: Model, path: str, change: Callable[[Layer], Layer]) -> Model:
    """Return ``model`` with the layer at ``path`` replaced by what ``change`` makes of it."""
    return replace(model, layers=_changed(model.layers, path, change))


def _changed(
    layers: tuple[Layer, ...], path: str, change: Callable[[Layer], Layer]
) -> tuple[Layer, ...]:
    result: list[Layer] = []
    for layer in layers:
        if layer.path == path:
            result.append(change(layer))
        elif path.startswith(f"{layer.path}/"):
            result.append(replace(layer, layers=_changed(layer.layers, path, change)))
        else:
            result.append(layer)
    return tuple(result)


def with_config(model: Model, path: str, **entries: Any) -> Model:
    """Return ``model`` with entries of one layer's config replaced."""
    return with_layer(model, path, lambda layer: replace(layer, config={**layer.config, **entries}))


def can_insert(model: Model, path: str) -> bool:
    """Return whether the layer at ``path`` stands in a graph, so that one can be put beside it."""
    graph, layers = _surroundings(model, path)
    return graph is not None and any(layer.path == path for layer in layers)


def insert_before(model: Model, path: str, layer: Layer) -> Model:
    """Return ``model`` with ``layer`` between the layer at ``path`` and its first input."""

    def change(graph: Graph, name: str) -> Graph:
        nodes: list[Node] = []
        for node in graph.nodes:
            if node.layer == name and node.inputs:
                first = node.inputs[0]
                nodes.append(Node(layer.name, node.index, (first,)))
                new = {first: TensorRef(layer.name, node.index)}
                nodes.append(_renamed(node, new))
            else:
                nodes.append(node)
        return replace(graph, nodes=tuple(nodes))

    return _inserted(model, path, layer, change)


def insert_after(model: Model, path: str, layer: Layer) -> Model:
    """Return ``model`` with ``layer`` between the layer at ``path`` and all that it feeds."""

    def change(graph: Graph, name: str) -> Graph:
        new: dict[TensorRef, TensorRef] = {}
        nodes: list[Node] = []
        for node in graph.nodes:
            nodes.append(_renamed(node, new))
            if node.layer == name:
                own = TensorRef(name, node.index)
                nodes.append(Node(layer.name, node.index, (own,)))
                new[own] = TensorRef(layer.name, node.index)
        outputs = tuple(new.get(ref, ref) for ref in graph.outputs)
        return replace(graph, nodes=tuple(nodes), outputs=outputs)

    return _inserted(model, path, layer, change)


def _inserted(
    model: Model, path: str, layer: Layer, change: Callable[[Graph, str], Graph]
) -> Model:
    graph, layers = _surroundings(model, path)
    assert graph is not None
    name = next(found.name for found in layers if found.path == path)
    new_graph = change(graph, name)
    parent = path.rpartition("/")[0]
    if not parent or model.graph is graph:
        return replace(model, graph=new_graph, layers=(*model.layers, layer))
    return with_layer(
        model, parent, lambda outer: replace(outer, graph=new_graph, layers=(*outer.layers, layer))
    )


def _surroundings(model: Model, path: str) -> tuple[Graph | None, tuple[Layer, ...]]:
    """Return the graph in which the layer at ``path`` is called, and the layers of it."""
    if any(layer.path == path for layer in model.layers):
        return model.graph, model.layers
    for outer in model.walk():
        if any(layer.path == path for layer in outer.layers):
            return outer.graph, outer.layers
    return None, ()


def _renamed(node: Node, new: Mapping[TensorRef, TensorRef]) -> Node:
    if not any(ref in new for ref in node.inputs):
        return node
    return replace(
        node, arguments=_replaced(node.arguments, new), keywords=_replaced(node.keywords, new)
    )


def _replaced(value: Any, new: Mapping[TensorRef, TensorRef]) -> Any:
    if isinstance(value, TensorRef):
        return new.get(value, value)
    if isinstance(value, Mapping):
        return {key: _replaced(item, new) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_replaced(item, new) for item in value)
    return value


def made_layer(beside: Layer, suffix: str, class_name: str, **config: Any) -> Layer:
    """Return a layer without weights, to be put beside ``beside``."""
    name = f"{beside.name}_{suffix}"
    outer = beside.path.rpartition("/")[0]
    return Layer(
        name=name,
        path=f"{outer}/{name}" if outer else name,
        class_name=class_name,
        config={"name": name, "trainable": True, "dtype": "float32", **config},
        module="keras.layers",
        dtype=beside.dtype,
    )
