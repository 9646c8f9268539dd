"""Which calls of a plan no longer find the mask of an input, because attention took it away.

``MultiHeadAttention`` of Keras 3 removes the masks of its query, value and key from the tensors
themselves (``set_keras_mask(query, None)``), so that whatever Keras calls later with the same
tensor sees none. What is later is decided by the order in which Keras runs a graph: by depth from
the outputs (``keras.src.ops.function.map_graph``).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from weightview.calculator.layers.core import IN_TRAINING_ONLY
from weightview.calculator.operations.rearranging import same
from weightview.calculator.tensors import Tensor
from weightview.core.model import Graph, Node, TensorRef

if TYPE_CHECKING:
    from weightview.calculator.plan import PlannedCall, Slot

TAKING = "MultiHeadAttention"
_TAKEN_FROM = ("query", "value", "key")

Key = tuple[str, int]


def turns_of(graph: Graph) -> dict[Key, int]:
    """Return when Keras 3 runs each call of ``graph``, counted from 0."""
    nodes = {(node.layer, node.index): node for node in graph.nodes}
    ordered = _walked(nodes, graph.outputs)
    depths: dict[Key, int] = {}
    layers: dict[str, int] = {}
    for key in reversed(ordered):
        depth = max(depths.setdefault(key, 0), layers.get(key[0], 0))
        layers[key[0]] = depths[key] = depth
        for ref in nodes[key].inputs:
            needed = (ref.layer, ref.node)
            if needed in nodes:
                depths[needed] = max(depth + 1, depths.get(needed, 0))
    by_depth = sorted(depths, key=lambda key: -depths[key])
    return {key: turn for turn, key in enumerate(by_depth)}


def _walked(nodes: dict[Key, Node], outputs: Sequence[TensorRef]) -> list[Key]:
    """Return the calls depth first from the outputs, each after what it needs."""
    ordered: list[Key] = []
    met: set[Key] = set()
    pending = [((ref.layer, ref.node), False) for ref in reversed(outputs)]
    while pending:
        key, is_done = pending.pop()
        if is_done:
            ordered.append(key)
        elif key in nodes and key not in met:
            met.add(key)
            pending.append((key, True))
            needed = [(ref.layer, ref.node) for ref in nodes[key].inputs]
            pending += [(other, False) for other in reversed(needed)]
    return ordered


def mark_taken(calls: Sequence["PlannedCall"]) -> None:
    """Note at each call which of its inputs have lost their mask by then."""
    taken: set[Slot] = set()
    roots = _roots(calls)
    for call in sorted(calls, key=lambda call: call.turn):
        call.unmasked = frozenset(slot for slot in call.slots if roots.get(slot, slot) in taken)
        if call.layer.class_name == TAKING and call.rule is not None:
            named = [call.keywords.get(name) for name in _TAKEN_FROM]
            for value in (*call.arguments[: len(_TAKEN_FROM)], *named):
                if value in call.slots:
                    taken.add(roots.get(value, value))


def without_masks(planned: "PlannedCall", tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the tensors, those whose mask was taken away as copies without one."""
    found = []
    # Fewer tensors than slots where a layer before could not be computed.
    for slot, tensor in zip(planned.slots, tensors, strict=False):
        if slot in planned.unmasked and tensor.mask is not None:
            tensor = same(tensor)  # noqa: PLW2901 - the one tensor, without its mask
            tensor.mask = None
        found.append(tensor)
    return tuple(found)


def _roots(calls: Sequence["PlannedCall"]) -> "dict[Slot, Slot]":
    """Return where each tensor comes from that a call hands on as the very object it was given."""
    found: dict[Slot, Slot] = {}
    for number, call in enumerate(calls):
        handed: tuple[Slot, ...] = ()
        if call.passes_on:
            handed = call.slots
        elif call.single is not None and call.layer.class_name in ("InputLayer", *IN_TRAINING_ONLY):
            handed = (call.single,)
        for tensor, slot in enumerate(handed):
            found[slot._replace(call=number, tensor=tensor)] = found.get(slot, slot)
    return found
