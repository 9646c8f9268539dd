"""A live Keras model as a document: its config and weights are read, keras is not imported."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from weightview.core.document import Document
from weightview.core.errors import OpenError

if TYPE_CHECKING:
    from weightview.core.history import Change
    from weightview.core.model import Generation
    from weightview.core.values import Array

_NEW_KERAS = 3


def document_of(model: Any) -> Document:
    """Return a document with a live Keras model's numbers, as they are now; it has no file.

    Args:
        model: a model of ``keras`` (2 or 3), ``tf.keras`` or ``tf_keras``.

    Raises:
        OpenError: it is not a Keras model, or one that cannot tell its config.
    """
    from weightview.calculator import infer_shapes
    from weightview.formats.live_model import describe_live

    if not all(callable(getattr(model, name, None)) for name in ("get_config", "get_weights")):
        message = f"it is of type {type(model).__name__}; expected a path or a Keras model."
        raise OpenError("this object", message)
    generation, version = _keras_of(model)
    weights = {path: _arrays(layer) for path, layer in _leaves(model, "")}
    words = {
        path: partial(_words, layer)
        for path, layer in _leaves(model, "")
        if callable(getattr(layer, "get_vocabulary", None))
    }
    opened = describe_live(_entry(model), generation, version, weights, words)
    infer_shapes(opened.model)
    return Document(opened.model, opened.storage, opened.warnings)


def follow(document: Document, model: Any) -> None:
    """Have a live model take over each edit of its document, undo and redo included.

    Args:
        document: what :func:`document_of` returned for ``model``.
        model: the live model; what the document does not edit keeps its numbers.
    """
    variables = _variables(document, model)

    def pass_on(changes: "tuple[Change, ...]") -> None:
        changed = {change.weight.path for change in changes} or set(variables)
        for path in changed & set(variables):
            variables[path].assign(document.read(path))

    document.values_changed.connect(pass_on)


def _variables(document: Document, model: Any) -> dict[str, Any]:
    """Return the live variable of each weight path."""
    by_address = {
        f"{path}/{number}/{_plain_name(variable)}": variable
        for path, layer in _leaves(model, "")
        for number, variable in enumerate(_variables_of(layer))
    }
    return {weight.path: by_address[weight.stored_name] for weight in document.model.weights}


def _keras_of(model: Any) -> "tuple[Generation, str]":
    """Return generation and version of the Keras that the model is an object of."""
    for kind in type(model).__mro__:
        root = kind.__module__.partition(".")[0]
        version = getattr(sys.modules.get(root), "__version__", "")
        if root in ("keras", "tf_keras") and re.match(r"\d", version):
            return (3 if int(version.partition(".")[0]) >= _NEW_KERAS else 2), version
    raise OpenError(
        "this object", f"it is of type {type(model).__name__}, which is not a Keras model."
    )


def _entry(model: Any) -> Mapping[str, Any]:
    """Return class name and config as plain data."""
    try:
        entry = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        name = str(getattr(model, "name", "this model"))
        raise OpenError(name, f"it cannot tell its config: {error}.") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), (dict, list)):
        raise OpenError(str(getattr(model, "name", "this model")), "its config tells no layers.")
    return entry


def _leaves(model: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield path and object of every layer that is not itself a model of layers."""
    for layer in model.layers:
        path = f"{prefix}{layer.name}"
        if hasattr(layer, "layers") and hasattr(layer, "get_layer"):
            yield from _leaves(layer, f"{path}/")
        else:
            yield path, layer


def _arrays(layer: Any) -> "list[tuple[str, Array]]":
    return [(_plain_name(variable), np.array(variable)) for variable in _variables_of(layer)]


def _variables_of(layer: Any) -> list[Any]:
    """Return a layer's weights; Keras 2 counts a lookup's words among them, which are none."""
    return [variable for variable in layer.weights if hasattr(variable, "shape")]


def _words(layer: Any) -> tuple[str, ...]:
    """Return what a live lookup layer lists, special words first."""
    return tuple(str(word) for word in layer.get_vocabulary())


def _plain_name(variable: Any) -> str:
    return re.sub(r":\d+$", "", str(variable.name)).rpartition("/")[2]
