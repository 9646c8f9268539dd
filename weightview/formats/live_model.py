"""A model that lives in memory: no file, but a config and arrays as a live Keras gives them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weightview.core.memory import MemoryStorage
from weightview.core.model import Generation
from weightview.core.values import Array
from weightview.formats.arrays import StoredArray
from weightview.formats.assembly import Origin, assemble
from weightview.formats.config.layers import ConfigReader
from weightview.formats.drafts import Draft
from weightview.formats.opened import Opened
from weightview.formats.order import Slot, WeightOrder

Words = Callable[[], tuple[str, ...]]

NamedArrays = Sequence[tuple[str, Array]]
"""The weights of one layer in ``layer.weights`` order: variable name and numbers."""


def describe_live(
    entry: Mapping[str, Any],
    generation: Generation,
    keras_version: str,
    weights: Mapping[str, NamedArrays],
    words: Mapping[str, Words],
) -> Opened:
    """Return the model that ``entry`` describes, with its numbers in memory.

    Args:
        entry: class_name and config, as ``model.to_json()`` holds them.
        generation: the major version of the model's Keras.
        keras_version: the whole version.
        weights: by the path of each layer that is no model (``outer/inner``), its weights.
        words: by the path of a lookup layer, what gives its words, special ones first.
    """
    reader = ConfigReader(generation)
    root = reader.model(entry)
    order = WeightOrder(generation, keras_version)
    arrays: dict[str, Array] = {}
    pending = [(inner, inner.name) for inner in root.inner]
    while pending:
        draft, path = pending.pop()
        if draft.is_model:
            pending += [(inner, f"{path}/{inner.name}") for inner in draft.inner]
        else:
            draft.words = words.get(path)
            _bind(draft, order.weights(draft), path, weights.get(path, ()), arrays)
    origin = Origin("Live Keras model", generation, keras_version, "tensorflow")
    model = assemble(root, origin, ()).model
    storage = MemoryStorage({weight.path: arrays[weight.stored_name] for weight in model.weights})
    return Opened(model, storage, tuple(reader.warnings))


def _bind(
    draft: Draft,
    slots: Sequence[Slot],
    path: str,
    weights: NamedArrays,
    arrays: dict[str, Array],
) -> None:
    """Give a layer its arrays; where they are not those its class is known for, by their names."""
    stored = []
    for number, (name, array) in enumerate(weights):
        address = f"{path}/{number}/{name}"
        arrays[address] = array
        stored.append(StoredArray(address, array.shape, array.dtype, offset=None))
    variables = [slot.variable for slot in slots]
    fit = len(stored) == len(slots) and all(
        variable is not None and variable.fits(array.shape)
        for variable, array in zip(variables, stored, strict=True)
    )
    if not fit:
        names = [name for name, _ in weights]
        draft.extra += [
            (name if names.count(name) == 1 else f"{name}_{number}", array)
            for number, (name, array) in enumerate(zip(names, stored, strict=True))
        ]
        return
    for slot, found in zip(slots, stored, strict=True):
        assert slot.variable is not None
        slot.draft.bind(slot.variable, found)
