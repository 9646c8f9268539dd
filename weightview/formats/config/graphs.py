"""How the layers of a model are connected, as its config says: a chain or a graph of calls.

A config gives each layer the list of its calls ("inbound nodes"). Keras 3 writes the arguments
with a ``__keras_tensor__`` wherever a tensor stands; Keras 2 writes ``[layer, node, tensor,
keywords]``. Graphs are walked with a list of what is pending, never by recursion over the layers.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weightview.core.model import Graph, Node, TensorRef
from weightview.core.numbers import shorten
from weightview.formats.drafts import Draft

CHAIN_INPUT = "input"
_REFERENCE_LENGTHS = (3, 4)
_DEEPEST_ENDS = 64
"""Far deeper than any structure of tensors; Python bounds how deep functions call themselves."""
_MOST_CALLS = 50_000
_CONSTANT = "_CONSTANT_VALUE"


def chain(layers: Sequence[Draft]) -> Graph:
    """Return the graph of a Sequential model: each layer takes what the one before gives.

    Where no ``InputLayer`` comes first, the input is a reference to a layer called ``input`` (or
    ``input_1`` ... where that name is taken) that is not among the layers.
    """
    nodes: list[Node] = []
    names = {layer.name for layer in layers}
    calls: dict[str, int] = {}
    if layers and layers[0].class_name == "InputLayer":
        first = layers[0].name
        nodes.append(Node(first, 0, ()))
        calls[first] = 1
        rest = layers[1:]
    else:
        first, number = CHAIN_INPUT, 0
        while first in names:
            number += 1
            first = f"{CHAIN_INPUT}_{number}"
        rest = layers
    current = TensorRef(first)
    for layer in rest:
        index = calls.get(layer.name, 0)
        calls[layer.name] = index + 1
        nodes.append(Node(layer.name, index, (current,)))
        current = TensorRef(layer.name, index)
    last = layers[-1].name if layers else first
    return Graph(tuple(nodes), (TensorRef(first),), (current,), (first,), (last,))


def functional_graph(
    config: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], layers: Sequence[Draft]
) -> tuple[Graph | None, str]:
    """Return the graph of a functional model, or None and a sentence that says what is wrong.

    Args:
        config: the model's config.
        entries: the dicts of its layers.
        layers: their drafts, in the same order.
    """
    try:
        return _functional_graph(config, entries, layers)
    except _UnclearError as unclear:
        return None, f"{unclear}."


class _UnclearError(Exception):
    """The config's graph cannot be understood; the text says what was found."""


def _functional_graph(
    config: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], layers: Sequence[Draft]
) -> tuple[Graph | None, str]:
    names = {layer.name for layer in layers}
    raw = {layer.name: _calls(entry) for layer, entry in zip(layers, entries, strict=True)}
    count = sum(map(len, raw.values()))
    if count > _MOST_CALLS:
        raise _UnclearError(f"it has {count:,} calls, more than the {_MOST_CALLS:,} that are read")
    convert = _converter(names)
    nodes: dict[tuple[str, int], Node] = {}
    for layer in layers:
        calls = raw[layer.name]
        if layer.class_name == "InputLayer" and not calls:
            nodes[layer.name, 0] = Node(layer.name, 0, ())
        for index, call in enumerate(calls):
            arguments, keywords = convert(call)
            nodes[layer.name, index] = Node(layer.name, index, arguments, keywords)
    ends = [_references(config.get(key), convert) for key in ("input_layers", "output_layers")]
    shifts, end_shifts = _shifts(nodes, ends[1], layers)
    nodes = {key: _shifted(node, shifts) for key, node in nodes.items()}
    inputs, outputs = ([_shift(ref, end_shifts) for ref in refs] for refs in ends)
    ordered, problem = _in_order(nodes)
    missing = [ref for ref in (*inputs, *outputs) if (ref.layer, ref.node) not in nodes]
    if missing:
        problem = problem or f"nothing gives the tensor “{missing[0].layer}”."
    if not outputs and layers:
        problem = problem or "its config names no outputs (output_layers)."
    if problem:
        return None, problem
    output_names = tuple(ref.layer for ref in outputs)
    given = config.get("input_layers")
    # A model made of a dict of inputs is called with one: by its keys.
    input_names = tuple(ref.layer for ref in inputs)
    if isinstance(given, Mapping) and len(given) == len(inputs):
        input_names = tuple(sorted(given))
    return Graph(ordered, tuple(inputs), tuple(outputs), input_names, output_names), ""


