"""Code that a config carries or points to: named in a sentence, never run and never fetched."""

from collections.abc import Iterator, Mapping
from typing import Any

from weightview.core.numbers import shorten
from weightview.worker.keras_names import CODE_LAYERS, LAYERS_OF_2, LAYERS_OF_3, MODELS

_OWN_MODULES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "builtins")
_MAXIMUM_SENTENCES = 20
_OUTSIDE = ("vocabulary", "idf_weights", "filepath")


def code_in(entry: Any) -> list[str]:
    """Return a sentence for each thing in a config that is code or points outside the file.

    Args:
        entry: a model's entry, or its compile or training config.
    """
    sentences: dict[str, None] = {}
    for key, item, name in _objects(entry):
        for sentence in _of_object(key, item, name):
            sentences[sentence] = None
    found = list(sentences)
    if len(found) > _MAXIMUM_SENTENCES:
        more = len(found) - _MAXIMUM_SENTENCES
        return [*found[:_MAXIMUM_SENTENCES], f"The config holds {more} more such things."]
    return found


def _objects(entry: Any) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield every dict of a config with the key it stands at and the layer's name."""
    pending: list[tuple[str, Any, str]] = [("", entry, "")]
    while pending:
        key, item, name = pending.pop()
        if isinstance(item, Mapping):
            config = item.get("config")
            own = item.get("name") or (config.get("name") if isinstance(config, Mapping) else None)
            if isinstance(own, str) and ("class_name" in item or "inbound_nodes" in item):
                name = own
            yield key, item, name
            pending += [(str(inner), value, name) for inner, value in item.items()]
        elif isinstance(item, list):
            pending += [(key, value, name) for value in item if isinstance(value, (Mapping, list))]


def _of_object(key: str, item: Mapping[str, Any], name: str) -> Iterator[str]:
    class_name, module = item.get("class_name"), item.get("module")
    where = f"The layer “{shorten(name)}”" if name else "The model"
    if class_name == "__lambda__" or item.get("function_type") == "lambda":
        yield (
            f"{where} holds a Python lambda{f' ({shorten(key)})' if key else ''}: code from a file "
            "is unsafe and never run."
        )
    elif class_name == "function" and isinstance(item.get("config"), str):
        yield (
            f"{where} calls the function “{shorten(item['config'])}”"
            f"{f' ({shorten(key)})' if key else ''}: its code is not in the file and not imported."
        )
    elif isinstance(class_name, str) and class_name in CODE_LAYERS:
        yield f"{where} is a {class_name}: it is or names code, which is unsafe and never run."
    elif isinstance(module, str) and module and not _is_own(module):
        yield (
            f"{where} names {shorten(str(class_name))} of the module “{shorten(module)}”, which is "
            "not part of Keras: its code is not in the file and not imported."
        )
    elif _is_registered(item):
        yield (
            f"{where} is of the class “{shorten(str(class_name))}”, which is not part of Keras: "
            "its code is not in the file."
        )
    elif isinstance(class_name, str) and _is_unknown_layer(class_name, item):
        yield (
            f"{where} is of the class “{shorten(class_name)}”, which Keras does not know: its "
            "weights are shown as the file names them."
        )
    for setting in _OUTSIDE:
        value = item.get(setting)
        if isinstance(value, str) and value:
            yield (
                f"{where} takes its {setting} from a file or address (“{shorten(value)}”), which "
                "is not read."
            )


def _is_own(module: str) -> bool:
    return any(module == own or module.startswith(f"{own}.") for own in _OWN_MODULES)


def _is_registered(item: Mapping[str, Any]) -> bool:
    """Return whether the class was registered by somebody's own package."""
    class_name, registered = item.get("class_name"), item.get("registered_name")
    names = [name for name in (class_name, registered) if isinstance(name, str)]
    return any(">" in name and name not in _REGISTERED_BY_KERAS for name in names)


_REGISTERED_BY_KERAS = frozenset(
    f"Custom>{name}"
    for name in (
        *("SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Adafactor"),
        *("Nadam", "Ftrl", "Lion", "LossScaleOptimizer"),
    )
)
"""Keras 2.11 to 2.14 wrote its own optimizers as if somebody had registered them."""


def _is_unknown_layer(class_name: str, item: Mapping[str, Any]) -> bool:
    """Return whether this is a layer of a class that no Keras has; ops of a graph are none."""
    config = item.get("config")
    if not isinstance(config, Mapping) or not {"trainable", "name"} <= config.keys():
        return False
    known = LAYERS_OF_2 | LAYERS_OF_3 | MODELS | _OLD_CLASSES
    return class_name not in known and "dtype" in config


_OLD_CLASSES = frozenset(
    {
        *("StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell", "RNN", "Wrapper", "Layer"),
        *("Convolution1D", "Convolution2D", "Convolution3D", "Deconvolution2D", "Highway"),
        *("AtrousConvolution1D", "AtrousConvolution2D", "SeparableConvolution2D", "Merge"),
        *("MaxoutDense", "TimeDistributedDense", "GroupedQueryAttention", "CuDNNGRU", "CuDNNLSTM"),
    }
)
