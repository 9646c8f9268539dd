"""What a checkpoint's keys mean: the variables' full names, and what is state of the training.

Source of the layout: ``saved_metadata.proto`` of Keras 2.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from weightview.formats.assembly import OtherKind
from weightview.formats.checkpoints.protobuf import messages, text

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_METADATA_PATH, _METADATA_JSON = 3, 5
_OPTIMIZER_STARTS = ("optimizer/", "_optimizer/", "model/optimizer/", "model/_optimizer/")
_OPTIMIZED = "optimizer/_trainable_variables/"
_POWERS = ("beta1_power", "beta2_power")


def kind_of(key: str, keys: Iterable[str]) -> OtherKind | None:
    """Return what a key is beside the model's weights; None for a weight.

    TensorFlow 1 has no graph of objects: there a name under another variable's name is a slot of
    an optimizer (``hidden/weights/Adam``).
    """
    is_own = VALUE in key and ".OPTIMIZER_SLOT" not in key
    if _OPTIMIZED in key:
        # The model's own variables, where the way through the optimizer is the shorter one.
        return None
    if key.startswith(_OPTIMIZER_STARTS) or ".OPTIMIZER_SLOT" in key:
        return "optimizer"
    if key.startswith("keras_api/metrics/") or "/metrics/" in key:
        return "metric"
    if key.split("/", maxsplit=1)[0] in ("save_counter", "global_step"):
        return "other"
    is_slot = key.rpartition("/")[0] in keys or key.rpartition("/")[2] in _POWERS
    return "optimizer" if is_slot and not is_own else None


def keras_config(folder: Path, data: bytes) -> Mapping[str, Any] | None:
    """Return the model's entry (class name and config) of ``keras_metadata.pb``.

    Args:
        folder: the SavedModel, for nothing but the error.
        data: the file's bytes.

    Returns:
        None where it describes no model that a config makes, such as a subclass.
    """
    del folder
    for node in messages(data, 1):
        if text(node, _METADATA_PATH) != "root":
            continue
        try:
            found = json.loads(text(node, _METADATA_JSON))
        except (ValueError, RecursionError):
            return None
        config = found.get("config") if isinstance(found, dict) else None
        if isinstance(config, dict) and "layers" in config:
            return {"class_name": found.get("class_name", ""), "config": untupled(config)}
    return None


def untupled(value: Any) -> Any:
    """Return a config with TensorFlow's marked tuples as lists, as an HDF5 file holds them."""
    if isinstance(value, dict):
        if value.get("class_name") == "__tuple__" and isinstance(value.get("items"), list):
            return [untupled(item) for item in value["items"]]
        return {key: untupled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [untupled(item) for item in value]
    return value
