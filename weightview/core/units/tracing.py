"""Following the units of a layer through the graph: whatever else has to move with them.

A tensor's last axis gets a lane; what makes the tensor and what takes it tie weights to it, and
hand lanes to further tensors, forwards and, where tensors are merged, backwards too. The set that
is closed under this is what can be permuted without a change of the model's output.
"""

from collections.abc import Iterator

from weightview.core.model import Graph, Layer, Model, Node, TensorRef
from weightview.core.units import rules
from weightview.core.units.lanes import Lane, Tied, UntraceableError

_ATTENDED = ("query", "value", "key")
_WRAPPERS = frozenset({"TimeDistributed", "Bidirectional"})


def tied_to(model: Model, layer: Layer, count: int) -> tuple[Tied, ...]:
    """Return every axis of a weight along which the units of ``layer`` are.

    Raises:
        UntraceableError: they lead to the model's input or output, or through a layer that is not
            followed.
    """
    graph, owner, layers = _home(model, layer)
    trace = _Trace(graph, {inner.name: inner for inner in layers})
    trace.begin(owner, _lane_in(owner, layer, count))
    return trace.run()


def _home(model: Model, layer: Layer) -> tuple[Graph, Layer, tuple[Layer, ...]]:
    """Return the graph, its layer that is or wraps ``layer``, and all layers of the graph."""
    homes = [(model.graph, model.layers), *((o.graph, o.layers) for o in model.walk())]
    for graph, layers in homes:
        for owner in layers if graph is not None else ():
            is_wrapped = owner.class_name in _WRAPPERS and any(i is layer for i in owner.layers)
            if graph is not None and (owner is layer or is_wrapped):
                return graph, owner, layers
    raise UntraceableError("the file does not tell which layers follow")


def _lane_in(owner: Layer, layer: Layer, count: int) -> Lane:
    """Return the lane of the layer's units in what its ``owner`` gives."""
    if owner.class_name != "Bidirectional" or _merge_mode(owner) != "concat":
        return Lane.of(count)
    start = 0 if layer.role == "forward_layer" else count
    return Lane(count, 2 * count, start)


def _merge_mode(wrapper: Layer) -> str:
    return str(wrapper.config.get("merge_mode", "concat"))


