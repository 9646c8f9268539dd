"""Edits and the history of them: undo and redo, bounded only by bytes.

An edit keeps the numbers before and after. Small ones stay in memory; large ones are spilled to
a temporary file that has no name on disk, so nothing is left behind after a crash.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.values import Array

SPILL_BYTES = 1 << 20
LIMIT_BYTES = 4 << 30


@dataclass(frozen=True, eq=False)
class Change:
    """New numbers for one region of one weight.

    Attributes:
        weight: whose numbers change.
        region: the cells, normalised.
        before: the numbers that were there; the region's shape, the weight's dtype.
        after: the numbers that come.
    """

    weight: Weight
    region: Region
    before: Array
    after: Array

    @property
    def nbytes(self) -> int:
        """How many bytes both arrays take."""
        return int(self.before.nbytes + self.after.nbytes)


@dataclass(frozen=True, eq=False)
class Edit:
    """One step of the history: what a person did, as one undoable whole.

    Attributes:
        label: what was done, as the Undo entry says it: ``Set dense/kernel[3, 0]``.
        changes: the regions it changed; several where an edit spans weights.
    """

    label: str
    changes: tuple[Change, ...]

    @property
    def nbytes(self) -> int:
        """How many bytes its numbers take."""
        return sum(change.nbytes for change in self.changes)


class _Spill:
    """A nameless temporary file to which large arrays are appended and from which they return."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None

    def put(self, array: Array) -> Callable[[], Array]:
        if self._file is None:
            # It lives as long as the history, not as long as a block.
            opened = tempfile.TemporaryFile(prefix="weightview-undo-")  # noqa: SIM115
            self._file = cast(BinaryIO, opened)
        file = self._file
        offset = file.seek(0, 2)
        file.write(np.ascontiguousarray(array).tobytes())
        shape, dtype = array.shape, array.dtype

        def take() -> Array:
            file.seek(offset)
            data = file.read(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
            return np.frombuffer(data, dtype=dtype).reshape(shape)

        return take

    def clear(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True, eq=False)
class _SpilledChange:
    weight: Weight
    region: Region
    before: Callable[[], Array]
    after: Callable[[], Array]

    def load(self) -> Change:
        return Change(self.weight, self.region, self.before(), self.after())


@dataclass(frozen=True, eq=False)
class _Step:
    """An edit as the history keeps it: its label and size at hand, large numbers on disk."""

    label: str
    nbytes: int
    changes: tuple[Change | _SpilledChange, ...]
    merge_key: Any = None

    def load(self) -> Edit:
        loaded = (c.load() if isinstance(c, _SpilledChange) else c for c in self.changes)
        return Edit(self.label, tuple(loaded))


class History:
    """The edits of one document, with a place among them: those before it are done.

    The history knows which place was saved, so that undoing back to it is "unmodified" again.
    """

    def __init__(self, spill_bytes: int = SPILL_BYTES, limit_bytes: int = LIMIT_BYTES) -> None:
        """Start empty.

        Args:
            spill_bytes: edits with more bytes than this go to disk.
            limit_bytes: beyond this the oldest edits are forgotten.
        """
        self._steps: list[_Step] = []
        self._done = 0
        self._saved: int | None = 0
        self._spill_bytes = spill_bytes
        self._limit_bytes = limit_bytes
        self._spill = _Spill()

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of every edit, the oldest first, undone ones included."""
        return tuple(step.label for step in self._steps)

    @property
    def position(self) -> int:
        """How many of the edits are done; the rest is there to be redone."""
        return self._done

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to redo."""
        return self._done < len(self._steps)

    @property
    def is_at_saved(self) -> bool:
        """Whether the place is the one last marked as saved."""
        return self._done == self._saved

    def record(self, edit: Edit, merge_key: Any = None) -> None:
        """Add an edit that has been made; what was undone before it is forgotten.

        Args:
            edit: the edit.
            merge_key: where not None and equal to that of the step before, both become one step
                (a dragged cell is one edit). Only for edits of one and the same region.
        """
        self._forget_undone()
        last = self._steps[-1] if self._steps else None
        mergeable = last is not None and merge_key is not None and last.merge_key == merge_key
        if mergeable and last is not None and self._saved != self._done:
            merged = tuple(
                Change(new.weight, new.region, old.before, new.after)
                for old, new in zip(last.load().changes, edit.changes, strict=True)
            )
            edit = Edit(edit.label, merged)
            self._steps.pop()
            self._done -= 1
        self._steps.append(self._keep(edit, merge_key))
        self._done += 1
        self._forget_oldest()

    def _keep(self, edit: Edit, merge_key: Any) -> _Step:
        if edit.nbytes <= self._spill_bytes:
            return _Step(edit.label, edit.nbytes, edit.changes, merge_key)
        spilled = tuple(
            _SpilledChange(c.weight, c.region, self._spill.put(c.before), self._spill.put(c.after))
            for c in edit.changes
        )
        return _Step(edit.label, edit.nbytes, spilled, merge_key)

    def _forget_undone(self) -> None:
        del self._steps[self._done :]
        if self._saved is not None and self._saved > self._done:
            self._saved = None

    def _forget_oldest(self) -> None:
        total = sum(step.nbytes for step in self._steps)
        while total > self._limit_bytes and len(self._steps) > 1:
            total -= self._steps.pop(0).nbytes
            self._done -= 1
            self._saved = self._saved - 1 if self._saved else None

    def undo(self) -> Edit:
        """Step back and return the edit that is to be taken back.

        Raises:
            IndexError: there is nothing to undo.
        """
        if not self.can_undo:
            raise IndexError("there is nothing to undo")
        edit = self._steps[self._done - 1].load()
        self._done -= 1
        return edit

    def redo(self) -> Edit:
        """Step forward and return the edit that is to be made again.

        Raises:
            IndexError: there is nothing to redo.
        """
        if not self.can_redo:
            raise IndexError("there is nothing to redo")
        edit = self._steps[self._done].load()
        self._done += 1
        return edit

    def mark_saved(self) -> None:
        """Remember this place as the one that is on disk."""
        self._saved = self._done

    def clear(self) -> None:
        """Forget every edit; the place is the saved one."""
        self._steps.clear()
        self._done = 0
        self._saved = 0
        self._spill.clear()
