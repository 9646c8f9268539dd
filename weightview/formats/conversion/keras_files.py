"""Keras 3's own formats written from one another: ``.keras``, ``.h5`` and ``.weights.h5``.

The config is carried over as it is; libhdf5 writes in the worker's process to a file of our own,
which is read back and compared before it takes its name.
"""

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weightview.core.document import Snapshot
from weightview.core.errors import SaveError, WorkerError
from weightview.core.model import Model, Weight
from weightview.formats.atomic import replacing
from weightview.formats.conversion.layouts import by_name, numbered
from weightview.formats.hdf5.reader import Container, read_tree
from weightview.formats.hdf5.rewriting import whole
from weightview.formats.patching import copy_with_patches
from weightview.formats.source import SourceFile
from weightview.formats.variables.table import quantization_mode
from weightview.formats.work_folders import work_folder
from weightview.worker.client import shared_worker

_REQUEST_BYTES = 128 << 20
_SECONDS = 600.0
_DEFAULT_VERSION = "3.15.1"


def obstacle(model: Model, kind: str) -> str:
    """Return what of the file has no place in the other format, ``""`` where all has."""
    if kind == ".weights.h5" and not model.weights:
        return "the model has no weights."
    if kind == ".h5":
        float8 = [layer for layer in model.walk() if quantization_mode(layer.config) == "float8"]
        if float8:
            return f"Keras does not read the float8 layer “{float8[0].name}” in this format."
        small = [weight for weight in model.weights if weight.dtype.kind not in "biuf"]
        if small:
            return (
                f"“{small[0].path}” is of the type {small[0].dtype}, which Keras cannot read there."
            )
    odd = [w for w in model.others if w.kind in ("other", "state") and w.size]
    if odd and kind != ".weights.h5":
        return f"the file also holds “{odd[0].path}”, which has no place in the other format."
    return ""


def write_weights(snapshot: Snapshot, target: Path) -> None:
    """Write the weights alone as Keras 3 does, without the optimizer.

    Raises:
        SaveError: it cannot be written; nothing was.
    """
    with work_folder() as folder:
        written = _written(folder, snapshot, target, dict(numbered(snapshot.model)), {})
        copy_with_patches(SourceFile(written), target, ())


def write_archive(snapshot: Snapshot, target: Path) -> None:
    """Write a whole model as ``.keras``.

    Raises:
        SaveError: it cannot be written; nothing was.
    """
    model = snapshot.model
    arrays = dict(numbered(model))
    arrays |= {f"optimizer/vars/{n}": weight for n, weight in enumerate(_optimizer(model))}
    version = model.keras_version or _DEFAULT_VERSION
    date = datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S")
    with work_folder() as folder:
        weights = _written(folder, snapshot, target, arrays, {})
        size = weights.stat().st_size
        with replacing(target, size) as file, zipfile.ZipFile(file, "w") as archive:
            metadata = {"keras_version": version, "date_saved": date}
            archive.writestr("metadata.json", json.dumps(metadata))
            archive.writestr("config.json", json.dumps(_entry(model)))
            large = size > 1 << 31
            with (
                archive.open("model.weights.h5", "w", force_zip64=large) as member,
                weights.open("rb") as data,
            ):
                while chunk := data.read(1 << 22):
                    member.write(chunk)


def _entry(model: Model) -> dict[str, Any]:
    """Return what ``config.json`` says of a model."""
    is_sequential = model.class_name == "Sequential"
    entry: dict[str, Any] = {
        "module": "keras" if is_sequential else "keras.src.models.functional",
        "class_name": model.class_name,
        "config": model.config,
        "registered_name": None if is_sequential else "Functional",
    }
    if isinstance(model.input_shape, tuple) and not isinstance(model.input_shape[0], tuple):
        entry["build_config"] = {"input_shape": list(model.input_shape)}
    training = dict(model.compile_config)
    optimizer = training.pop("optimizer_config", None) or training.pop("optimizer", None)
    if optimizer is not None:
        entry["compile_config"] = {"optimizer": _described(optimizer), **training}
    return entry


