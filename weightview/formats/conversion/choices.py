"""Which formats a document can be converted to, and the one door to each conversion."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from weightview.core.document import Snapshot
from weightview.core.errors import SaveError
from weightview.core.model import Model
from weightview.formats.conversion import keras_files, tensors
from weightview.formats.conversion.layouts import obstacle_to_numbering

Kind = Literal[".keras", ".h5", ".weights.h5", ".npz", ".safetensors"]

_KERAS_3 = 3

_WRITERS: dict[Kind, Callable[[Snapshot, Path], None]] = {
    ".npz": tensors.write_npz,
    ".safetensors": tensors.write_safetensors,
    ".weights.h5": keras_files.write_weights,
    ".h5": keras_files.write_whole_hdf5,
    ".keras": keras_files.write_archive,
}


def kind_of(target: Path) -> Kind | None:
    """Return the format that a file's name asks for, None where it asks for none of these."""
    name = target.name.lower()
    kinds: tuple[Kind, ...] = (".weights.h5", ".safetensors", ".keras", ".npz", ".h5")
    return next((kind for kind in kinds if name.endswith(kind)), None)


def obstacle(model: Model, kind: Kind) -> str:
    """Return why ``model`` cannot be converted without a loss, ``""`` where it can."""
    if kind in (".npz", ".safetensors"):
        return tensors.obstacle(model, kind)
    if not model.config:
        return "the file holds weights without the model's config."
    if model.generation != _KERAS_3:
        return "only models of Keras 3 are converted to this format."
    return obstacle_to_numbering(model) or keras_files.obstacle(model, kind)


def convert(snapshot: Snapshot, target: Path, kind: Kind) -> None:
    """Write ``snapshot``, edits included, to ``target`` in another format.

    The document goes on with its own file; the target is opened by whoever wants it.

    Raises:
        SaveError: something would be lost, or the target cannot be written; nothing was written.
    """
    why = obstacle(snapshot.model, kind)
    if why:
        raise SaveError(target, why)
    _WRITERS[kind](snapshot, target)
