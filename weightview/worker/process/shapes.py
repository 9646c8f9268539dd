"""The shapes of each layer's inputs and outputs, as Keras worked them out when it built them."""

from collections.abc import Iterable
from typing import Any

from weightview.worker.process.models import Models

Shape = list[int | None]


def shapes(models: Models, key: int) -> dict[str, list[list[Shape]]]:
    """Return input shapes and output shapes of the first call of each layer, by layer path."""
    built = models.get(key)
    found: dict[str, list[list[Shape]]] = {}
    paths = {id(layer): path for path, layer in built.layers.items()}
    for container in built.layers.values():
        if not built.keras.is_container(container):
            continue
        for layer, inputs, outputs in built.keras.first_calls(container):
            if id(layer) in paths:
                found[paths[id(layer)]] = [_shapes(inputs), _shapes(outputs)]
        for layer, tensor in zip(
            built.keras.input_members(container), built.keras.inputs(container), strict=True
        ):
            if id(layer) in paths:
                found.setdefault(paths[id(layer)], [_shapes([tensor]), _shapes([tensor])])
    return found


def _shapes(tensors: Iterable[Any]) -> list[Shape]:
    return [[None if n is None else int(n) for n in tensor.shape] for tensor in tensors]
