"""The numbers of a checkpoint: each tensor read by TensorFlow when it is asked for."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from weightview.core.errors import FileError, SaveError, WorkerError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.values import Array, Block, Storage
from weightview.formats.source import SourceFile
from weightview.worker.client import shared_worker

_KEPT_BYTES = 256 << 20


class CheckpointStorage:
    """The tensors of one checkpoint, those last read kept in memory."""

    def __init__(
        self,
        path: Path,
        prefix: Path,
        copies: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Serve the tensors of ``prefix``.

        Args:
            path: what was opened.
            prefix: the checkpoint's files' path up to ``.index``.
            copies: by key, the keys of what may be a second copy of the tensor.
        """
        self._path = path
        self.prefix = prefix
        self._copies = copies
        self._files = [SourceFile(file) for file in checkpoint_files(prefix)]
        self._kept: OrderedDict[str, Array] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        """What was opened: a folder or a file."""
        return self._path

    @property
    def can_save(self) -> bool:
        """True: TensorFlow writes all tensors anew."""
        return True

    def read(self, weight: Weight, region: Region) -> Array:
        """Return the stored numbers of a normalised ``region`` as a new array.

        Raises:
            FileChangedError: a file of the checkpoint is no longer the one that was opened.
            FileError: TensorFlow cannot read it.
        """
        for file in self._files:
            file.check()
        array = self._whole(weight.stored_name)
        return np.array(array[region], dtype=weight.dtype)

    def _whole(self, key: str) -> Array:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        try:
            array: Array = shared_worker().request(
                "read_checkpoint_tensor", path=str(self.prefix), key=key
            )
        except WorkerError as error:
            raise FileError(self._path, str(error)) from error
        with self._lock:
            self._kept[key] = array
            while sum(kept.nbytes for kept in self._kept.values()) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return array

    def save(self, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Have TensorFlow write every tensor, edited ones with their new numbers.

        Raises:
            SaveError: nothing was replaced, with the reason.
            FileChangedError: the checkpoint is no longer the one that was opened.
        """
        from weightview.formats.checkpoints.saving import save_checkpoint

        for file in self._files:
            file.check()
        edited = self._edited(blocks)
        for key in tuple(edited):
            copy = self._copy_of(key, target)
            if copy:
                edited[copy] = edited[key]
        try:
            prefix = save_checkpoint(self._path, self.prefix, target, edited)
        except WorkerError as error:
            raise SaveError(target, str(error)) from error
        return CheckpointStorage(target, prefix, self._copies)

    def _copy_of(self, key: str, target: Path) -> str:
        """Return the key of the tensor's second copy, ``""`` where it has none."""
        candidates = self._copies.get(key, ())
        if len(candidates) > 1:
            stored = self._whole(key).tobytes()
            candidates = tuple(c for c in candidates if self._whole(c).tobytes() == stored)
        if len(candidates) > 1:
            raise SaveError(
                target,
                f"“{key}” is there twice, and {len(candidates)} tensors of its name and numbers "
                "may be its copy; which one cannot be told.",
            )
        return candidates[0] if candidates else ""

    def _edited(self, blocks: Sequence[Block]) -> dict[str, Array]:
        edited: dict[str, Array] = {}
        for block in blocks:
            key = block.weight.stored_name
            if key not in edited:
                edited[key] = np.array(self._whole(key), order="C")
            flat = edited[key].reshape(-1)
            flat[block.start : block.start + block.values.size] = block.values
        return edited


def checkpoint_files(prefix: Path) -> list[Path]:
    """Return the index of a checkpoint and the files that hold its numbers."""
    data = sorted(prefix.parent.glob(f"{glob_escape(prefix.name)}.data-*-of-*"))
    return [prefix.with_name(f"{prefix.name}.index"), *data]


def glob_escape(name: str) -> str:
    """Return ``name`` with the marks of a pattern taken literally."""
    import glob

    return glob.escape(name)
