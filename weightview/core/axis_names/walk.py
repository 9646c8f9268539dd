"""Walks a model's calls, from its inputs on and from its outputs back, and notes what is named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weightview.core.axis_names.labels import Coding, Label, Register
from weightview.core.axis_names.rules import (
    PER_PLACE,
    SAME_PLACES,
    Context,
    input_label,
    kind_of,
    label_after,
)
from weightview.core.axis_names.vocabularies import vocabulary_of
from weightview.core.model import Graph, Layer, Model, Node, TensorRef

_MOST_NESTED = 64
_MOST_CALLS = 100_000


@dataclass(eq=False)
class Found:
    """What was found out about a model.

    Attributes:
        register: the named things.
        inputs: by layer path, the label of the first tensor of each call; None where unknown.
        outputs: by layer path, the label of the first tensor that each call gives.
        units: by layer path, the names of the output's places, for each call that has any.
    """

    register: Register = field(default_factory=Register)
    inputs: dict[str, list[Label | None]] = field(default_factory=dict)
    outputs: dict[str, list[Label | None]] = field(default_factory=dict)
    units: dict[str, list[Coding]] = field(default_factory=dict)


def walk(model: Model) -> Found:
    """Return what the layers of a model are given and asked for, as far as it has names."""
    found = Found()
    if model.graph is not None:
        forward = _Forward(model, found)
        forward.follow(model.graph, model.layers, {}, 0)
        _Backward(model, found).follow(model.graph, model.layers, {}, 0)
    return found


def given_to(graph: Graph, node: Node) -> list[TensorRef] | None:
    """Return the tensor for each input of the nested model that a node calls, or None."""
    value: Any = node.arguments[0] if len(node.arguments) == 1 else node.arguments
    if isinstance(value, TensorRef):
        value = [value]
    elif isinstance(value, Mapping):
        value = [value.get(name) for name in graph.input_names]
    refs = [item for item in value if isinstance(item, TensorRef)] if value else []
    return refs if len(refs) == len(graph.inputs) == len(value) else None


class _Forward:
    """Follows labels from the inputs to every layer."""

    def __init__(self, model: Model, found: Found) -> None:
        self._found = found
        self._context = Context(model, found.register)
        self._calls = 0

    def follow(
        self,
        graph: Graph,
        layers: Iterable[Layer],
        given: dict[TensorRef, Label | None],
        depth: int,
    ) -> list[Label | None]:
        """Return the labels of a graph's outputs, with those of its inputs ``given``."""
        by_name = {layer.name: layer for layer in layers}
        labels = dict(given)
        for node in graph.nodes:
            self._calls += 1
            layer = by_name.get(node.layer)
            if layer is None or self._calls > _MOST_CALLS:
                continue
            ref = TensorRef(node.layer, node.index)
            if node.inputs:
                made = self._called(layer, node, labels, depth)
                labels |= {TensorRef(ref.layer, ref.node, n): label for n, label in enumerate(made)}
            elif ref not in labels and layer.class_name == "InputLayer" and not depth:
                labels[ref] = input_label(self._context, layer)
            self._found.outputs.setdefault(layer.path, []).append(labels.get(ref))
        return [labels.get(ref) for ref in graph.outputs]

    def _called(
        self,
        layer: Layer,
        node: Node,
        labels: Mapping[TensorRef, Label | None],
        depth: int,
    ) -> list[Label | None]:
        if layer.graph is not None:
            refs = given_to(layer.graph, node)
            if refs is None or depth >= _MOST_NESTED:
                self._forget(layer)
                return []
            pairs = zip(layer.graph.inputs, refs, strict=True)
            inner = {own: labels.get(ref) for own, ref in pairs}
            return self.follow(layer.graph, layer.layers, inner, depth + 1)
        given = [labels.get(ref) for ref in node.positional]
        self._note(layer, given[0] if given else None)
        return [label_after(self._context, layer, given)]

    def _note(self, layer: Layer, label: Label | None) -> None:
        """Note what a layer is given, and the layers inside a wrapper with it."""
        inputs = self._found.inputs
        inputs.setdefault(layer.path, []).append(label)
        for inner in layer.layers:
            if kind_of(layer) in _WRAPPERS and inner.graph is None:
                self._note(inner, label)
            else:
                self._forget(inner)

    def _forget(self, layer: Layer) -> None:
        """Note for a layer and all inside it that they are given what nobody knows."""
        for inner in layer.walk():
            self._found.inputs.setdefault(inner.path, []).append(None)


_WRAPPERS = frozenset({"Bidirectional", "RNN", "TimeDistributed"})
"""Wrappers that hand the last axis of what they are given to the layer inside."""

