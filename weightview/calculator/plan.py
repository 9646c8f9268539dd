"""The plan of a model: its calls in order, nested models unfolded; one for each set of options.

A plan also keeps the last runs, so that an edit computes again only what depends on it.
"""

import weakref
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from weightview.calculator.activations import Activation, get
from weightview.calculator.call import own_activation, weight_tensor
from weightview.calculator.inputs import ExpectedInput, expected_inputs
from weightview.calculator.limits import MOST_NESTED
from weightview.calculator.precision import Precision, precision_of, quantisation_mode
from weightview.calculator.registry import Rule, is_operation, rule_for
from weightview.calculator.taken_masks import TAKING, mark_taken, turns_of
from weightview.calculator.tensors import Home, Tensor
from weightview.core.errors import CalculationError, InputError, WeightNotFoundError
from weightview.core.model import Graph, Layer, Model, TensorRef, Weight
from weightview.core.values import Values

INPUTS = -1
"""The call number under which the model's inputs stand."""


class Slot(NamedTuple):
    """Which output (``tensor``) of which call (its number in the plan; or :data:`INPUTS`)."""

    call: int
    tensor: int


@dataclass(eq=False)
class PlannedCall:
    """One call in the plan.

    Attributes:
        layer: the layer.
        node: which call of that layer.
        arguments: the positional arguments, with a :class:`Slot` for each tensor.
        keywords: the keyword arguments, likewise.
        slots: every slot among the arguments.
        rule: how the class is computed; None where it is not known.
        weights: every weight that it depends on.
        single: the one slot, where that is the only argument.
        is_operation: whether it is an op of the graph and not a layer.
        is_input: whether it is an ``InputLayer``, which hands on what it is given.
        checked: the input shapes whose output is known to fit into memory.
        turn: when Keras would run it, outer calls before inner numbers.
        unmasked: the slots whose mask was taken away before, by Keras' attention.
        passes_on: for a nested model: the call only hands on what the inner calls gave.
    """

    layer: Layer
    node: int
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    slots: tuple[Slot, ...]
    rule: Rule | None
    weights: tuple[Weight, ...] = ()
    passes_on: bool = False
    single: Slot | None = None
    is_operation: bool = False
    is_input: bool = False
    checked: tuple[tuple[int, ...], ...] | None = None
    turn: tuple[int, ...] = ()
    unmasked: frozenset[Slot] = frozenset()


@dataclass(eq=False)
class Plan:
    """What is to be done for one model and one choice of options.

    Attributes:
        generation: the major version of the Keras that wrote the file.
        calls: in order; inner before their outer.
        outputs: the model's outputs.
        activations: chosen activations by layer path.
        without_bias: layers whose bias is left out.
        skip: layers that hand on their input.
        dtype: ``float32`` or ``float64``.
        units: by layer path, what a cell of its output is called.
        inputs: what the model expects.
        input_names: what its inputs are called.
        backend: what Keras ran on when the file was written, or ``""``.
        runs: the last runs, the newest first.
    """

    generation: int | None
    calls: list[PlannedCall]
    outputs: tuple[Slot, ...]
    activations: Mapping[str, Activation]
    without_bias: frozenset[str]
    skip: frozenset[str]
    dtype: str
    units: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[ExpectedInput, ...] = ()
    input_names: tuple[str, ...] = ()
    backend: str = ""
    runs: tuple[Any, ...] = ()
    _tensors: dict[tuple[str, Precision], tuple[int, Tensor]] = field(default_factory=dict)
    _precisions: dict[str, Precision] = field(default_factory=dict)
    _own: dict[tuple[str, str], Activation] = field(default_factory=dict)
    _roles: dict[tuple[str, str], Weight | None] = field(default_factory=dict)
    _modes: dict[str, str] = field(default_factory=dict)
    _sizes: dict[tuple[tuple[int, ...], ...], int] = field(default_factory=dict)
    _homes: dict[tuple[str, int, str], Home] = field(default_factory=dict)

    def precision(self, layer: Layer) -> Precision:
        """Return the precision in which ``layer`` computes."""
        found = self._precisions.get(layer.dtype)
        if found is None:
            found = self._precisions[layer.dtype] = precision_of(layer.dtype, self.dtype)
        return found

    def weight_of(self, layer: Layer, role: str) -> Weight | None:
        """Return the layer's weight with this role, or None."""
        key = (layer.path, role)
        try:
            return self._roles[key]
        except KeyError:
            found = self._roles[key] = layer.weight(role)
            return found

    def mode(self, layer: Layer) -> str:
        """Return how a layer is quantised, ``""`` where it is not."""
        found = self._modes.get(layer.path)
        if found is None:
            found = self._modes[layer.path] = quantisation_mode(layer)
        return found

    def size_of(self, shapes: tuple[tuple[int, ...], ...], count: Callable[[], int]) -> int:
        """Return how many numbers a run's stages hold, counted once for inputs of these shapes."""
        found = self._sizes.get(shapes)
        if found is None:
            found = self._sizes[shapes] = count()
        return found

    def home(self, path: str, node: int, stage: str) -> Home:
        """Return where a stage is found; the same object each time."""
        key = (path, node, stage)
        found = self._homes.get(key)
        if found is None:
            found = self._homes[key] = Home("stage", stage, path, node)
        return found

    def weight_tensor(self, weight: Weight, values: Values, precision: Precision) -> Tensor:
        """Return ``weight`` as a tensor, the same one as long as its numbers are the same."""
        version = values.version(weight)
        key = (weight.path, precision)
        kept = self._tensors.get(key)
        if kept is not None and kept[0] == version:
            return kept[1]
        tensor = weight_tensor(weight, values, precision)
        self._tensors[key] = (version, tensor)
        return tensor

    def activation(self, layer: Layer, entry: str = "activation") -> Activation:
        """Return the activation in use: the chosen one, or the one in the config's ``entry``."""
        key = (layer.path, entry)
        found = self._own.get(key)
        if found is None:
            if entry == "activation" and layer.path in self.activations:
                found = self.activations[layer.path]
            elif entry == "activation":
                own = own_activation(layer, self.generation)
                found = own if own is not None else get(None)
            else:
                found = get(layer.config.get(entry), self.generation)
            self._own[key] = found
        return found


