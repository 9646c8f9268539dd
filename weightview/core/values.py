"""The numbers of a document at one moment: what the file stores, with the edits laid over it.

An edited weight is not copied whole. Its first axis is cut into blocks of about a megabyte, and
only the blocks that an edit touches are kept in memory. Blocks are never changed in place, so a
:class:`Values` may be handed to another thread while editing goes on.
"""

import itertools
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from weightview.core.model import Weight
from weightview.core.regions import Region, blocks_met, normalise, overlap, shape_of

Array = npt.NDArray[Any]

BLOCK_BYTES = 1 << 20
_CACHE_BYTES = 256 << 20
_WORDS = (1, 2, 4, 8)
_next_version = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Block:
    """A run of edited numbers, contiguous in the weight's C order.

    Attributes:
        weight: whose numbers these are.
        start: how many numbers of the weight come before.
        values: the numbers, one-dimensional, in the weight's dtype.
    """

    weight: Weight
    start: int
    values: Array


class Storage(Protocol):
    """Where a document's numbers lie: a file in one of the formats, or memory.

    A format fulfils this. Methods may be called from any thread.
    """

    @property
    def path(self) -> Path | None:
        """The file or folder, or None for a model in memory."""

    @property
    def can_save(self) -> bool:
        """Whether :meth:`save` can write this format."""

    def read(self, weight: Weight, region: Region) -> Array:
        """Return the stored numbers of a normalised ``region``, a new array of the weight's dtype.

        Raises:
            FileChangedError: the file is no longer the one that was opened.
            FileError: the file cannot be read.
        """

    def save(self, target: Path, blocks: "tuple[Block, ...]") -> "Storage":
        """Write the file with ``blocks`` replaced to ``target`` and return the storage of it.

        Either ``target`` is completely the new file afterwards, or it is what it was. Weights
        keep their ``stored_name``, so the same model describes the new storage.

        Raises:
            SaveError: nothing was written, with the reason.
            FileChangedError: the file that was opened is no longer the same, so copying the
                unedited rest would be wrong.
        """


Overlay = Mapping[str, Mapping[int, Array]]
"""Edited blocks by weight path and block number; each an array of whole rows, read-only."""