_UNITS_KEPT = frozenset({*PER_PLACE, "softmax", "log_softmax", "sparsemax"})

_NORMALISING = frozenset({"Softmax", "LayerNormalization"})
_ARGMAX = frozenset({"op Argmax", "op ArgMax"})
_FUNCTIONS = frozenset({"math.argmax", "argmax"})


class _Backward:
    """Follows names of whole numbers from lookups turned round back to the units they number."""

    def __init__(self, model: Model, found: Found) -> None:
        self._model = model
        self._found = found
        self._calls = 0

    def follow(
        self,
        graph: Graph,
        layers: Iterable[Layer],
        wanted: Mapping[TensorRef, "_Wanted"],
        depth: int,
    ) -> dict[TensorRef, "_Wanted"]:
        """Return what is asked of the tensors of a graph, of which ``wanted`` is known."""
        by_name = {layer.name: layer for layer in layers}
        known: dict[TensorRef, _Wanted] = dict(wanted)
        for node in reversed(graph.nodes):
            self._calls += 1
            layer = by_name.get(node.layer)
            if layer is None or not node.inputs or self._calls > _MOST_CALLS:
                continue
            outputs = [
                known.get(TensorRef(node.layer, node.index, n)) for n in range(_MOST_OUTPUTS)
            ]
            for ref, asked in self._asked(layer, node, outputs, depth):
                known[ref] = asked if ref not in known or known[ref] == asked else _Wanted()
        return known

    def _asked(
        self,
        layer: Layer,
        node: Node,
        outputs: Sequence["_Wanted | None"],
        depth: int,
    ) -> Iterable[tuple[TensorRef, "_Wanted"]]:
        if layer.graph is not None:
            return self._asked_inside(layer, layer.graph, node, outputs, depth)
        refs = node.positional
        if len(refs) != 1:
            return []
        asked = outputs[0] or _Wanted()
        if asked.units is not None and _keeps_units(layer):
            self._found.units.setdefault(layer.path, []).append(asked.units)
        before = self._before(layer, node, asked)
        return [(refs[0], before)] if before.is_any else []

    def _asked_inside(
        self,
        layer: Layer,
        graph: Graph,
        node: Node,
        outputs: Sequence["_Wanted | None"],
        depth: int,
    ) -> Iterable[tuple[TensorRef, "_Wanted"]]:
        refs = given_to(graph, node)
        if refs is None or depth >= _MOST_NESTED:
            return []
        pairs = zip(graph.outputs, outputs, strict=False)
        wanted = {own: asked for own, asked in pairs if asked is not None}
        inner = self.follow(graph, layer.layers, wanted, depth + 1)
        pairs_in = zip(refs, graph.inputs, strict=True)
        return [(ref, inner[own]) for ref, own in pairs_in if own in inner]

    def _before(self, layer: Layer, node: Node, asked: "_Wanted") -> "_Wanted":
        """Return what is asked of a layer's input where ``asked`` is asked of its output."""
        kind = kind_of(layer)
        if layer.config.get("invert") and kind in ("StringLookup", "IntegerLookup"):
            words = vocabulary_of(self._model, layer)
            return _Wanted(numbers=None if words is None else Coding(words, kind[0] == "S"))
        if _is_argmax_of_last(layer, kind, node):
            return _Wanted(units=asked.numbers)
        is_last = layer.config.get("axis", -1) in (-1, [-1])
        if kind in SAME_PLACES or kind == "Identity" or (kind in _NORMALISING and is_last):
            return _Wanted(units=asked.units)
        if kind == "Activation" and _keeps_units(layer):
            return _Wanted(units=asked.units)
        return _Wanted()


_MOST_OUTPUTS = 8


def _keeps_units(layer: Layer) -> bool:
    """Return whether place 3 of a layer's output is still that of unit 3 after its activation."""
    name = layer.config.get("activation")
    return name is None or (isinstance(name, str) and name in _UNITS_KEPT)


@dataclass(frozen=True)
class _Wanted:
    """What a tensor's consumers call its places.

    Attributes:
        units: the names of the places along its last axis.
        numbers: the names of the whole numbers that it holds.
    """

    units: Coding | None = None
    numbers: Coding | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything is known."""
        return self.units is not None or self.numbers is not None


def _is_argmax_of_last(layer: Layer, kind: str, node: Node) -> bool:
    if kind in _ARGMAX:
        return layer.config.get("axis") == -1
    if kind == "TFOpLambda" and str(layer.config.get("function")) in _FUNCTIONS:
        return node.keywords.get("axis") == -1
    return False
