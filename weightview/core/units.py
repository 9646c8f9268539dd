"""Swapping two units of a layer, with whatever the next layers tie to them, or copying one.

The order of the units of a hidden layer is a matter of chance. When two are swapped, and with them
the rows of the next layer that belong to them, the model computes the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weightview.core.document import Document
from weightview.core.errors import EditError
from weightview.core.model import Graph, Layer, Model, Weight
from weightview.core.regions import Region
from weightview.core.values import Array

Change = tuple[Weight | str, Region | int | slice | None, Array]

_LAYERS = frozenset({"Dense", "Conv1D", "Conv2D", "Conv3D"})
_READERS = frozenset({"Dense", "LSTM", "GRU", "SimpleRNN"})
_CONVOLUTIONS = frozenset({"Conv1D", "Conv2D", "Conv3D"})
_NORMALIZATIONS = frozenset({"BatchNormalization", "LayerNormalization"})
_PER_UNIT = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "LeakyReLU",
        "ReLU",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "ThresholdedReLU",
        "Flatten",
        *(
            f"{kind}{rank}D"
            for rank in (1, 2, 3)
            for kind in (
                "AveragePooling",
                "Cropping",
                "GlobalAveragePooling",
                "GlobalMaxPooling",
                "MaxPooling",
                "UpSampling",
                "ZeroPadding",
            )
        ),
    }
)
_MIXING_ACTIVATIONS = frozenset({"glu"})


@dataclass(frozen=True)
class Tied:
    """An axis of a weight along which the numbers of unit ``u`` are ``u, u + n, u + 2n ...``."""

    weight: Weight
    axis: int

    def region(self, unit: int, count: int) -> Region:
        """Return where a unit's numbers are, of ``count`` units."""
        places = slice(unit, self.weight.shape[self.axis], count)
        return tuple(
            places if axis == self.axis else slice(0, length, 1)
            for axis, length in enumerate(self.weight.shape)
        )


def unit_count(layer: Layer) -> int:
    """Return how many units (filters) the layer has; 0 for a layer without units to swap."""
    kernel = layer.weight("kernel")
    return kernel.shape[-1] if kernel is not None and layer.class_name in _LAYERS else 0


def swap_units(document: Document, layer_path: str, first: int, second: int) -> None:
    """Swap two units of a hidden layer so that the model's output stays, as one undoable edit.

    Raises:
        WeightNotFoundError: there is no such layer.
        EditError: the layer has no such units, or something follows through which they cannot be
            traced; nothing was changed.
    """
    layer = document.model.layer(layer_path)
    count = _check_units(layer, (first, second))
    changes: list[Change] = []
    for tied in (*_own(layer), *_followed(document.model, layer, count)):
        one, other = tied.region(first, count), tied.region(second, count)
        before = document.read(tied.weight, one)
        changes.append((tied.weight, one, document.read(tied.weight, other)))
        changes.append((tied.weight, other, before))
    document.apply(f"Swap units {first} and {second} of {layer_path}", changes)


def copy_unit(document: Document, layer_path: str, source: int, target: int) -> None:
    """Let one unit of a layer compute what another does, as one undoable edit.

    Raises:
        WeightNotFoundError: there is no such layer.
        EditError: the layer has no such units; nothing was changed.
    """
    layer = document.model.layer(layer_path)
    count = _check_units(layer, (source, target))
    changes: list[Change] = [
        (tied.weight, tied.region(target, count), document.read(tied.weight, region))
        for tied in _own(layer)
        for region in (tied.region(source, count),)
    ]
    document.apply(f"Copy unit {source} of {layer_path} to unit {target}", changes)


def _check_units(layer: Layer, units: Sequence[int]) -> int:
    count = unit_count(layer)
    if not count:
        known = ", ".join(sorted(_LAYERS))
        message = f"“{layer.path}” is a {layer.class_name}; units are moved in {known} only."
        raise EditError(layer.path, message)
    for unit in units:
        if not 0 <= unit < count:
            message = f"“{layer.path}” has units 0 to {count - 1}; there is no unit {unit}."
            raise EditError(layer.path, message)
    if len(set(units)) < len(units):
        raise EditError(layer.path, f"Two different units of “{layer.path}” are needed.")
    return count


def _own(layer: Layer) -> Iterator[Tied]:
    for weight in layer.weights:
        if weight.role not in ("kernel", "bias"):
            message = (
                f"“{layer.path}” holds {weight.name} too, which does not belong to single units."
            )
            raise EditError(layer.path, message)
        yield Tied(weight, len(weight.shape) - 1)


