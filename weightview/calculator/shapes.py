"""Which shape each layer gives, from the shapes that go in, without computing anything."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from weightview.calculator.inputs import input_shapes
from weightview.calculator.limits import CONFIG_ERRORS, MOST_NESTED, count_of
from weightview.calculator.registry import is_operation, rule_for, shape_rule_for
from weightview.core.errors import CalculationError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, Shape, Shapes, TensorRef
from weightview.core.values import Values

_MOST_PROBED = 1 << 22
"""An op is not tried out on an array of more numbers (for one sample)."""


def infer_shapes(model: Model) -> None:
    """Fill in the input and output shape of the model and of every layer of it.

    Shapes are in Keras' form, None for the batch axis. What no rule tells stays None.
    """
    if model.graph is None:
        return
    given = input_shapes(model)
    model.input_shape = _one_or_all(list(given))
    model.output_shape = _through(model.graph, model.layers, given, 0)


def _one_or_all(shapes: "list[Shape | None]") -> Shapes:
    if any(shape is None for shape in shapes) or not shapes:
        return None
    return shapes[0] if len(shapes) == 1 else tuple(shape for shape in shapes if shape is not None)


def _through(
    graph: Graph, layers: tuple[Layer, ...], given: "tuple[Shape | None, ...]", depth: int
) -> Shapes:
    if depth > MOST_NESTED:
        return None
    by_name = {layer.name: layer for layer in layers}
    known: dict[TensorRef, Shape | None] = dict(zip(graph.inputs, given, strict=False))
    for node in graph.nodes:
        layer = by_name.get(node.layer)
        if layer is None:
            continue
        own = TensorRef(node.layer, node.index, 0)
        if layer.class_name == "InputLayer":
            layer.input_shape = layer.output_shape = known.get(own)
            continue
        arguments = [known.get(ref) for ref in node.inputs]
        outputs = _of_call(layer, arguments, node.arguments, node.keywords, known, depth)
        if layer.output_shape is None:
            layer.input_shape = _one_or_all(arguments)
            layer.output_shape = _one_or_all(outputs)
        for tensor, shape in enumerate(outputs):
            ref = TensorRef(node.layer, node.index, tensor)
            if known.get(ref) is None:
                known[ref] = shape
    return _one_or_all([known.get(ref) for ref in graph.outputs])


def _of_call(
    layer: Layer,
    shapes: "list[Shape | None]",
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    known: Mapping[TensorRef, "Shape | None"],
    depth: int,
) -> "list[Shape | None]":
    if layer.graph is not None:
        result = _through(layer.graph, layer.layers, tuple(shapes), depth + 1)
        return _listed(result)
    if any(shape is None for shape in shapes):
        return [None]
    if is_operation(layer):
        return _of_operation(layer, arguments, keywords, known)
    return _listed(output_shape(layer, tuple(shape for shape in shapes if shape is not None)))


def _of_operation(
    layer: Layer,
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    known: Mapping[TensorRef, "Shape | None"],
) -> "list[Shape | None]":
    """Return an op's output shapes by doing it twice with other sizes for the open axes."""
    results = [_probe(layer, arguments, keywords, known, size) for size in (3, 5)]
    if any(result is None for result in results):
        return [None]
    first, second = results
    assert first is not None
    assert second is not None
    return [
        tuple(a if a == b else None for a, b in zip(one, other, strict=True))
        if len(one) == len(other)
        else None
        for one, other in zip(first, second, strict=True)
    ]


def _probe(
    layer: Layer,
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    known: Mapping[TensorRef, "Shape | None"],
    size: int,
) -> list[tuple[int, ...]] | None:
    from weightview.calculator.call import Call
    from weightview.calculator.plan import Plan
    from weightview.calculator.tensors import Tensor

    def filled(value: Any) -> Any:
        if isinstance(value, TensorRef):
            shape = known[value]
            assert shape is not None
            sizes = tuple(size if n is None else n for n in shape)
            return Tensor(np.broadcast_to(np.ones((), np.float32), sizes))
        if isinstance(value, Mapping):
            return {key: filled(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(filled(item) for item in value)
        return value

    rule = rule_for(layer)
    used = [known[ref] for ref in Node("", 0, arguments, keywords).inputs]
    if rule is None or any(count_of(shape) > _MOST_PROBED for shape in used):
        return None
    plan = Plan(None, [], (), {}, frozenset(), frozenset(), "float32")
    call = Call(plan, layer, layer.path, 0, Values(MemoryStorage({})))
    given = {key: value for key, value in filled(keywords).items() if value is not None}
    try:
        with np.errstate(all="ignore"):
            result = rule.function(call, *filled(arguments), **given)
    except (*CONFIG_ERRORS, CalculationError):
        # What the op cannot do with these sizes it may do with others: the shape stays unknown.
        return None
    return [output.shape for output in (result if isinstance(result, tuple) else (result,))]


def _listed(result: Any) -> "list[Shape | None]":
    if result is None:
        return [None]
    if result and isinstance(result[0], tuple):
        return list(result)
    return [result]


def output_shape(layer: Layer, shapes: tuple[Shape, ...]) -> Shapes:
    """Return the output shape of ``layer`` for these inputs, or None where no rule tells it."""
    rule = shape_rule_for(layer)
    if rule is None or rule_for(layer) is None:
        return None
    try:
        result = rule(layer, *shapes)
    except CONFIG_ERRORS:
        # The config of a file may be anything; a shape that cannot be told is unknown.
        return None
    return result  # type: ignore[no-any-return]  # rules are registered untyped
