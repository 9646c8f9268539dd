"""The edits in a journal made again in a document: where weights agree, and each undoable.

It goes in two steps. A :class:`Plan` is made where reading files takes no harm; applying it is for
the document's own thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from weightview.core.document import Document, Snapshot
from weightview.core.model import Weight
from weightview.core.regions import Region, normalise, shape_of
from weightview.core.values import Array, Values
from weightview.formats.journal.log import (
    Doing,
    Log,
    Operation,
    StoredChange,
    changes_of,
    dtype_name,
)
from weightview.formats.journal.records import DamagedError, Kind, Record, is_whole, read_numbers

_MOST_STATES = 256
_MOST_COMPARED_BYTES = 256 << 20


@dataclass(frozen=True)
class Applied:
    """What became of the edits in a journal.

    Attributes:
        edits: how many undoable edits were made.
        refused: one sentence for each weight that is no longer what it was.
        is_complete: False where the journal is damaged, so that only the edits before came back.
    """

    edits: int
    refused: tuple[str, ...]
    is_complete: bool


@dataclass(frozen=True)
class Plan:
    """The edits to be made in a document.

    Attributes:
        edits: a label and the cells with their new numbers, one by one.
        refused: one sentence for each weight that is no longer what it was.
        is_complete: False where the journal is damaged, so that only the edits before are here.
    """

    edits: tuple[tuple[str, tuple[tuple[Weight, Region, Array], ...]], ...]
    refused: tuple[str, ...]
    is_complete: bool

    def apply(self, document: Document) -> Applied:
        """Make the edits, each as one undoable step; for the document's own thread.

        Raises:
            EditError: the document is no longer the one the plan was made for.
            FileError: its file cannot be read.
        """
        for label, cells in self.edits:
            document.apply(label, cells)
        return Applied(len(self.edits), self.refused, self.is_complete)


@dataclass
class _Step:
    """One step that lies between what the file holds and the journal's end.

    Attributes:
        doing: whether an edit was done, or one from before taken back.
        indices: the operations that make it; several where edits were merged.
        first: the first of the edits concerned.
        last: the last of them.
        chain: which merged step of the original history it belongs to.
    """

    doing: Doing
    indices: list[int]
    first: int
    last: int
    chain: int

    def is_reversed_by(self, operation: Operation) -> bool:
        return self.doing != operation.doing and self._is_of(operation)

    def is_repeated_by(self, operation: Operation) -> bool:
        return self.doing == operation.doing and self._is_of(operation)

    def _is_of(self, operation: Operation) -> bool:
        is_new = operation.record.kind is Kind.EDIT
        return not is_new and (self.first, self.last) == (operation.first, operation.last)


def steps_after(log: Log, index: int) -> list[_Step]:
    """Return the steps that lead from the state after operation ``index`` to the journal's end.

    What was done and taken back cancels out; merged edits are one step.
    """
    done: list[_Step] = []
    undone: list[_Step] = []
    for number in range(index + 1, len(log.operations) + 1):
        operation = log.operation(number)
        top = done[-1] if done else None
        if top is not None and top.is_reversed_by(operation):
            undone.append(done.pop())
        elif undone and undone[-1].is_repeated_by(operation):
            done.append(undone.pop())
        else:
            undone.clear()
            _add(done, number, operation)
    return done


def _add(done: list[_Step], number: int, operation: Operation) -> None:
    top = done[-1] if done else None
    if operation.record.kind is not Kind.EDIT:
        done.append(_Step(operation.doing, [number], operation.first, operation.last, 0))
    elif top is not None and operation.first != number and top.chain == operation.first:
        top.indices.append(number)
        top.last = number
    else:
        done.append(_Step("do", [number], number, number, operation.first))


@dataclass(frozen=True)
class _Fitting:
    weight: Weight
    region: Region
    before: Array
    after: Array


class Planner:
    """Finds out what brings a document from what its file holds to where the journal ends."""

    def __init__(self, file: BinaryIO, log: Log, snapshot: Snapshot) -> None:
        """Prepare for a freshly opened document."""
        self._file = file
        self._log = log
        self._snapshot = snapshot
        self._weights = (*snapshot.model.weights, *snapshot.model.others)
        self._refused: dict[str, None] = {}

    def plan(self, *, file_is_base: bool) -> Plan:
        """Return the plan.

        Args:
            file_is_base: whether the file is known to hold what the journal says. Otherwise it is
                looked which moment of the journal it holds: a program that was killed while it
                saved had no time to write that down.

        Raises:
            OSError: the journal cannot be read.
            FileError: the document's file cannot be read.
        """
        edits = []
        is_complete = True
        try:
            start = self._log.base.index if file_is_base else self._held_moment()
            for step in steps_after(self._log, start):
                cells = [
                    (fitting.weight, fitting.region, numbers)
                    for index in step.indices
                    for fitting, numbers in self._cells(self._log.operation(index))
                ]
                if cells:
                    edits.append((self._label(step), tuple(cells)))
        except DamagedError:
            is_complete = False
        return Plan(tuple(edits), tuple(self._refused), is_complete)

    def _label(self, step: _Step) -> str:
        record = self._log.operation(step.last).record
        label = str(record.fields.get("label", ""))
        return f"Undo: {label}" if step.doing == "undo" else label

    def _cells(
        self, operation: Operation, *, forward: bool = True
    ) -> Iterator[tuple[_Fitting, Array]]:
        """Yield the cells that ``operation`` touches, with their numbers after it or before it.

        Of a merged step the numbers before come from its first edit, those after from its last:
        both touch the same cells.

        Raises:
            DamagedError: the numbers are not those that were written.
        """
        to_after = forward == (operation.doing == "do")
        is_new = operation.record.kind is Kind.EDIT
        index = operation.last if to_after else operation.first
        record: Record = operation.record if is_new else self._log.operation(index).record
        if not is_whole(self._file, record):
            raise DamagedError
        changes = changes_of(record)
        for change in changes if to_after else reversed(changes):
            fitting = self._fit(change)
            if fitting is not None:
                yield fitting, fitting.after if to_after else fitting.before

    def _fit(self, change: StoredChange) -> _Fitting | None:
        weight = self._weight(change)
        if weight is None:
            return None
        try:
            region = normalise(change.region, weight.shape)
        except (IndexError, ValueError) as error:
            raise DamagedError from error
        shape = shape_of(region, weight.shape)
        if region != change.region or _nbytes(weight, shape) != change.nbytes:
            raise DamagedError
        before = self._numbers(change.before, change.nbytes, weight, shape)
        after = self._numbers(change.before + change.nbytes, change.nbytes, weight, shape)
        return _Fitting(weight, region, before, after)

    def _weight(self, change: StoredChange) -> Weight | None:
        """Return the weight that a change is for, or None and keep the reason as a sentence."""
        found = [weight for weight in self._weights if weight.path == change.weight_path]
        found.sort(key=lambda weight: weight.stored_name != change.stored_name)
        where = f"“{change.weight_path}”"
        if not found:
            self._refused[f"{where} is no longer in the file; its edits are left out."] = None
            return None
        weight = found[0]
        if weight.shape != change.shape or dtype_name(weight) != change.dtype:
            was = f"{_shown_shape(change.shape)} {change.dtype}"
            now = f"{_shown_shape(weight.shape)} {dtype_name(weight)}"
            self._refused[f"{where} was {was} and is now {now}; its edits are left out."] = None
            return None
        if not weight.editable:
            self._refused[f"{where} cannot be edited; its edits are left out."] = None
            return None
        return weight

    def _numbers(self, offset: int, nbytes: int, weight: Weight, shape: tuple[int, ...]) -> Array:
        data = read_numbers(self._file, offset, nbytes)
        return np.frombuffer(data, dtype=weight.dtype).reshape(shape)

    def _held_moment(self) -> int:
        """Return after which operation the document in the file is; the base where none fits.

        Every cell that the journal touches is brought to the journal's end, then back one
        operation at a time: where nothing differs from the file, that is the moment it holds.
        """
        base, unsaved = self._log.base.index, self._log.unsaved
        if len(unsaved) > _MOST_STATES or self._bytes_of(unsaved) > _MOST_COMPARED_BYTES:
            return base
        values = self._snapshot.values.saved()
        for index in unsaved:
            values = self._moved(values, index, forward=True)
        for index in reversed(range(base, len(self._log.operations) + 1)):
            if not values.edited_weights(self._weights):
                return index
            if index > base:
                values = self._moved(values, index, forward=False)
        return base

    def _bytes_of(self, indices: range) -> int:
        operations = (self._log.operation(index) for index in indices)
        return sum(self._log.operation(operation.last).record.size for operation in operations)

    def _moved(self, values: Values, index: int, *, forward: bool) -> Values:
        """Return ``values`` after the operation, or before it, in the cells that it touches."""
        for fitting, numbers in self._cells(self._log.operation(index), forward=forward):
            values = values.with_edit(fitting.weight, fitting.region, numbers)
        return values


def _nbytes(weight: Weight, shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64)) * weight.dtype.itemsize


def _shown_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(length) for length in shape) or "one number"