_TAKING_SINCE = 3
_plans: "weakref.WeakKeyDictionary[Model, dict[Any, Plan]]" = weakref.WeakKeyDictionary()
_MOST_PLANS = 8
_NOTHING: frozenset[str] = frozenset()


def plan_for(
    model: Model,
    activations: Mapping[str, str] | None = None,
    without_bias: Collection[str] = (),
    skip: Collection[str] = (),
    dtype: str = "float32",
) -> Plan:
    """Return the plan of ``model`` for these options; the same one at the next call.

    Raises:
        CalculationError: the model's config does not tell how its layers are connected, or an
            activation is not one of Keras'.
        WeightNotFoundError: an option names a layer that the model does not have.
        InputError: an activation is chosen for a layer that has none, or ``dtype`` is unknown.
    """
    plans = _plans.get(model)
    if plans is None:
        plans = _plans.setdefault(model, {})
    chosen = tuple(sorted(activations.items())) if activations else ()
    key = (
        chosen,
        frozenset(without_bias) if without_bias else _NOTHING,
        frozenset(skip) if skip else _NOTHING,
        dtype,
    )
    plan = plans.get(key)
    if plan is None:
        plan = _make(model, *key)
        if len(plans) >= _MOST_PLANS:
            plans.pop(next(iter(plans)), None)
        plans[key] = plan
    return plan


def _make(
    model: Model,
    chosen: tuple[tuple[str, str], ...],
    without_bias: frozenset[str],
    skip: frozenset[str],
    dtype: str,
) -> Plan:
    if dtype not in ("float32", "float64"):
        raise InputError(f"The calculator computes in float32 or float64, not in “{dtype}”.")
    for path in (*(path for path, _ in chosen), *without_bias, *skip):
        model.layer(path)
    activations = {path: _chosen(model.layer(path), name, model) for path, name in chosen}
    if model.graph is None:
        kind = model.class_name or "file of weights alone"
        raise CalculationError(
            "", f"{model.name} is a {kind}: nothing in it tells how its layers are connected."
        )
    unfolding = _Unfolding(model.graph)
    slots = {ref: Slot(INPUTS, i) for i, ref in enumerate(model.graph.inputs)}
    outputs = unfolding.unfold(model.graph, model.layers, slots, 0, {})
    if model.generation == _TAKING_SINCE and any(x.class_name == TAKING for x in model.walk()):
        mark_taken(unfolding.calls)
    units = {layer.path: "unit" for layer in model.walk() if layer.class_name == "Dense"}
    return Plan(
        model.generation,
        unfolding.calls,
        outputs,
        activations,
        without_bias,
        skip,
        dtype,
        units,
        expected_inputs(model),
        model.graph.input_names,
        model.backend,
    )


def _chosen(layer: Layer, name: str, model: Model) -> Activation:
    own = own_activation(layer, model.generation)
    if own is None:
        raise InputError(f"“{layer.path}” is a {layer.class_name}, which has no activation.")
    chosen = get(name, model.generation)
    return own if own.name == chosen.name else chosen


