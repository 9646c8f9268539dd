"""Models inside a wrapper: their graph is computed within the wrapper's own call."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from weightview.calculator.operations.rearranging import same
from weightview.calculator.tensors import Tensor
from weightview.calculator.trace import Index
from weightview.core.model import Layer, TensorRef

if TYPE_CHECKING:
    from weightview.calculator.call import Call


def run_graph(
    call: "Call",
    layer: Layer,
    arguments: tuple[Tensor, ...],
    *,
    place: Callable[[Index], Index] | None = None,
    shown: Callable[[Tensor], Tensor] = same,
    prefix: str = "",
) -> tuple[Tensor, ...]:
    """Return the outputs of a model inside ``call``; the stages are named ``layer_stage``.

    Raises:
        CalculationError: a layer of it cannot be computed, or takes other keywords than tensors.
    """
    graph = layer.graph
    assert graph is not None
    known: dict[TensorRef, Tensor] = dict(zip(graph.inputs, arguments, strict=True))
    by_name = {inner.name: inner for inner in layer.layers}
    for node in graph.nodes:
        inner = by_name[node.layer]
        if inner.class_name == "InputLayer":
            continue
        keywords = {k: v for k, v in node.keywords.items() if v is not None and k != "training"}
        if keywords:
            raise call.refuse(f"{inner.name} inside takes arguments that are not known here")
        given = _filled(node.arguments, known)
        name = f"{prefix}{inner.name}_"
        outputs = call.inner(inner, given, place=place, shown=shown, prefix=name)
        for number, output in enumerate(outputs):
            known[TensorRef(node.layer, node.index, number)] = output
    return tuple(known[ref] for ref in graph.outputs)


def _filled(value: Any, known: Mapping[TensorRef, Tensor]) -> Any:
    if isinstance(value, TensorRef):
        return known[value]
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(item, known) for item in value)
    return value
