"""Swapping two units of a layer, with whatever else is tied to them, or copying one.

The order of the units of a hidden layer is a matter of chance. When two are swapped, and with them
the rows of the next layers that belong to them, the model computes the same.
"""

from collections.abc import Iterable, Sequence

from weightview.core.document import Document
from weightview.core.errors import EditError
from weightview.core.model import Layer, Model, Weight
from weightview.core.regions import Region
from weightview.core.units import rules
from weightview.core.units.lanes import Lane, Tied, UntraceableError
from weightview.core.units.tracing import tied_to
from weightview.core.values import Array, Values

_Change = tuple[Weight, Region | None, Array]
_BOTH = 2


def unit_count(layer: Layer) -> int:
    """Return how many units (filters) the layer has; 0 for a layer without units to swap."""
    try:
        return rules.units_of(layer)
    except UntraceableError:
        return 0


def unit_at(layer: Layer, weight: Weight, axis: int, place: int) -> int | None:
    """Return which unit of ``layer`` a place on an axis of its own ``weight`` belongs to.

    None for an axis along which the layer's units are not.
    """
    try:
        ties = _own(layer, rules.units_of(layer))
    except UntraceableError:
        return None
    for tied in ties:
        if tied.weight is weight and tied.axis == axis:
            return tied.lane.unit_at(place)
    return None


def swap_units(document: Document, layer_path: str, first: int, second: int) -> None:
    """Swap two units of a hidden layer so that the model's output stays, as one undoable edit.

    Raises:
        WeightNotFoundError: there is no such layer.
        EditError: the layer has no such units, or something follows through which they cannot be
            traced; nothing was changed.
    """
    document.apply(*swapped_units(document.model, document.values, layer_path, first, second))


def swapped_units(
    model: Model, values: Values, layer_path: str, first: int, second: int
) -> tuple[str, list[_Change]]:
    """Return the edit of :func:`swap_units`, its label and changes; may run in another thread.

    Raises:
        WeightNotFoundError, EditError: as there.
    """
    layer = model.layer(layer_path)
    count = _check_units(layer, (first, second))
    try:
        ties = tied_to(model, layer, count)
    except UntraceableError as why:
        message = f"The units of “{layer.path}” cannot be swapped: {why}."
        raise EditError(layer.path, message) from why
    changes = [change for some in _by_weight(ties) for change in _swap(values, some, first, second)]
    return f"Swap units {first} and {second} of {layer_path}", changes


def copy_unit(document: Document, layer_path: str, source: int, target: int) -> None:
    """Let one unit of a layer compute what another does, as one undoable edit.

    Raises:
        WeightNotFoundError: there is no such layer.
        EditError: the layer has no such units; nothing was changed.
    """
    document.apply(*copied_unit(document.model, document.values, layer_path, source, target))


def copied_unit(
    model: Model, values: Values, layer_path: str, source: int, target: int
) -> tuple[str, list[_Change]]:
    """Return the edit of :func:`copy_unit`, its label and changes; may run in another thread.

    Raises:
        WeightNotFoundError, EditError: as there.
    """
    layer = model.layer(layer_path)
    count = _check_units(layer, (source, target))
    if layer.class_name in rules.DEPTHWISE:
        message = f"Each filter of “{layer.path}” has an input of its own: a copy computes no copy."
        raise EditError(layer.path, message)
    try:
        ties = _own(layer, count)
    except UntraceableError as why:
        message = f"A unit of “{layer.path}” cannot be copied: {why}."
        raise EditError(layer.path, message) from why
    changes: list[_Change] = []
    for some in _by_weight(ties):
        # A recurrent kernel has the units on both its axes: what the new unit is to the others
        # stays, what the others are to it is copied.
        tied = some[-1]
        for old, new in zip(tied.regions(source), tied.regions(target), strict=True):
            changes.append((tied.weight, new, values.read(tied.weight, old)))
    return f"Copy unit {source} of {layer_path} to unit {target}", changes


def _own(layer: Layer, count: int) -> tuple[Tied, ...]:
    """Return what of the layer's own weights belongs to its units."""
    if not count:
        return ()
    if layer.class_name in rules.DEPTHWISE:
        return rules.kept(layer, Lane.of(count))[1]
    return tuple(rules.output_ties(layer, Lane.of(count)))


def _by_weight(ties: Iterable[Tied]) -> list[list[Tied]]:
    found: dict[str, list[Tied]] = {}
    for tied in ties:
        found.setdefault(tied.weight.path, []).append(tied)
    return list(found.values())


def _swap(values: Values, ties: Sequence[Tied], first: int, second: int) -> list[_Change]:
    """Return the changes that swap two units on every axis of one weight that they are tied to."""
    weight = ties[0].weight
    if len(ties) < _BOTH:
        changes: list[_Change] = []
        for one, other in zip(ties[0].regions(first), ties[0].regions(second), strict=True):
            changes.append((weight, one, values.read(weight, other)))
            changes.append((weight, other, values.read(weight, one)))
        return changes
    numbers = values.read(weight)
    for tied in ties:
        for one, other in zip(tied.regions(first), tied.regions(second), strict=True):
            before = numbers[one].copy()
            numbers[one] = numbers[other]
            numbers[other] = before
    return [(weight, None, numbers)]


def _check_units(layer: Layer, units: Sequence[int]) -> int:
    count = unit_count(layer)
    if not count:
        why = rules.REASONS.get(layer.class_name, "").format(name=layer.name)
        known = "of Dense, convolutional, recurrent and Embedding layers"
        message = f"“{layer.path}” is a {layer.class_name}; units are moved {known} only."
        raise EditError(layer.path, f"The units of “{layer.path}” stay: {why}." if why else message)
    for unit in units:
        if not 0 <= unit < count:
            message = f"“{layer.path}” has units 0 to {count - 1}; there is no unit {unit}."
            raise EditError(layer.path, message)
    if len(set(units)) < len(units):
        raise EditError(layer.path, f"Two different units of “{layer.path}” are needed.")
    return count
