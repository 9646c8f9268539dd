"""SavedModel folders of TensorFlow 1 and 2, their ``saved_model.pb``, and checkpoints."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from weightview.core.errors import OpenError, WorkerError
from weightview.formats.arrays import StoredArray
from weightview.formats.assembly import Assembled, Origin, OtherKind, assemble
from weightview.formats.checkpoints.binding import copies_of, draft_by_config, draft_by_names
from weightview.formats.checkpoints.graph_ops import acting_operations, sentence_about
from weightview.formats.checkpoints.names import OBJECT_GRAPH, keras_config, kind_of
from weightview.formats.checkpoints.storage import CheckpointStorage
from weightview.formats.config.json_text import MAXIMUM_BYTES
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe
from weightview.formats.source import SourceFile
from weightview.worker.client import shared_worker

_SAVED_MODEL, _METADATA = "saved_model.pb", "keras_metadata.pb"
_TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER_BYTES = 48
_MAXIMUM_INDEX = 256 << 20
_SAVED_MODEL_HEAD = (b"\x08\x01\x12", b"\x12")
_STATE_FILE = "checkpoint"
_NAMED_IN_STATE = re.compile(r'^model_checkpoint_path: "([^"/\\\n]+)"', re.MULTILINE)


def recognises(probe: Probe) -> bool:
    """Return whether this is a SavedModel, its ``saved_model.pb``, or a checkpoint."""
    return prefix_of(probe) is not None


def prefix_of(probe: Probe) -> Path | None:
    """Return the checkpoint's prefix: its files' path up to ``.index``; None where none is."""
    path = probe.path
    if probe.is_folder:
        inner = path / "variables" / "variables"
        if (path / _SAVED_MODEL).is_file():
            return inner
        return _newest(path)
    if probe.source.size > len(_TABLE_MAGIC):
        tail = probe.source.read(probe.source.size - len(_TABLE_MAGIC), len(_TABLE_MAGIC))
        if tail == _TABLE_MAGIC and path.suffix == ".index":
            return path.with_suffix("")
    if path.name == _SAVED_MODEL and probe.head.startswith(_SAVED_MODEL_HEAD):
        return path.parent / "variables" / "variables"
    return None


def _newest(folder: Path) -> Path | None:
    """Return the checkpoint that a folder's state file names, else its only one."""
    state = folder / _STATE_FILE
    if state.is_file():
        source = SourceFile(state)
        text = source.read(0, min(source.size, 1 << 16)).decode("utf-8", "replace")
        found = _NAMED_IN_STATE.search(text)
        if found and (folder / f"{found.group(1)}.index").is_file():
            return folder / found.group(1)
    indexes = sorted(folder.glob("*.index"))
    return indexes[-1].with_suffix("") if indexes else None


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the checkpoint by TensorFlow's reader: names, shapes and dtypes, no numbers.

    Raises:
        OpenError: it is damaged, or TensorFlow is not there to read it.
    """
    del architecture
    path, prefix = probe.path, prefix_of(probe)
    assert prefix is not None
    model_folder = path if probe.is_folder else path.parent
    warnings = _unsafe(model_folder / _SAVED_MODEL, path)
    _check_index(path, prefix, warnings)
    arrays, names = _listed(path, prefix)
    entry = _config(model_folder)
    copies = copies_of(arrays, names)
    hidden = {key for keys in copies.values() for key in keys}
    shown = {key: array for key, array in arrays.items() if key not in hidden}
    made = _describe(path, shown, names, entry)
    storage = CheckpointStorage(path, prefix, copies)
    return Opened(made.model, storage, tuple(warnings))


def _unsafe(graph: Path, path: Path) -> list[str]:
    """Return a sentence about a SavedModel's graph where it acts outside the model."""
    operations = acting_operations(graph, path) if graph.is_file() else []
    return [sentence_about(operations)] if operations else []


