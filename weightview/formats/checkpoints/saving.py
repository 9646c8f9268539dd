"""Writing a checkpoint: TensorFlow writes all tensors beside, then its files take their names."""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from weightview.core.errors import SaveError
from weightview.core.values import Array
from weightview.formats.atomic import replacing
from weightview.formats.checkpoints.storage import checkpoint_files
from weightview.formats.patching import copy_with_patches
from weightview.formats.source import SourceFile
from weightview.formats.work_folders import work_folder
from weightview.worker.client import shared_worker

_CHUNK_BYTES = 4 << 20
_SECONDS = 600.0


def save_checkpoint(opened: Path, prefix: Path, target: Path, edited: Mapping[str, Array]) -> Path:
    """Write the checkpoint at ``prefix`` with ``edited`` tensors to ``target``.

    Args:
        opened: what the person opened: a folder, an index or ``saved_model.pb``.
        prefix: the checkpoint's files' path up to ``.index``.
        target: where to: the same as ``opened``, or a place for a copy of all of it.
        edited: the new tensors by key.

    Returns:
        The prefix of what was written.

    Raises:
        SaveError: nothing was replaced, with the reason.
        WorkerError: TensorFlow refused.
    """
    place = _place(opened, prefix, target)
    with work_folder() as folder:
        written = folder / prefix.name
        shared_worker().request(
            "write_checkpoint",
            timeout=_SECONDS,
            path=str(prefix),
            target=str(written),
            tensors=dict(edited),
        )
        files = checkpoint_files(written)
        if len(files) != 2 or not all(file.is_file() for file in files):  # noqa: PLR2004 - both
            raise SaveError(target, "TensorFlow did not write the files expected.")
        # The numbers first: until the index has its name, the old index is not used with them
        # longer than this moment.
        for file in (files[1], files[0]):
            _move(file, place.with_name(file.name.replace(prefix.name, place.name, 1)))
    _remove_old_shards(place)
    return place


def _place(opened: Path, prefix: Path, target: Path) -> Path:
    """Return the prefix to be written, a copy of the folder made for another place."""
    if target.resolve() == opened.resolve():
        return prefix
    if opened.is_dir():
        _copy_folder(opened, target)
        return target / prefix.relative_to(opened)
    if opened.name == "saved_model.pb":
        raise SaveError(target, "a SavedModel is a folder; open the folder to save it elsewhere.")
    return target.with_suffix("") if target.suffix == ".index" else target


def _copy_folder(source: Path, target: Path) -> None:
    if target.exists():
        raise SaveError(target, "something of this name is there and not replaced.")
    try:
        target.mkdir()
        for item in sorted(source.rglob("*")):
            place = target / item.relative_to(source)
            if item.is_dir():
                place.mkdir()
            else:
                copy_with_patches(SourceFile(item), place, ())
    except OSError as error:
        with contextlib.suppress(OSError):
            shutil.rmtree(target)
        raise SaveError(target, f"the folder cannot be made: {error.strerror}.") from error


def _move(file: Path, place: Path) -> None:
    size = file.stat().st_size
    with replacing(place, size) as copy, file.open("rb") as written:
        while chunk := written.read(_CHUNK_BYTES):
            copy.write(chunk)


def _remove_old_shards(place: Path) -> None:
    """Remove files of numbers that the new index no longer names."""
    for file in checkpoint_files(place)[1:]:
        if not file.name.endswith("-00000-of-00001"):
            with contextlib.suppress(OSError):
                file.unlink()
