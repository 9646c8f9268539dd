"""Which losses and metrics a compiled model asks for, read from its compile config."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.calculator.rows.measures import MEASURES, Measure, with_delta, with_threshold
from weightview.core.values import Array

_ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "rmse": "root_mean_squared_error",
    "logcosh": "log_cosh",
    "bce": "binary_crossentropy",
}
_USUAL: Mapping[str, Any] = {
    "label_smoothing": 0.0,
    "from_logits": False,
    "axis": -1,
    "threshold": 0.5,
    "delta": 1.0,
    "ignore_class": None,
}


@dataclass(frozen=True)
class Asked:
    """What a model was compiled with.

    Attributes:
        measures: the losses and metrics that are known here, the loss first; without any, MSE
            and MAE, and accuracy where the outputs look like classes.
        unknown: the names of those that are not known here.
    """

    measures: tuple[Measure, ...]
    unknown: tuple[str, ...] = ()


def measures_of(
    compile_config: Mapping[str, Any],
    expected: Array,
    output: Array,
    output_names: Sequence[str] = (),
) -> Asked:
    """Return the measures of the compiled model for its first output.

    Args:
        compile_config: what the file says of loss and metrics, or empty.
        expected: what was expected, ``(rows, ...)``.
        output: what came out.
        output_names: the names of the model's outputs; only the first output is measured.
    """
    found: dict[str, Measure] = {}
    unknown: list[str] = []
    for entry in _entries(compile_config, tuple(output_names)):
        name, config = _read(entry)
        measure = measure_named(name, expected, output, config)
        if measure is None:
            unknown.append(name)
        elif measure.name not in found:
            found[measure.name] = measure
        elif config:
            found[f"{measure.name} (metric)"] = measure
    if found:
        named = tuple(Measure(**{**vars(m), "name": name}) for name, m in found.items())
        return Asked(named, tuple(unknown))
    return Asked(tuple(_without_compiled(expected, output)), tuple(unknown))


def _without_compiled(expected: Array, output: Array) -> Iterator[Measure]:
    yield MEASURES["mean_squared_error"]
    yield MEASURES["mean_absolute_error"]
    looks_like_classes = bool(np.isin(expected, (0, 1)).all()) and bool(
        ((output >= 0) & (output <= 1)).all()
    )
    if looks_like_classes:
        accuracy = measure_named("accuracy", expected, output)
        if accuracy is not None:
            yield accuracy


def measure_named(
    name: str, expected: Array, output: Array, config: Mapping[str, Any] | None = None
) -> Measure | None:
    """Return the measure that Keras means by ``name`` for arrays of these shapes, or None.

    ``accuracy`` is binary for one number, sparse for labels, else categorical, as in
    ``keras.src.trainers.compile_utils``.

    Args:
        name: a name or a class name.
        expected: what was expected, ``(rows, ...)``.
        output: what came out.
        config: the settings of a loss or metric that was given as an object.
    """
    word = _snake(name).lower()
    word = _ALIASES.get(word, word)
    if word in ("accuracy", "acc", "crossentropy", "ce"):
        kind = _kind(expected, output)
        word = f"{kind}_accuracy" if word.startswith("acc") else f"{kind}_crossentropy"
    measure = MEASURES.get(word)
    return None if measure is None else _configured(measure, config or {})


def _configured(measure: Measure, config: Mapping[str, Any]) -> Measure | None:
    """Return the measure with its settings; None where one of them is not known here."""
    given = {key: config[key] for key in _USUAL if key in config and config[key] != _USUAL[key]}
    try:
        numbers = {key: float(value) for key, value in given.items()}
    except (TypeError, ValueError):
        return None
    is_entropy = measure.of_logits is not None
    for key, number in numbers.items():
        if key == "from_logits" and is_entropy:
            continue
        if key == "label_smoothing" and is_entropy and not measure.name.startswith("sparse"):
            measure = measure.smoothed(number)
        elif key == "threshold" and measure.name == "binary_accuracy":
            measure = with_threshold(measure, number)
        elif key == "delta" and measure.name == "huber":
            measure = with_delta(measure, number)
        else:
            return None
    return measure.from_logits() if "from_logits" in numbers and is_entropy else measure


def _snake(name: str) -> str:
    if "_" in name or name.isupper():
        return name
    return "".join("_" + c if c.isupper() and i else c for i, c in enumerate(name))


def _kind(expected: Array, output: Array) -> str:
    if output.shape[-1] == 1:
        return "binary"
    is_sparse = expected.ndim < output.ndim or expected.shape[-1] == 1
    return "sparse_categorical" if is_sparse else "categorical"


def _entries(config: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Any]:
    for key in ("loss", "metrics"):
        entry = config.get(key)
        yield from _flat(_of_first(entry, names) if len(names) > 1 else entry)


def _of_first(entry: Any, names: tuple[str, ...]) -> Any:
    """Return what is asked for the first of several outputs."""
    if isinstance(entry, Mapping) and "class_name" not in entry:
        return entry.get(names[0])
    if isinstance(entry, (list, tuple)):
        return entry[0] if len(entry) == len(names) else None
    return entry


def _flat(entries: Any) -> Iterator[Any]:
    if isinstance(entries, Mapping) and "class_name" not in entries:
        for entry in entries.values():
            yield from _flat(entry)
    elif isinstance(entries, (list, tuple)):
        for entry in entries:
            yield from _flat(entry)
    elif entries is not None:
        yield entries


def _read(entry: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the settings of a loss or metric."""
    if not isinstance(entry, Mapping):
        return str(entry), {}
    config = entry.get("config")
    name = entry.get("class_name")
    if isinstance(config, str):  # a function: {"class_name": "function", "config": "my_loss"}
        return config, {}
    settings = config if isinstance(config, Mapping) else {}
    if name in ("MeanMetricWrapper", "LossFunctionWrapper"):
        function = settings.get("fn", settings.get("name", ""))
        return _read(function) if isinstance(function, Mapping) else (str(function), settings)
    return str(name), settings
