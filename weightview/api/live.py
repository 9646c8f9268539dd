"""A live Keras model as a document: its config and weights are read, keras is not imported."""

from typing import Any

from weightview.core.document import Document
from weightview.core.errors import OpenError


def document_of(model: Any) -> Document:
    """Return a document of a live Keras model of any generation; a copy, without a file.

    Args:
        model: has ``get_config()``, ``get_weights()`` and ``name``.

    Raises:
        OpenError: it is not a Keras model, or one whose config does not tell its layers.
    """
    from weightview.calculator import infer_shapes
    from weightview.formats import from_keras_model

    if not all(callable(getattr(model, name, None)) for name in ("get_config", "get_weights")):
        kind = type(model).__name__
        message = f"it is of type {kind}; expected a path, a document or a Keras model."
        raise OpenError("this object", message)
    opened = from_keras_model(model)
    infer_shapes(opened.model)
    return Document(opened.model, opened.storage, opened.warnings)
