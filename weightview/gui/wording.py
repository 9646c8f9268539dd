"""Models, layers and weights in words: the sentences that tree, panel and tooltips share."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale

if TYPE_CHECKING:
    from weightview.core.model import Layer, Model, Shapes, Weight

_SPACE = "\u00a0"
_DEEPEST = 4


def count(number: int) -> str:
    """Return a whole number with its thousands set apart: ``64,032``."""
    return f"{number:,}"


def parameters(number: int) -> str:
    """Return ``1 parameter`` or ``297 parameters``."""
    return f"{count(number)} parameter{'' if number == 1 else 's'}"


def file_size(size: int) -> str:
    """Return a file's size as a person reads it: ``26 kB``."""
    return QLocale(QLocale.Language.English).formattedDataSize(
        size, 0 if size < 10**6 else 1, QLocale.DataSizeFormat.DataSizeSIFormat
    )


def shape_text(shape: "Shapes") -> str:
    """Return a shape as Python writes it, several one after another, ``?`` where unknown."""
    if shape is None:
        return "?"
    if shape and isinstance(shape[0], tuple):
        return ", ".join(str(part) for part in shape)
    return str(shape)


def short_shape(shape: "Shapes") -> str:
    """Return a shape without the batch axis, as briefly as it goes: ``32×32×16``, ``?×50``."""
    if shape is None:
        return "?"
    if shape and isinstance(shape[0], tuple):
        return ", ".join(short_shape(part) for part in shape if isinstance(part, tuple))
    return "×".join("?" if length is None else str(length) for length in shape[1:]) or "1"


def short_weight_shape(weight: "Weight") -> str:
    """Return a weight's shape briefly: ``3×3×16×32``, ``16``, ``()`` for a single number."""
    return "×".join(map(str, weight.shape)) or "()"


def model_line(model: "Model") -> str:
    """Return what the file is: ``Sequential · 297 parameters · Keras 3.15 · float32``."""
    parts = [model.class_name or "weights without a config", parameters(model.parameter_count)]
    if model.keras_version:
        parts.append(f"Keras {'.'.join(model.keras_version.split('.')[:2])}")
    elif model.generation is not None:
        parts.append(f"Keras {model.generation}")
    dtypes = sorted({weight.dtype.name for weight in model.weights})
    if dtypes:
        parts.append(", ".join(dtypes[:3]) + (" …" if len(dtypes) > 3 else ""))  # noqa: PLR2004
    return " · ".join(part.replace(" ", _SPACE) for part in parts)


def layer_line(layer: "Layer") -> str:
    """Return a layer in a line: ``dense_1: Dense, (None, 8) → (None, 5), 45 parameters``."""
    shapes = f"{shape_text(layer.input_shape)} → {shape_text(layer.output_shape)}"
    return f"{layer.name}: {layer.class_name}, {shapes}, {parameters(layer.parameter_count)}"


def weight_line(weight: "Weight") -> str:
    """Return where a weight stands: ``[1] = bias of dense_1 (5,)``."""
    place = "" if weight.keras_index is None else f"[{weight.keras_index}] = "
    return f"{place}{weight.name} of {weight.layer_path or 'the model'} {weight.shape}"


def weight_sentence(weight: "Weight") -> str:
    """Return the full sentence about a weight, for its tooltip.

    ``[1] in get_weights() = bias of dense_1 (5,): one number per unit``
    """
    if weight.keras_index is None:
        start = f"{weight.name} of {weight.layer_path or 'the model'} {weight.shape}"
    else:
        start = (
            f"[{weight.keras_index}] in get_weights() = {weight.name} of "
            f"{weight.layer_path} {weight.shape}"
        )
    meaning = axes_meaning(weight)
    return f"{start}: {meaning}" if meaning else start


def axes_meaning(weight: "Weight") -> str:
    """Return what the axes mean: ``one row per input, one column per unit``; ``""`` if unknown."""
    axes = [axis for axis in weight.axes if axis]
    if len(axes) != len(weight.shape) or not axes:
        return "a single number" if not weight.shape else ""
    if len(axes) == 1:
        return f"one number per {axes[0]}"
    if len(axes) == 2:  # noqa: PLR2004 - rows and columns
        return f"one row per {axes[0]}, one column per {axes[1]}"
    return "axes " + ", ".join(axes)


def config_lines(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield a config as pairs of a key and its value in a line.

    A Keras object inside (an initializer, a policy) becomes one line,
    ``GlorotUniform(seed=None)``; other mappings are unfolded as ``key.inner``.
    """
    for key, value in config.items():
        if isinstance(value, Mapping) and "class_name" not in value and value:
            yield from config_lines(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value_text(value)


def value_text(value: Any, depth: int = 0) -> str:
    """Return a config's value in a line, as Python would write it.

    What lies deeper than a few levels (the layers of a nested model) is left out as ``…``.
    """
    if depth > _DEEPEST and isinstance(value, Mapping | list | tuple) and value:
        return "…"
    if isinstance(value, Mapping) and "class_name" in value:
        inner = value.get("config")
        arguments = inner if isinstance(inner, Mapping) else {}
        texts = (f"{key}={value_text(part, depth + 1)}" for key, part in arguments.items())
        return f"{value['class_name']}({', '.join(texts)})"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        texts = (f"{key!r}: {value_text(part, depth + 1)}" for key, part in value.items())
        return f"{{{', '.join(texts)}}}"
    if isinstance(value, list | tuple):
        text = ", ".join(value_text(part, depth + 1) for part in value)
        return f"[{text}]" if isinstance(value, list) else f"({text})"
    return repr(value)


def config_text(config: Mapping[str, Any]) -> str:
    """Return a config as indented JSON, for the clipboard."""
    return json.dumps(config, indent=2, default=str, ensure_ascii=False)