def _check_index(path: Path, prefix: Path, warnings: list[str]) -> None:
    """Refuse a damaged index before TensorFlow is started for it."""
    index = prefix.with_name(f"{prefix.name}.index")
    also = f" {warnings[0]}" if warnings else ""
    place = f"{prefix.parent.name}/{index.name}"
    if not index.is_file():
        raise OpenError(path, f"it holds no variables ({place} is not there).{also}")
    source = SourceFile(index)
    size = source.size
    if size > _MAXIMUM_INDEX:
        raise OpenError(path, f"{place} is too large for an index of variables.{also}")
    footer = source.read(max(0, size - _FOOTER_BYTES), min(size, _FOOTER_BYTES))
    if size < _FOOTER_BYTES or not footer.endswith(_TABLE_MAGIC):
        raise OpenError(path, f"the index of its variables, {place}, is damaged (corrupt).{also}")
    for offset, length in _handles(footer):
        if offset + length > size:
            raise OpenError(
                path, f"the index of its variables, {place}, points outside itself (corrupt).{also}"
            )


def _handles(footer: bytes) -> list[tuple[int, int]]:
    """Return where the two blocks lie that the footer of a table names."""
    numbers: list[int] = []
    value = shift = 0
    for byte in footer[: -len(_TABLE_MAGIC)]:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the mark of a number's last byte
            numbers.append(value)
            value = shift = 0
    return [(numbers[0], numbers[1]), (numbers[2], numbers[3])]


def _config(folder: Path) -> Mapping[str, Any] | None:
    metadata = folder / _METADATA
    if not metadata.is_file():
        return None
    source = SourceFile(metadata)
    if source.size > MAXIMUM_BYTES:
        raise OpenError(metadata, "it is too large for a model's description.")
    try:
        return keras_config(folder, source.read(0, source.size))
    except ValueError as error:
        raise OpenError(metadata, f"it is damaged ({error}).") from error


def _listed(path: Path, prefix: Path) -> tuple[dict[str, StoredArray], dict[str, str]]:
    """Return the tensors by key, and their variables' full names by key."""
    worker = shared_worker()
    arrays: dict[str, StoredArray] = {}
    names: dict[str, str] = {}
    try:
        for key, shape, kind in worker.request("list_checkpoint", path=str(prefix)):
            if key == OBJECT_GRAPH:
                names = worker.request("checkpoint_names", path=str(prefix))
                continue
            dtype = _dtype(str(kind))
            arrays[key] = StoredArray(
                key, tuple(shape), dtype, None, None, editable=dtype.kind != "O"
            )
    except WorkerError as error:
        raise OpenError(path, f"TensorFlow cannot read it: {error}") from error
    except (TypeError, ValueError) as error:
        raise OpenError(path, f"its description is damaged ({error}).") from error
    return arrays, names


def _dtype(name: str) -> np.dtype[Any]:
    if name == "string":
        return np.dtype(object)
    special = getattr(ml_dtypes, name, None)
    return np.dtype(special if special is not None else name)


def _describe(
    path: Path,
    arrays: Mapping[str, StoredArray],
    names: Mapping[str, str],
    entry: Mapping[str, Any] | None,
) -> Assembled:
    others: list[tuple[StoredArray, OtherKind]] = []
    weights: dict[str, StoredArray] = {}
    for key, array in arrays.items():
        kind = kind_of(key, arrays)
        if kind is None and array.dtype.kind != "O":
            weights[key] = array
        else:
            others.append((array, kind or "other"))
    origin = Origin("TensorFlow SavedModel or checkpoint", has_config=False)
    if entry is not None:
        found = draft_by_config(entry, weights, names)
        if found is not None:
            draft, left = found
            others += [(array, "other") for array in left]
            origin = Origin("TensorFlow SavedModel", 2, has_config=True)
            return assemble(draft, origin, others)
    draft = draft_by_names(path.name.split(".")[0] or path.name, weights, names)
    return assemble(draft, origin, others)