def _refusal(layer: Layer, why: str) -> EditError:
    return EditError(layer.path, f"The units of “{layer.path}” cannot be swapped: {why}.")


def _followed(model: Model, layer: Layer, count: int) -> Iterator[Tied]:
    """Yield what the layers that follow tie to the units of ``layer``."""
    _check_activation(layer, layer)
    graph, by_name = _graph_of(model, layer)
    pending, seen = [layer.name], {layer.name}
    while pending:
        name = pending.pop()
        if [node.layer for node in graph.nodes].count(name) != 1:
            raise _refusal(layer, f"“{name}” is used more than once")
        if any(ref.layer == name for ref in graph.outputs):
            raise _refusal(layer, "their order is the order of the model's output")
        for node in graph.nodes:
            if node.layer in seen or all(ref.layer != name for ref in node.inputs):
                continue
            seen.add(node.layer)
            follower = by_name.get(node.layer)
            if follower is None or len(node.inputs) != 1:
                raise _refusal(layer, f"they go into “{node.layer}” together with others")
            yield from _tied(layer, follower, count)
            if follower.class_name not in _READERS | _CONVOLUTIONS:
                pending.append(node.layer)
            elif [other.layer for other in graph.nodes].count(node.layer) != 1:
                raise _refusal(layer, f"“{node.layer}” is used more than once")


def _graph_of(model: Model, layer: Layer) -> tuple[Graph, dict[str, Layer]]:
    homes = [(model.graph, model.layers), *((o.graph, o.layers) for o in model.walk())]
    for graph, layers in homes:
        if graph is not None and any(inner is layer for inner in layers):
            return graph, {inner.name: inner for inner in layers}
    raise _refusal(layer, "the file does not tell which layers follow")


def _check_activation(layer: Layer, owner: Layer) -> None:
    name = owner.config.get("activation")
    if name is not None and (not isinstance(name, str) or name in _MIXING_ACTIVATIONS):
        raise _refusal(layer, f"“{owner.name}” has an activation that may mix them")


def _tied(layer: Layer, follower: Layer, count: int) -> Iterator[Tied]:
    """Yield which axes of a layer that follows belong to the units."""
    name = follower.class_name
    is_last = follower.config.get("data_format", "channels_last") == "channels_last"
    if name in _READERS or (name in _CONVOLUTIONS and is_last):
        kernel = follower.weight("kernel")
        axis = 0 if name in _READERS else -2
        if kernel is None or len(follower.weights) > len({w.role for w in follower.weights}):
            raise _refusal(layer, f"the kernel of “{follower.name}” was not found")
        length = kernel.shape[axis]
        if follower.config.get("groups", 1) != 1 or length % count:
            raise _refusal(layer, f"“{follower.name}” takes them in groups")
        yield Tied(kernel, axis % len(kernel.shape))
        return
    if name in _NORMALIZATIONS and _is_along_units(layer, follower):
        yield from _per_unit_weights(layer, follower, count)
        return
    if name == "PReLU":
        yield from _per_unit_weights(layer, follower, count)
        return
    if name not in _PER_UNIT or not is_last:
        raise _refusal(layer, f"it is not known how “{follower.name}” ({name}) uses them")
    _check_activation(layer, follower)
    if name == "Softmax" and follower.config.get("axis", -1) != -1:
        raise _refusal(layer, f"“{follower.name}” works along another axis")


def _is_along_units(layer: Layer, follower: Layer) -> bool:
    """Return whether a normalisation works along the last axis, on which the units are."""
    axis = follower.config.get("axis", -1)
    if isinstance(axis, list | tuple):
        axis = axis[0] if len(axis) == 1 else None
    shape, kernel = follower.input_shape, layer.weight("kernel")
    is_one_shape = shape is not None and not any(isinstance(part, tuple) for part in shape)
    # A kernel has as many axes as the tensors of its layer: (height, width, input, filter).
    rank = len(shape) if shape is not None and is_one_shape else len(kernel.shape) if kernel else 0
    return axis in (-1, rank - 1)


def _per_unit_weights(layer: Layer, follower: Layer, count: int) -> Iterator[Tied]:
    for weight in follower.weights:
        length = weight.shape[-1] if weight.shape else 1
        if length == count:
            yield Tied(weight, len(weight.shape) - 1)
        elif length != 1:
            raise _refusal(layer, f"“{weight.path}” does not have one number for each")
