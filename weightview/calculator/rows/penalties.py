"""What a model's regularizers add to its loss, by the formulas of ``keras.regularizers``."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from weightview.calculator.trace import Trace
from weightview.core.model import Layer, Model, Weight
from weightview.core.values import Array, Values

_ENDING = "_regularizer"
_USUAL = 0.01  # what Keras takes where a regularizer is named without a factor
_KERAS_3 = 3

Regularizer = Callable[[Array], float]


def penalties_of_weights(model: Model, values: Values) -> Mapping[str, float]:
    """Return what each weight's regularizer adds to the loss, by weight path.

    Keras 3 leaves out the weights of layers that are not trainable, Keras 2 does not.
    """
    found: dict[str, float] = {}
    for layer in model.walk():
        is_frozen = layer.config.get("trainable") is False
        if is_frozen and (model.generation or _KERAS_3) >= _KERAS_3:
            continue
        for weight, entry in _regularized(layer):
            regularizer = regularizer_of(entry)
            if weight is not None and regularizer is not None:
                found[weight.path] = regularizer(values.whole(weight).astype(np.float64))
    return found


def penalties_of_outputs(model: Model, trace: Trace) -> Mapping[str, float]:
    """Return what the regularizers of outputs add, summed over a batch, by layer path.

    Keras divides the sum by the size of each batch; the loss over a table has the sum over all
    its rows, divided by their number.
    """
    entries = {layer.path: _of_output(layer) for layer in model.walk()}
    found: dict[str, float] = {}
    for step in trace.steps:
        regularizer = regularizer_of(entries.get(step.layer_path))
        for output in step.outputs if regularizer is not None else ():
            assert regularizer is not None
            path = step.layer_path
            found[path] = found.get(path, 0.0) + regularizer(output.astype(np.float64))
    return found


def unknown_regularizers(model: Model) -> tuple[str, ...]:
    """Return the regularizers that are not known here, each with its layer."""
    return tuple(
        f"{_named(entry)} of {layer.path}"
        for layer in model.walk()
        for weight, entry in [*_regularized(layer), (layer, _of_output(layer))]
        if entry and (weight is None or regularizer_of(entry) is None)
    )


def regularizer_of(entry: Any) -> Regularizer | None:
    """Return the penalty that a config's entry means; None for none, or for one not known here."""
    name, config = _read(entry)
    if name == "l1":
        return lambda x: _factor(config, "l1") * float(np.abs(x).sum())
    if name == "l2":
        return lambda x: _factor(config, "l2") * float(np.square(x).sum())
    if name in ("l1l2", "l1_l2", "weightregularizer", "activityregularizer"):
        given = (
            {key: config.get(key) for key in ("l1", "l2")}
            if config
            else dict.fromkeys(("l1", "l2"), _USUAL)
        )
        return lambda x: (
            float(given["l1"] or 0) * float(np.abs(x).sum())
            + float(given["l2"] or 0) * float(np.square(x).sum())
        )
    return None


def _factor(config: Mapping[str, Any], key: str) -> float:
    given = config.get(key)
    return _USUAL if given is None else float(given)


def _read(entry: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the name, in small letters, and the settings of a config's entry of any Keras."""
    if isinstance(entry, str):
        return entry.lower(), {}
    if not isinstance(entry, Mapping):
        return "", {}
    name = str(entry.get("class_name", entry.get("name", ""))).lower()
    config = entry.get("config", entry)
    return name, config if isinstance(config, Mapping) else {}


def _named(entry: Any) -> str:
    name = entry.get("class_name", entry.get("name")) if isinstance(entry, Mapping) else entry
    return str(name)


def _of_output(layer: Layer) -> Any:
    if layer.class_name == "ActivityRegularization":
        return {"class_name": "L1L2", "config": layer.config}
    return layer.config.get(f"activity{_ENDING}")


def _regularized(layer: Layer) -> Iterator[tuple[Weight | None, Any]]:
    """Yield each regularizer of a layer's own config with its weight, None where that is inside."""
    for key, entry in layer.config.items():
        if not key.endswith(_ENDING) or not entry or key == f"activity{_ENDING}":
            continue
        role = key.removesuffix(_ENDING)
        weight = layer.weight(role) or layer.weight(f"{role}_kernel")
        if weight is None and role == "depthwise":
            weight = layer.weight("kernel")  # as DepthwiseConv2D calls its kernel
        yield weight, entry