class _Trace:
    """The tensors that have a lane, and what is tied to them."""

    def __init__(self, graph: Graph, layers: dict[str, Layer]) -> None:
        self._graph, self._layers = graph, layers
        self._lanes: dict[TensorRef, Lane] = {}
        self._ties: dict[tuple[str, int], Tied] = {}
        self._pending: list[TensorRef] = []

    def begin(self, owner: Layer, lane: Lane) -> None:
        for node in self._calls(owner.name):
            self._give(TensorRef(node.layer, node.index), lane)

    def run(self) -> tuple[Tied, ...]:
        while self._pending:
            ref = self._pending.pop()
            self._check_ends(ref)
            lane = self._lanes[ref]
            self._made(self._node(ref), lane)
            for node in self._graph.nodes:
                if ref in node.inputs:
                    self._taken(node, ref, lane)
        return tuple(self._ties.values())

    def _calls(self, name: str) -> Iterator[Node]:
        return (node for node in self._graph.nodes if node.layer == name)

    def _node(self, ref: TensorRef) -> Node:
        for node in self._calls(ref.layer):
            if node.index == ref.node:
                return node
        raise UntraceableError(f"it is not known what makes the output of “{ref.layer}”")

    def _layer(self, node: Node) -> Layer:
        """Return the layer of a call; of a layer wrapped for each step, the wrapped one."""
        layer = self._layers.get(node.layer)
        if layer is None:
            raise UntraceableError(f"“{node.layer}” is no layer that is followed")
        if layer.class_name == "TimeDistributed" and len(layer.layers) == 1:
            return layer.layers[0]
        return layer

    def _give(self, ref: TensorRef, lane: Lane) -> None:
        known = self._lanes.get(ref)
        if known is None:
            self._lanes[ref] = lane
            self._pending.append(ref)
        elif known != lane:
            raise UntraceableError(f"they come to “{ref.layer}” in two different orders")

    def _tie(self, tied: Tied) -> None:
        known = self._ties.setdefault((tied.weight.path, tied.axis), tied)
        if known.lane != tied.lane:
            raise UntraceableError(f"“{tied.weight.path}” takes them in two different orders")

    def _check_ends(self, ref: TensorRef) -> None:
        if ref in self._graph.outputs:
            raise UntraceableError("their order is the order of the model's output")
        if ref in self._graph.inputs:
            raise UntraceableError("they are tied to the order of the model's input")
        if any(other.layer == ref.layer and other.tensor for other in self._used()):
            raise UntraceableError(f"the state of “{ref.layer}” is used elsewhere")

    def _used(self) -> Iterator[TensorRef]:
        yield from self._graph.outputs
        for node in self._graph.nodes:
            yield from node.inputs

    # What makes a tensor

    def _made(self, node: Node, lane: Lane) -> None:
        layer = self._layer(node)
        if layer.class_name == "Bidirectional":
            self._made_both_ways(layer, lane)
        elif layer.class_name in rules.MIXING:
            for tied in rules.output_ties(layer, lane):
                self._tie(tied)
        elif layer.class_name in rules.ATTENTION:
            for tied in rules.attention_ties(layer, "output", lane):
                self._tie(tied)
            for other in self._calls(node.layer):
                self._give(TensorRef(other.layer, other.index), lane)
            return
        elif layer.class_name in rules.KEEPING:
            self._made_by_keeping(layer, node, lane)
            return
        elif layer.class_name in rules.MERGING:
            self._made_of_several(layer, node, lane)
            return
        else:
            self._refuse(layer)
        for other in self._calls(node.layer):
            self._only_input(other)  # a state given from elsewhere would keep its order
            self._give(TensorRef(other.layer, other.index), lane)

    def _made_by_keeping(self, layer: Layer, node: Node, lane: Lane) -> None:
        source = self._only_input(node)
        known = self._lanes.get(source)
        if known is None:
            self._give(source, rules.kept_backwards(layer, lane))
        elif rules.kept(layer, known)[0] != lane:
            raise UntraceableError(f"they come to “{layer.name}” in two different orders")

    def _made_both_ways(self, layer: Layer, lane: Lane) -> None:
        mode, inner = _merge_mode(layer), layer.layers
        if mode == "concat":
            count = lane.count
            roles = {0: "forward_layer", count: "backward_layer"}
            if lane != Lane(count, 2 * count, lane.start) or lane.start not in roles:
                raise UntraceableError(f"“{layer.name}” takes them in groups")
            inner = tuple(one for one in inner if one.role == roles[lane.start])
        elif mode not in ("sum", "mul", "ave"):
            raise UntraceableError(f"“{layer.name}” gives both its directions apart")
        for one in inner:
            self._check_mixing(one)
            for tied in rules.output_ties(one, Lane.of(lane.count)):
                self._tie(tied)

    def _made_of_several(self, layer: Layer, node: Node, lane: Lane) -> None:
        if not self._is_side_by_side(layer):
            for ref in self._merged(layer, node):
                self._give(ref, lane)
            return
        refs = self._positional(layer, node)
        if not any(self._side_by_side(refs, i) == lane for i in range(len(refs))):
            raise UntraceableError(f"it is not known which of them come from “{layer.name}”")

    # What takes a tensor

    def _taken(self, node: Node, ref: TensorRef, lane: Lane) -> None:
        layer, output = self._layer(node), TensorRef(node.layer, node.index)
        if layer.class_name == "Bidirectional" or layer.class_name in rules.MIXING:
            is_pair = layer.class_name == "Bidirectional"
            for one in layer.layers if is_pair else (layer,):
                self._check_mixing(one)
                for tied in rules.input_ties(one, lane):
                    self._tie(tied)
            for other in self._calls(node.layer):
                self._give(self._only_input(other), lane)
        elif layer.class_name in rules.KEEPING:
            after, ties = rules.kept(layer, lane)
            for tied in ties:
                self._tie(tied)
            for other in self._calls(node.layer) if ties else (node,):
                self._give(self._only_input(other), lane)
                self._give(TensorRef(other.layer, other.index), after)
        elif layer.class_name in rules.ATTENTION:
            self._attended(layer, node, ref, lane)
        elif layer.class_name in rules.MERGING:
            self._taken_with_others(layer, node, ref, output)
        else:
            self._refuse(layer)

    def _attended(self, layer: Layer, node: Node, ref: TensorRef, lane: Lane) -> None:
        roles = [role for role, one in _attended_tensors(node).items() if one == ref]
        rest = {name: given for name, given in node.keywords.items() if name not in _ATTENDED}
        if ref in Node(node.layer, node.index, node.arguments[len(_ATTENDED) :], rest).inputs:
            raise UntraceableError(f"“{layer.name}” takes them for a mask")
        for role in roles:
            for tied in rules.attention_ties(layer, role, lane):
                self._tie(tied)
            for other in self._calls(node.layer):
                self._give(_attended_tensors(other)[role], lane)

    def _taken_with_others(
        self, layer: Layer, node: Node, ref: TensorRef, output: TensorRef
    ) -> None:
        if not self._is_side_by_side(layer):
            for other in self._merged(layer, node):
                self._give(other, self._lanes[ref])
            self._give(output, self._lanes[ref])
            return
        refs = self._positional(layer, node)
        found = {i: self._side_by_side(refs, i) for i, one in enumerate(refs) if one == ref}
        if len(found) != 1:
            raise UntraceableError(f"they come to “{layer.name}” twice")
        (after,) = found.values()
        if after is not None:
            self._give(output, after)

    def _side_by_side(self, refs: tuple[TensorRef, ...], place: int) -> Lane | None:
        """Return the lane that one of several has after they were concatenated; None for none."""
        lane = self._lanes.get(refs[place])
        if lane is None:
            return None
        lengths = [self._length(ref) for ref in refs]
        return lane.inside(sum(lengths[:place]), lengths[place], sum(lengths))

    def _is_side_by_side(self, layer: Layer) -> bool:
        """Return whether units are put beside those of others, not together with them.

        Raises:
            UntraceableError: a class of somebody's own, or an axis that is not known.
        """
        rules.check_kind(layer)
        if layer.class_name != "Concatenate":
            return False
        axis, shape = layer.config.get("axis", -1), layer.output_shape
        if axis == -1:
            return True
        if shape is None or not isinstance(axis, int):
            raise UntraceableError(f"it is not known along which axis “{layer.name}” works")
        return axis % len(shape) == len(shape) - 1

    def _merged(self, layer: Layer, node: Node) -> tuple[TensorRef, ...]:
        """Return the tensors that are merged place by place with the units."""
        refs = self._positional(layer, node)
        lengths = {self._length(ref) for ref in refs}
        if len(lengths) != 1:
            raise UntraceableError(f"“{layer.name}” merges them with others of another length")
        return refs

    def _positional(self, layer: Layer, node: Node) -> tuple[TensorRef, ...]:
        refs = node.inputs
        if "layers" not in (layer.module or "keras.layers") or not refs:
            raise UntraceableError(f"“{layer.name}” is no layer that is followed")
        return refs

    def _length(self, ref: TensorRef) -> int:
        """Return how long the last axis of a tensor is.

        Raises:
            UntraceableError: it is not known.
        """
        layer = self._layers.get(ref.layer)
        length = rules.last_of(layer.output_shape) if layer is not None else 0
        if not length:
            raise UntraceableError(f"the shape of what “{ref.layer}” gives is not known")
        return length

    def _only_input(self, node: Node) -> TensorRef:
        if len(node.inputs) != 1:
            raise UntraceableError(f"they go into “{node.layer}” together with others")
        return node.inputs[0]

    def _check_mixing(self, layer: Layer) -> None:
        if layer.class_name not in rules.MIXING:
            self._refuse(layer)

    def _refuse(self, layer: Layer) -> None:
        why = rules.REASONS.get(layer.class_name, "")
        words = why or f"it is not known how “{layer.name}” ({layer.class_name}) uses them"
        raise UntraceableError(words.format(name=layer.name))


def _attended_tensors(node: Node) -> dict[str, TensorRef]:
    """Return query, value and key of a call of an attention layer; the key is the value unasked."""
    given = dict(zip(_ATTENDED, node.arguments, strict=False)) | dict(node.keywords)
    found = {role: given.get(role) for role in _ATTENDED}
    found["key"] = found["key"] or found["value"]
    refs = {role: ref for role, ref in found.items() if isinstance(ref, TensorRef)}
    if len(refs) < len(found):
        raise UntraceableError(f"it is not known what “{node.layer}” attends to")
    return refs