class _Unfolding:
    """Puts the calls of a graph and of the graphs inside it into one list."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.calls: list[PlannedCall] = []
        self.turn: tuple[int, ...] = ()

    def unfold(
        self,
        graph: Graph,
        layers: Iterable[Layer],
        slots: dict[TensorRef, Slot],
        outer_node: int,
        counts: dict[str, int],
    ) -> tuple[Slot, ...]:
        """Append the calls of ``graph`` and return where its outputs are."""
        by_name = {layer.name: layer for layer in layers}
        for node in graph.nodes:
            counts[node.layer] = max(counts.get(node.layer, 0), node.index + 1)
        turns, before = turns_of(graph), self.turn
        for node in graph.nodes:
            self.turn = (*before, turns.get((node.layer, node.index), 0))
            layer = by_name.get(node.layer)
            if layer is None:
                raise WeightNotFoundError(
                    node.layer, f"The graph calls “{node.layer}”, which is not among the layers."
                )
            own = TensorRef(node.layer, node.index, 0)
            arguments = _resolved(node.arguments, slots)
            if own in slots and not node.inputs:
                arguments = (slots[own],)
            keywords = _resolved(dict(node.keywords), slots)
            number = outer_node * counts[node.layer] + node.index
            call = self._call(layer, number, arguments, keywords)
            count = max(1, call[1])
            for tensor in range(count):
                ref = TensorRef(node.layer, node.index, tensor)
                # What the model is given stands for its input layers' outputs: an InputLayer
                # hands it on unchanged.
                if ref not in slots or node.inputs:
                    slots[ref] = Slot(call[0], tensor)
        self.turn = before
        return tuple(self._found(slots, ref) for ref in graph.outputs)

    def _found(self, slots: dict[TensorRef, Slot], ref: TensorRef) -> Slot:
        if ref in slots:
            return slots[ref]
        return Slot(slots[TensorRef(ref.layer, ref.node, 0)].call, ref.tensor)

    def _call(
        self, layer: Layer, node: int, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[int, int]:
        """Append a call; return its number and how many outputs it is known to have."""
        if layer.graph is not None:
            return self._nested(layer, layer.graph, node, arguments)
        slots = tuple(_slots((arguments, keywords)))
        weights = tuple(layer.all_weights())
        call = PlannedCall(layer, node, arguments, keywords, slots, rule_for(layer), weights)
        if len(arguments) == 1 and isinstance(arguments[0], Slot):
            call.single = arguments[0]
        call.is_operation = is_operation(layer)
        call.is_input = layer.class_name == "InputLayer" and call.single is not None
        call.turn = self.turn
        self.calls.append(call)
        return len(self.calls) - 1, 1

    def _nested(
        self, layer: Layer, graph: Graph, node: int, arguments: tuple[Any, ...]
    ) -> tuple[int, int]:
        given = self._given(graph, arguments)
        slots = dict(zip(graph.inputs, given, strict=True))
        if len(self.turn) > MOST_NESTED:
            raise CalculationError(layer.path, f"Models are nested deeper than {MOST_NESTED}.")
        outputs = self.unfold(graph, layer.layers, slots, node, {})
        call = PlannedCall(layer, node, tuple(outputs), {}, tuple(outputs), None, passes_on=True)
        call.turn = (*self.turn, len(graph.nodes))
        self.calls.append(call)
        return len(self.calls) - 1, len(outputs)

    def _given(self, graph: Graph, arguments: tuple[Any, ...]) -> list[Slot]:
        """Return what a nested model is called with, one slot per input of it."""
        value = arguments[0] if len(arguments) == 1 else arguments
        if isinstance(value, Slot):
            given = [value]
        elif isinstance(value, Mapping):
            named = [value.get(name) for name in graph.input_names]
            given = [slot for slot in named if isinstance(slot, Slot)]
            if len(given) != len(graph.inputs):
                given = list(_slots(value))
        else:
            given = list(_slots(value))
        if len(given) < len(graph.inputs):
            raise CalculationError("", "A nested model is called with too few inputs.")
        return given[: len(graph.inputs)]


def _resolved(value: Any, slots: Mapping[TensorRef, Slot]) -> Any:
    """Return ``value`` with a slot in place of each tensor."""
    if isinstance(value, TensorRef):
        if value in slots:
            return slots[value]
        first = slots.get(TensorRef(value.layer, value.node, 0))
        if first is None:
            raise CalculationError(
                value.layer, f"The graph needs “{value.layer}” before it is computed."
            )
        return Slot(first.call, value.tensor)
    if isinstance(value, Mapping):
        return {key: _resolved(item, slots) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, Slot):
        return type(value)(_resolved(item, slots) for item in value)
    return value


def _slots(value: Any) -> Iterable[Slot]:
    if isinstance(value, Slot):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _slots(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _slots(item)