def _described(optimizer: Any) -> Any:
    """Return an optimizer as ``config.json`` writes it."""
    if not isinstance(optimizer, Mapping):
        return optimizer
    if not optimizer.get("config"):
        # Named by a text, with all settings at their defaults.
        return str(optimizer.get("class_name", ""))
    return {
        "module": "keras.optimizers",
        "class_name": str(optimizer.get("class_name", "")),
        "config": optimizer.get("config", {}),
        "registered_name": None,
    }


def write_whole_hdf5(snapshot: Snapshot, target: Path) -> None:
    """Write a whole model as HDF5 in the layout that Keras 3 keeps from Keras 2.

    Raises:
        SaveError: it cannot be written; nothing was.
    """
    model = snapshot.model
    version, backend = model.keras_version or _DEFAULT_VERSION, model.backend or "tensorflow"
    config = {"class_name": model.class_name, "config": model.config}
    groups: dict[str, dict[str, Any]] = {
        "": {"backend": backend, "keras_version": version, "model_config": json.dumps(config)},
        "model_weights": {"backend": backend, "keras_version": version, "layer_names": []},
        "model_weights/top_level_model_weights": {"weight_names": []},
    }
    arrays: dict[str, Weight] = {}
    for layer, weights in by_name(model):
        groups["model_weights"]["layer_names"].append(layer.name)
        names = [weight.path for weight in weights]
        groups[f"model_weights/{layer.name}"] = {"weight_names": names}
        arrays |= {f"model_weights/{layer.name}/{w.path}": w for w in weights}
    _add_training(model, groups, arrays)
    with work_folder() as folder:
        written = _written(folder, snapshot, target, arrays, groups)
        copy_with_patches(SourceFile(written), target, ())


def _add_training(
    model: Model, groups: dict[str, dict[str, Any]], arrays: dict[str, Weight]
) -> None:
    """Add optimizer, loss and metrics, and the optimizer's state in its own order."""
    if not model.compile_config:
        return
    training = dict(model.compile_config)
    optimizer = training.pop("optimizer", None)
    if isinstance(optimizer, Mapping):
        described = {key: optimizer.get(key) for key in ("class_name", "config")}
        training["optimizer_config"] = described
    elif isinstance(optimizer, str):
        # A name means an optimizer with all settings at their defaults.
        training["optimizer_config"] = {"class_name": optimizer, "config": {}}
    groups[""]["training_config"] = json.dumps(training)
    state = {f"optimizer/{number}": weight for number, weight in enumerate(_optimizer(model))}
    if state:
        groups["optimizer_weights"] = {"weight_names": list(state)}
        arrays |= {f"optimizer_weights/{name}": weight for name, weight in state.items()}


def _optimizer(model: Model) -> list[Weight]:
    return [weight for weight in model.others if weight.kind == "optimizer"]


def _written(
    folder: Path,
    snapshot: Snapshot,
    target: Path,
    arrays: Mapping[str, Weight],
    groups: Mapping[str, Mapping[str, Any]],
) -> Path:
    """Have libhdf5 write a file in ``folder``, compare it, and return it."""
    path = folder / "written.h5"
    worker = shared_worker()
    try:
        worker.request("write_hdf5", path=str(path), groups=dict(groups), arrays={}, is_new=True)
        part: dict[str, Any] = {}
        for number, (name, weight) in enumerate(arrays.items()):
            part[name] = snapshot.values.read(weight)
            full = sum(array.nbytes for array in part.values()) >= _REQUEST_BYTES
            if full or number == len(arrays) - 1:
                worker.request(
                    "write_hdf5",
                    timeout=_SECONDS,
                    path=str(path),
                    groups={},
                    arrays=part,
                    is_new=False,
                )
                part = {}
    except WorkerError as error:
        raise SaveError(target, str(error)) from error
    _compare(path, snapshot, target, arrays)
    return path


def _compare(path: Path, snapshot: Snapshot, target: Path, arrays: Mapping[str, Weight]) -> None:
    source = SourceFile(path)
    tree, _ = read_tree(Container(source, 0, source.size))
    for name, weight in arrays.items():
        found = tree.array(name)
        expected = snapshot.values.read(weight).tobytes()
        if found is None or whole(source, found).tobytes() != expected:
            raise SaveError(target, f"“{weight.path}” reads back differently; nothing was saved.")