def _calls(entry: Mapping[str, Any]) -> list[Any]:
    calls = entry.get("inbound_nodes")
    if calls is not None and not isinstance(calls, list):
        raise _UnclearError(f"inbound_nodes of a layer is {shorten(repr(calls), 30)}, not a list")
    return calls or []


Converter = Callable[[Any], tuple[tuple[Any, ...], dict[str, Any]]]


def _converter(names: set[str]) -> Converter:
    """Return a function from one call as the config holds it to its arguments and keywords."""

    def value(item: Any) -> Any:
        if isinstance(item, Mapping):
            if item.get("class_name") == "__keras_tensor__":
                inner = item.get("config")
                history = inner.get("keras_history") if isinstance(inner, Mapping) else None
                reference = _reference(history, names)
                if reference is None:
                    raise _UnclearError(
                        f"a node takes {shorten(repr(history), 60)}, which is missing"
                    )
                return reference
            return {str(key): value(part) for key, part in item.items()}
        if isinstance(item, list):
            reference = _reference(item, names)
            return reference if reference is not None else [value(part) for part in item]
        return item

    def call(node: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if isinstance(node, Mapping) and "args" in node:
            arguments, keywords = value(node["args"]), value(node.get("kwargs") or {})
            if not isinstance(arguments, list):
                what = shorten(repr(node["args"]), 30)
                raise _UnclearError(f"the args of a node are {what}, not a list")
            return tuple(arguments), keywords if isinstance(keywords, dict) else {}
        return _old_call(node, value, names)

    return call


def _old_call(
    node: Any, value: Callable[[Any], Any], names: set[str]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call as Keras 1 and 2 write it."""
    keywords: dict[str, Any] = {}
    if isinstance(node, list) and _reference(node, names) is not None:
        # Of a single tensor: [layer, node, tensor, keywords] without a list around it.
        node = [node]
    if not isinstance(node, list):
        return (value(node),), keywords
    tensors: list[Any] = []
    for item in node:
        if isinstance(item, list) and item and item[0] == _CONSTANT:
            tensors.append(item[2] if len(item) > 2 else None)  # noqa: PLR2004 - name, -1, value
        else:
            tensors.append(value(item))
        more = item[3] if isinstance(item, list) and len(item) > 3 else None  # noqa: PLR2004
        if isinstance(more, Mapping):
            keywords.update({str(key): value(part) for key, part in more.items()})
    return (tensors[0] if len(tensors) == 1 else tensors,), keywords


def _reference(item: Any, names: set[str]) -> TensorRef | None:
    """Return the tensor that ``[layer, node, tensor]`` means, None for any other list."""
    if not isinstance(item, list) or len(item) not in _REFERENCE_LENGTHS:
        return None
    layer, node, tensor = item[:3]
    if not isinstance(layer, str) or layer not in names:
        return None
    if not all(isinstance(part, int) and not isinstance(part, bool) for part in (node, tensor)):
        return None
    return TensorRef(layer, node, tensor)


def _references(value: Any, convert: Converter) -> list[TensorRef]:
    """Return the tensors of ``input_layers`` or ``output_layers``, as Keras lists them."""
    found, _ = convert({"args": [_by_key(value)], "kwargs": {}})
    references = list(Node("", 0, found).inputs)
    unknown = _unknown_ends(value, len(references))
    if unknown:
        raise _UnclearError(f"the graph's ends name {shorten(unknown, 60)}, which is missing")
    return references


def _by_key(value: Any, depth: int = 0) -> Any:
    """Return a structure with its dicts in the order in which Keras flattens them: by key."""
    if depth > _DEEPEST_ENDS:
        raise _UnclearError(f"the graph's ends are nested more than {_DEEPEST_ENDS} deep")
    if isinstance(value, Mapping):
        return {key: _by_key(value[key], depth + 1) for key in sorted(value)}
    return [_by_key(item, depth + 1) for item in value] if isinstance(value, list) else value


def _unknown_ends(value: Any, found: int) -> str:
    """Return the ends that are no tensor of the graph, ``""`` where all are."""
    pending, ends = [value], []
    while pending:
        item = pending.pop()
        if isinstance(item, Mapping):
            pending += list(item.values())
        elif isinstance(item, list):
            is_end = len(item) in _REFERENCE_LENGTHS and isinstance(item[0], str)
            if is_end and all(isinstance(part, int) for part in item[1:3]):
                ends.append(item)
            else:
                pending += item
    return repr(ends[0]) if len(ends) > found else ""


def _shifts(
    nodes: Mapping[tuple[str, int], Node], outputs: Sequence[TensorRef], layers: Sequence[Draft]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return by how much references count a nested model's calls too high.

    A nested model is called once when it is made, and Keras counts that call, but does not write
    it: its first call in the outer graph may be node 1. Today's Keras counts it in
    ``output_layers`` only, Keras 2 everywhere.

    Returns:
        By layer, what is too much in the calls' own references, and in those of the outputs.
    """
    used: dict[str, set[int]] = {}
    for node in nodes.values():
        for ref in node.inputs:
            used.setdefault(ref.layer, set()).add(ref.node)
    ends: dict[str, set[int]] = {}
    for ref in outputs:
        ends.setdefault(ref.layer, set()).add(ref.node)
    counts = Counter(name for name, _ in nodes)
    inside: dict[str, int] = {}
    outside: dict[str, int] = {}
    for layer in layers:
        if not layer.is_model:
            continue
        mine, last = used.get(layer.name, set()), ends.get(layer.name, set())
        count = counts[layer.name]
        both = mine | last
        if both and 0 not in both and max(both) >= count:
            inside[layer.name] = outside[layer.name] = 1
        elif 0 not in last and layer.class_name != "Sequential":
            # Each call is there because something uses it: the count that leaves none unused.
            lowered = {number - 1 for number in last}
            if last and mine | lowered == set(range(count)):
                outside[layer.name] = 1
    return inside, outside


def _shift(ref: TensorRef, shifts: Mapping[str, int]) -> TensorRef:
    shift = shifts.get(ref.layer, 0)
    return TensorRef(ref.layer, ref.node - shift, ref.tensor) if shift else ref


def _shifted(node: Node, shifts: Mapping[str, int]) -> Node:
    if not shifts:
        return node

    def value(item: Any) -> Any:
        if isinstance(item, TensorRef):
            return _shift(item, shifts)
        if isinstance(item, dict):
            return {key: value(part) for key, part in item.items()}
        if isinstance(item, (list, tuple)):
            return type(item)(value(part) for part in item)
        return item

    return Node(node.layer, node.index, value(node.arguments), value(node.keywords))


def _in_order(nodes: Mapping[tuple[str, int], Node]) -> tuple[tuple[Node, ...], str]:
    """Return the calls so that each comes after what it needs; a sentence where none can."""
    waiting: dict[tuple[str, int], int] = {}
    users: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, node in nodes.items():
        needs = {(ref.layer, ref.node) for ref in node.inputs}
        absent = next((need for need in needs if need not in nodes), None)
        if absent is not None:
            return (
                (),
                f"“{node.layer}” takes node {absent[1]} of “{absent[0]}”, which is not there.",
            )
        waiting[key] = len(needs)
        for need in needs:
            users.setdefault(need, []).append(key)
    ready = deque(key for key, count in waiting.items() if count == 0)
    ordered: list[Node] = []
    while ready:
        key = ready.popleft()
        ordered.append(nodes[key])
        for user in users.get(key, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    if len(ordered) < len(nodes):
        circle = next(key[0] for key, count in waiting.items() if count)
        return (), f"“{circle}” needs its own output (the graph has a cycle)."
    return tuple(ordered), ""
