"""Edits and the history of them: undo and redo, bounded only by bytes.

An edit keeps the numbers before and after. Small ones stay in memory, large ones go to disk.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.spill import Spill, Spilled
from weightview.core.values import Array

SPILL_BYTES = 1 << 20
LIMIT_BYTES = 4 << 30
_SUMMARISED_CELLS = 1 << 18
_ASIDE_BYTES = 16 << 20
ASIDE_NAME = "weightview-undo"


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


@dataclass(frozen=True)
class Summary:
    """What an edit did, in a few numbers.

    Attributes:
        weight_path: the first weight it changed.
        index: the first cell of that weight.
        cells: how many cells it wrote.
        before: the smallest and the largest number that was there; None where there is none that
            is finite, or where they are too many to look at.
        after: likewise of those that came.
    """

    weight_path: str
    index: tuple[int, ...]
    cells: int
    before: tuple[Any, Any] | None
    after: tuple[Any, Any] | None


def summary_of(edit: Edit) -> Summary:
    """Return what an edit did; ``edit`` has one change at least."""
    first = edit.changes[0]
    index = tuple(e.start if isinstance(e, slice) else e for e in first.region)
    cells = sum(change.after.size for change in edit.changes)
    before = _reach([change.before for change in edit.changes], cells)
    return Summary(
        first.weight.path, index, cells, before, _reach([c.after for c in edit.changes], cells)
    )


def _reach(arrays: list[Array], cells: int) -> tuple[Any, Any] | None:
    """Return the smallest and the largest finite number; of one number that, finite or not."""
    if cells == 1:
        number = next(array for array in arrays if array.size).reshape(-1)[0]
        return number, number
    ends = []
    for array in arrays if cells <= _SUMMARISED_CELLS else ():
        with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
            wide = array.astype(np.float64).reshape(-1)
        finite = array.reshape(-1)[np.isfinite(wide)]
        if finite.size:
            order = wide[np.isfinite(wide)]
            ends += [finite[order.argmin()], finite[order.argmax()]]
    return (min(ends, key=float), max(ends, key=float)) if ends else None


@dataclass(frozen=True, eq=False)
class _SpilledChange:
    weight: Weight
    region: Region
    before: Spilled
    after: Spilled


@dataclass(eq=False)
class _Step:
    """An edit as the history keeps it: its label and size at hand, large numbers on disk.

    ``place`` stands for the moment after the edit. The numbers of a very large edit go to disk in
    a thread of their own, which then sets ``changes``, unless the step was forgotten meanwhile.
    """

    label: str
    nbytes: int
    summary: Summary
    changes: tuple[Change | _SpilledChange, ...]
    merge_key: Any = None
    place: object = field(default_factory=object)
    is_forgotten: bool = False

    def is_of_same_cells(self, edit: Edit) -> bool:
        """Return whether ``edit`` changes the cells that this one changed, in the same order."""
        cells = [(change.weight, change.region) for change in self.changes]
        return cells == [(change.weight, change.region) for change in edit.changes]


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
        self._start = object()
        self._saved: object = self._start
        self._spill_bytes = spill_bytes
        self._limit_bytes = limit_bytes
        self._spill = Spill()
        self._lock = threading.Lock()

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of every edit, the oldest first, undone ones included."""
        return tuple(step.label for step in self._steps)

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """What every edit did, in the order of :attr:`labels`."""
        return tuple(step.summary for step in self._steps)

    @property
    def saved_position(self) -> int | None:
        """How many edits lead to what is on disk; None where no undo or redo leads there."""
        places = [self._start, *(step.place for step in self._steps)]
        return next((i for i, place in enumerate(places) if place is self._saved), None)

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
    def place(self) -> object:
        """What stands for this moment: the same again whenever undo or redo leads back to it."""
        return self._steps[self._done - 1].place if self._done else self._start

    @property
    def saved_place(self) -> object:
        """The :attr:`place` whose numbers are on disk, also where no undo leads back to it."""
        return self._saved

    @property
    def is_at_saved(self) -> bool:
        """Whether the place is the one last marked as saved."""
        return self.place is self._saved

    def record(self, edit: Edit, merge_key: Any = None) -> None:
        """Add an edit that has been made; what was undone before it is forgotten.

        Args:
            edit: the edit.
            merge_key: where not None and equal to that of the step before, and both changed the
                same cells, both become one step (a dragged cell is one edit).
        """
        while self.can_redo:
            self._forget(self._steps.pop())
        last = self._steps[-1] if self._steps and merge_key is not None else None
        if (
            last is not None
            and last.merge_key == merge_key
            and last.is_of_same_cells(edit)
            and not self.is_at_saved
        ):
            edit = _merged(self._load(last), edit)
            self._forget(self._steps.pop())
        self._steps.append(self._keep(edit, merge_key))
        self._done = len(self._steps)
        self._forget_oldest()

    def _keep(self, edit: Edit, merge_key: Any) -> _Step:
        step = _Step(edit.label, edit.nbytes, summary_of(edit), edit.changes, merge_key)
        if edit.nbytes > _ASIDE_BYTES:
            laying = threading.Thread(
                target=self._lay_down, args=(step, self._spill), name=ASIDE_NAME, daemon=True
            )
            laying.start()
        elif edit.nbytes > self._spill_bytes:
            self._lay_down(step, self._spill)
        return step

    def _lay_down(self, step: _Step, spill: Spill) -> None:
        """Put the numbers of a step on disk."""
        changes = tuple(_spilled(change, spill) for change in step.changes)
        with self._lock:
            if not step.is_forgotten:
                step.changes = changes
                return
        _free(changes, spill)

    def _load(self, step: _Step) -> Edit:
        return Edit(step.label, tuple(self._loaded(change) for change in step.changes))

    def _loaded(self, change: Change | _SpilledChange) -> Change:
        if isinstance(change, Change):
            return change
        before, after = self._spill.take(change.before), self._spill.take(change.after)
        return Change(change.weight, change.region, before, after)

    def _forget(self, step: _Step) -> None:
        with self._lock:
            step.is_forgotten = True
        _free(step.changes, self._spill)

    def _forget_oldest(self) -> None:
        total = sum(step.nbytes for step in self._steps)
        while total > self._limit_bytes and len(self._steps) > 1:
            oldest = self._steps.pop(0)
            self._forget(oldest)
            self._start = oldest.place
            total -= oldest.nbytes
            self._done -= 1

    def next_bytes(self, *, backwards: bool) -> int | None:
        """Return how many bytes the next edit to undo (or redo) has; None where there is none."""
        step = self._next(backwards=backwards)
        return None if step is None else step.nbytes

    def next_edit(self, *, backwards: bool) -> Callable[[], Edit]:
        """Return what loads the next edit to undo (or redo); it may be called in any thread.

        Raises:
            IndexError: there is none.
        """
        step = self._next(backwards=backwards)
        if step is None:
            raise IndexError(f"there is nothing to {'undo' if backwards else 'redo'}")
        return partial(self._load, step)

    def _next(self, *, backwards: bool) -> _Step | None:
        if backwards:
            return self._steps[self._done - 1] if self.can_undo else None
        return self._steps[self._done] if self.can_redo else None

    def undo(self) -> Edit:
        """Step back and return the edit that is to be taken back.

        Raises:
            IndexError: there is nothing to undo.
        """
        edit = self.next_edit(backwards=True)()
        self.move(backwards=True)
        return edit

    def redo(self) -> Edit:
        """Step forward and return the edit that is to be made again.

        Raises:
            IndexError: there is nothing to redo.
        """
        edit = self.next_edit(backwards=False)()
        self.move(backwards=False)
        return edit

    def move(self, *, backwards: bool) -> None:
        """Step back or forward past the next edit, which was taken back or made again."""
        self._done += -1 if backwards else 1

    def since_saved(self) -> tuple[Edit, ...]:
        """Return the edits that lead from what is on disk to the present place.

        What was undone since it was saved comes as an edit that takes it back. Where no path leads
        from the saved place any more, every edit that is done is returned.
        """
        saved = self.saved_position or 0
        if saved <= self._done:
            return tuple(self._load(step) for step in self._steps[saved : self._done])
        undone = reversed(self._steps[self._done : saved])
        return tuple(_reversed(self._load(step)) for step in undone)

    def mark_saved(self, place: object = None) -> None:
        """Remember what is on disk: the present place, or ``place``, as :attr:`place` was then."""
        self._saved = self.place if place is None else place

    def clear(self) -> None:
        """Forget every edit; the place is the saved one."""
        with self._lock:
            for step in self._steps:
                step.is_forgotten = True
        self._steps.clear()
        self._done = 0
        self._start = self._saved = object()
        old, self._spill = self._spill, Spill()  # a thread may still write into the old one
        old.clear()


def _spilled(change: Change | _SpilledChange, spill: Spill) -> Change | _SpilledChange:
    if isinstance(change, _SpilledChange):
        return change
    try:
        before = spill.put(change.before)
    except OSError:  # no room on disk: better in memory than not undoable
        return change
    try:
        after = spill.put(change.after)
    except OSError:
        spill.free(before)
        return change
    return _SpilledChange(change.weight, change.region, before, after)


def _free(changes: tuple[Change | _SpilledChange, ...], spill: Spill) -> None:
    for change in changes:
        if isinstance(change, _SpilledChange):
            spill.free(change.before)
            spill.free(change.after)


def _reversed(edit: Edit) -> Edit:
    """Return the edit that takes ``edit`` back."""
    changes = (
        Change(change.weight, change.region, change.after, change.before)
        for change in reversed(edit.changes)
    )
    return Edit(f"Undo {edit.label}", tuple(changes))


def _merged(first: Edit, second: Edit) -> Edit:
    """Return one edit that does both, which change the same cells."""
    pairs = zip(first.changes, second.changes, strict=True)
    changes = (Change(new.weight, new.region, old.before, new.after) for old, new in pairs)
    return Edit(second.label, tuple(changes))
