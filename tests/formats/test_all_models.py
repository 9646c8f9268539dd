"""Every file of the large set opens, its arrays are those expected and are named right."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.core.document import Document

pytestmark = pytest.mark.slow

Open = Callable[..., Document]

NAMES_ARE_NOT_IN_THE_FILE = {
    "Quadratic": "a custom layer whose code alone names its weights",
    "Block": "a custom layer made of others, whose code alone names and orders them",
    "Sub": "a model by a class of its own: its code alone orders the layers",
}
"""Classes of the set that no config describes: numbered files do not tell their names or order."""


def expected_arrays(entry: Any) -> list[np.ndarray]:
    if entry.expect is None or not entry.expect.is_file():
        return []
    with np.load(entry.expect, allow_pickle=False) as arrays:
        count = sum(1 for name in arrays.files if name.startswith("w__"))
        return [arrays[f"w__{number}"] for number in range(count)]


def expected_variables(entry: Any) -> dict[str, np.ndarray]:
    """Return the variables of TensorFlow 1 by name, none for any other entry."""
    if entry.expect is None or not entry.expect.is_file():
        return {}
    with np.load(entry.expect, allow_pickle=False) as arrays:
        named = {name[3:]: arrays[name] for name in arrays.files if name.startswith("v__")}
    if entry.path.name.endswith("savedmodel"):
        # Exported for serving: without the optimizer's slots.
        slots = ("Adam", "Adam_1", "beta1_power", "beta2_power", "global_step")
        return {name: v for name, v in named.items() if name.rpartition("/")[2] not in slots}
    return named


def expected_names(entry: Any) -> list[str]:
    if entry.expect is None:
        return []
    path = Path(str(entry.expect).replace(".expect.npz", ".expect.json"))
    if not path.is_file():
        return []
    weights = json.loads(path.read_text())["weights"]
    return [re.sub(r":\d+$", "", name).rpartition("/")[2] for name, _, _ in weights]


def as_compared(array: np.ndarray) -> np.ndarray:
    """Return what the set's expectations hold: bfloat16 shown as float32."""
    return array.astype(np.float32) if array.dtype.name.startswith("bfloat") else array


def same(left: np.ndarray, right: np.ndarray) -> bool:
    left = as_compared(left)
    return left.shape == right.shape and np.array_equal(left, right, equal_nan=True)


def is_lora(entry: Any, document: Document) -> bool:
    """A numbered file has the LoRA matrices merged into the kernel, so that Keras has others."""
    expected = any(name.startswith("lora_") for name in expected_names(entry))
    return expected and not any(w.name.startswith("lora_") for w in document.model.weights)


def is_part(entry: Any) -> bool:
    """One shard of several holds a part of the arrays.

    So does a checkpoint of Keras 3 where a class of its own keeps layers in lists and dicts,
    which TensorFlow does not follow there.
    """
    own = bool(set(NAMES_ARE_NOT_IN_THE_FILE) & entry.classes)
    is_shard = "sharded" in entry.kind and entry.path.suffix == ".h5"
    return is_shard or (own and entry.kind == "TF checkpoint")


def without_order(entry: Any, document: Document) -> str:
    """Return why a file does not tell the order of its weights, ``""`` where it does."""
    if not document.model.config:
        return "no config tells the order"
    return next(
        (why for name, why in NAMES_ARE_NOT_IN_THE_FILE.items() if name in entry.classes), ""
    )


def test_every_array_is_found_and_has_its_value(entry: Any, open_document: Open) -> None:
    document = open_document(entry.path)
    for name, values in expected_variables(entry).items():
        weight = next(w for w in document.all_weights if w.stored_name == name)
        assert same(document.read(weight), values), name
    expected = expected_arrays(entry)
    if not expected or is_lora(entry, document):
        assert all(document.read(weight).shape == weight.shape for weight in document.all_weights)
        return
    found = [document.read(weight) for weight in document.model.weights]
    if without_order(entry, document):
        assert len(found) == len(expected) or is_part(entry)
        left = list(expected)
        for array in found:
            place = next(n for n, other in enumerate(left) if same(array, other))
            del left[place]
        return
    indices = [weight.keras_index for weight in document.model.weights]
    assert indices == list(range(len(expected)))
    for weight, array, other in zip(document.model.weights, found, expected, strict=True):
        assert same(array, other), weight.path


def test_names_are_those_of_the_variables(entry: Any, open_document: Open) -> None:
    document = open_document(entry.path)
    expected = expected_names(entry)
    if not expected or is_lora(entry, document):
        assert all(weight.name for weight in document.model.weights)
        return
    names = [weight.name for weight in document.model.weights]
    custom = {
        weight.path for weight in document.model.weights if re.fullmatch(r"vars/\d+", weight.name)
    }
    if custom:
        assert set(NAMES_ARE_NOT_IN_THE_FILE) & entry.classes or not document.model.config
    if not without_order(entry, document):
        assert names == expected
    elif is_part(entry):
        assert not Counter(names) - Counter(expected)
    elif not custom:
        assert Counter(names) == Counter(expected)


def test_addresses_are_unique_and_lead_to_their_weights(entry: Any, open_document: Open) -> None:
    document = open_document(entry.path)
    paths = [weight.path for weight in document.all_weights]
    assert len(paths) == len(set(paths))
    layer_paths = [layer.path for layer in document.model.walk()]
    assert len(layer_paths) == len(set(layer_paths))
    for weight in document.all_weights:
        assert document.weight(weight.path) is weight
        assert len(weight.axes) == len(weight.shape)
    listed = [w.path for layer in document.model.walk() for w in layer.weights]
    assert sorted(listed) == sorted(weight.path for weight in document.model.weights)


def test_weights_alone_become_a_model_with_their_architecture(
    entry: Any, open_document: Open
) -> None:
    if entry.architecture is None or "weights" not in entry.path.name or entry.needs_tensorflow:
        pytest.skip("not weights alone with an architecture beside them")
    document = open_document(entry.path, entry.architecture)
    whole = open_document(entry.architecture) if entry.architecture.suffix != ".json" else None
    assert document.model.config
    if whole is not None and not without_order(entry, whole):
        assert [w.path for w in document.model.weights] == [w.path for w in whole.model.weights]
    expected = expected_arrays(entry)
    if without_order(entry, document) or is_lora(entry, document):
        return
    for weight, other in zip(document.model.weights, expected, strict=True):
        assert same(document.read(weight), other), weight.path


def test_connections_are_read_of_every_model_whose_config_tells_them(
    entry: Any, open_document: Open
) -> None:
    if entry.needs_tensorflow:
        pytest.skip("read above")
    model = open_document(entry.path).model
    holders = [model, *model.walk()]
    for holder in holders:
        if holder.class_name not in ("Sequential", "Functional", "Model"):
            continue
        graph = holder.graph
        assert graph is not None, holder.name
        names = {layer.name for layer in holder.layers}
        made: set[tuple[str, int]] = {(ref.layer, ref.node) for ref in graph.inputs}
        for node in graph.nodes:
            assert node.layer in names
            # Each call comes after what it needs.
            assert {(ref.layer, ref.node) for ref in node.inputs} <= made
            made.add((node.layer, node.index))
        assert {(ref.layer, ref.node) for ref in graph.outputs} <= made
        called = {node.layer for node in graph.nodes}
        assert names == called