def rows_per_block(weight: Weight) -> int:
    """Return how many rows (entries of axis 0) one block of this weight holds."""
    row_bytes = max(1, weight.nbytes // max(1, _rows_shape(weight)[0]))
    return max(1, BLOCK_BYTES // row_bytes)


def _rows_shape(weight: Weight) -> tuple[int, ...]:
    """Return the shape with at least one axis: a scalar is one row."""
    return weight.shape or (1,)


class _ArrayCache:
    """Whole arrays as stored, kept while they fit into a bounded number of bytes."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}
        self._bytes = 0
        self.version = next(_next_version)
        # Blocks never change in place: how much of one was edited need be counted only once.
        self.counts: dict[tuple[str, int], tuple[weakref.ref[Array], int]] = {}

    def get(self, weight: Weight, storage: Storage) -> Array:
        array = self._arrays.get(weight.path)
        if array is None:
            array = storage.read(weight, normalise(None, weight.shape))
            array.setflags(write=False)
            if self._bytes + array.nbytes <= _CACHE_BYTES:
                self._arrays[weight.path] = array
                self._bytes += array.nbytes
        return array

    def holds(self, weight: Weight) -> Array | None:
        return self._arrays.get(weight.path)


class Values:
    """Every weight's numbers at one moment; immutable, safe to hand to another thread."""

    def __init__(
        self,
        storage: Storage,
        overlay: Overlay | None = None,
        versions: Mapping[str, int] | None = None,
        cache: _ArrayCache | None = None,
    ) -> None:
        """Lay ``overlay`` over ``storage``; the rest is for :meth:`with_blocks`."""
        self.storage = storage
        self._overlay: Overlay = overlay or {}
        self._versions = versions or {}
        self._cache = cache or _ArrayCache()
        self._edited_arrays: dict[str, Array] = {}

    def saved(self) -> "Values":
        """Return the numbers as they are stored, without any edit."""
        return Values(self.storage, cache=self._cache)

    def on(self, storage: Storage) -> "Values":
        """Return the same edits laid over another storage of the same model."""
        return Values(storage, self._overlay, self._versions)

    def version(self, weight: Weight) -> int:
        """Return a number that stands for the array's content: equal versions, equal numbers.

        Each edit gives the edited weight a version that no other content ever had.
        """
        return self._versions.get(weight.path, self._cache.version)

    def read(self, weight: Weight, region: Region | int | slice | None = None) -> Array:
        """Return the numbers of ``region`` (all for None), edits included, as a new array.

        Raises:
            IndexError: the region lies outside the array.
            FileChangedError: the file is no longer the one that was opened.
        """
        cells = normalise(region, weight.shape)
        cached = self._cache.holds(weight)
        stored = self.storage.read(weight, cells) if cached is None else np.array(cached[cells])
        blocks = self._overlay.get(weight.path)
        return self._lay_over(weight, cells, stored, blocks) if blocks else stored

    def whole(self, weight: Weight) -> Array:
        """Return the whole array, edits included, read-only and kept for the next call."""
        array = self._edited_arrays.get(weight.path)
        if array is not None:
            return array
        stored = self._cache.get(weight, self.storage)
        blocks = self._overlay.get(weight.path)
        if not blocks:
            return stored
        array = self._lay_over(weight, normalise(None, weight.shape), stored.copy(), blocks)
        array.setflags(write=False)
        self._edited_arrays[weight.path] = array
        return array

    def _lay_over(
        self, weight: Weight, cells: Region, result: Array, blocks: Mapping[int, Array]
    ) -> Array:
        if not weight.shape:
            return blocks[0].reshape(()).copy()
        per_block = rows_per_block(weight)
        result = np.asarray(result)
        target = result[np.newaxis] if isinstance(cells[0], int) else result
        for number in blocks_met(cells[0], per_block):
            block = blocks.get(number)
            if block is not None:
                low = number * per_block
                where, rows = overlap(cells[0], low, low + per_block)
                target[where] = block[(rows, *cells[1:])]
        return result

    def with_edit(self, weight: Weight, region: Region, new: Array) -> "Values":
        """Return values in which ``region`` (normalised) of ``weight`` holds ``new``."""
        blocks = dict(self._overlay.get(weight.path, {}))
        cells = region if weight.shape else (slice(0, 1, 1),)
        per_block = rows_per_block(weight)
        source = np.asarray(new, dtype=weight.dtype)
        if isinstance(cells[0], int) or not weight.shape:
            source = source[np.newaxis]
        for number in blocks_met(cells[0], per_block):
            low = number * per_block
            where, rows = overlap(cells[0], low, low + per_block)
            if where.start == where.stop:
                continue
            edited = self._block(weight, number, blocks).copy()
            edited[(rows, *cells[1:])] = source[where]
            edited.setflags(write=False)
            blocks[number] = edited
        overlay = {**self._overlay, weight.path: blocks}
        versions = {**self._versions, weight.path: next(_next_version)}
        return Values(self.storage, overlay, versions, self._cache)._keep_others(self, weight)

    def _keep_others(self, before: "Values", weight: Weight) -> "Values":
        """Take over the whole arrays already made for weights that the edit did not touch."""
        self._edited_arrays = {
            path: array for path, array in before._edited_arrays.items() if path != weight.path
        }
        return self

    def _block(self, weight: Weight, number: int, blocks: Mapping[int, Array]) -> Array:
        if number in blocks:
            return blocks[number]
        if not weight.shape:
            return self.saved().read(weight).reshape(1)
        per_block = rows_per_block(weight)
        rows = slice(number * per_block, min((number + 1) * per_block, weight.shape[0]))
        return self.saved().read(weight, (rows,))

    def edited_mask(self, weight: Weight, region: Region | int | slice | None = None) -> Array:
        """Return a bool array: which cells of ``region`` differ, bit for bit, from the stored."""
        cells = normalise(region, weight.shape)
        if weight.path not in self._overlay:
            return np.zeros(shape_of(cells, weight.shape), np.bool_)
        return differing_bits(self.read(weight, cells), self.saved().read(weight, cells))

    def changed_columns(self, before: "Values", weight: Weight) -> npt.NDArray[np.intp] | None:
        """Return the indices on the last axis at which ``weight`` differs from ``before``.

        Only blocks that an edit touched are compared, so it is quick for a large weight.

        Returns:
            None where both do not lie over the same stored numbers, or for fewer than two axes.
        """
        if self._cache is not before._cache or len(weight.shape) < 2:  # noqa: PLR2004 - see Returns
            return None
        mine, other = self._overlay.get(weight.path, {}), before._overlay.get(weight.path, {})
        changed = np.zeros(weight.shape[-1], np.bool_)
        for number in mine.keys() | other.keys():
            if mine.get(number) is not other.get(number):
                new, old = self._block(weight, number, mine), self._block(weight, number, other)
                changed |= differing_bits(new, old).reshape(-1, weight.shape[-1]).any(axis=0)
        return np.flatnonzero(changed)

    def is_edited(self, weight: Weight) -> bool:
        """Return whether any cell of ``weight`` differs from what is stored."""
        return next(self._edited_blocks(weight), None) is not None

    def count_edited(self, weight: Weight) -> int:
        """Return how many cells of ``weight`` differ, bit for bit, from what is stored.

        Only the blocks that an edit touched are read, and each only the first time.
        """
        edited = self._overlay.get(weight.path, {}).items()
        return sum(self._count_block(weight, number, block) for number, block in edited)

    def uncounted_bytes(self, weight: Weight) -> int:
        """Return how many edited bytes :meth:`count_edited` would have to look at."""
        edited = self._overlay.get(weight.path, {}).items()
        return sum(
            block.nbytes for number, block in edited if self._counted(weight, number, block) is None
        )

    def _counted(self, weight: Weight, number: int, block: Array) -> int | None:
        known = self._cache.counts.get((weight.path, number))
        return known[1] if known is not None and known[0]() is block else None

    def _count_block(self, weight: Weight, number: int, block: Array) -> int:
        count = self._counted(weight, number, block)
        if count is None:
            count = int(np.count_nonzero(differing_bits(block, self._block(weight, number, {}))))
            self._cache.counts[weight.path, number] = (weakref.ref(block), count)
        return count

    def without_unedited(self, weight: Weight) -> "Values":
        """Return the same numbers, without the blocks in which none differs from what is stored."""
        blocks = {
            number: block
            for number, block in self._overlay.get(weight.path, {}).items()
            if self._count_block(weight, number, block)
        }
        overlay = {**self._overlay, weight.path: blocks}
        result = Values(self.storage, overlay, self._versions, self._cache)
        result._edited_arrays = dict(self._edited_arrays)
        return result

    def edited_places(self, weight: Weight, most: int) -> npt.NDArray[np.intp]:
        """Return the indices of the first ``most`` cells that differ from what is stored.

        Only blocks that an edit touched are read, as for :meth:`count_edited`.

        Returns:
            ``(cells, axes)``, in the order of the array.
        """
        found = [np.zeros((0, len(weight.shape)), np.intp)]
        per_block = rows_per_block(weight)
        for number, block in sorted(self._overlay.get(weight.path, {}).items()):
            places = np.argwhere(differing_bits(block, self._block(weight, number, {})))
            if weight.shape:
                places[:, 0] += number * per_block
            found.append(places[:, : len(weight.shape)])
            if sum(map(len, found)) >= most:
                break
        return np.concatenate(found)[:most]

    def edited_weights(self, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
        """Return those of ``weights`` in which any cell differs from what is stored."""
        return tuple(weight for weight in weights if self.is_edited(weight))

    def blocks(self, weights: tuple[Weight, ...]) -> tuple[Block, ...]:
        """Return every edited run of numbers of ``weights``, as a format saves it."""
        return tuple(block for weight in weights for block in self._edited_blocks(weight))

    def _edited_blocks(self, weight: Weight) -> Iterator[Block]:
        per_block = rows_per_block(weight)
        row_size = weight.size // max(1, _rows_shape(weight)[0])
        for number, values in sorted(self._overlay.get(weight.path, {}).items()):
            stored = self._block(weight, number, {})
            if differing_bits(values, stored).any():
                yield Block(weight, number * per_block * row_size, values.reshape(-1))


def differing_bits(left: Array, right: Array) -> npt.NDArray[np.bool_]:
    """Return where two arrays of one dtype and shape differ in any bit (-0.0 and 0.0 do).

    Arrays of text or objects are compared by value.
    """
    if left.dtype.hasobject or left.dtype.itemsize == 0:
        return np.asarray(left != right, dtype=np.bool_)
    shape, size = left.shape, left.dtype.itemsize
    word = np.dtype(f"u{size}" if size in _WORDS else np.uint8)
    a = np.ascontiguousarray(left).reshape(-1, 1).view(word)
    b = np.ascontiguousarray(right).reshape(-1, 1).view(word)
    differs = a != b
    return np.asarray(
        (differs[:, 0] if word.itemsize == size else differs.any(axis=-1)).reshape(shape)
    )
