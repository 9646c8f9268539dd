"""Edits from a journal made again in a document: where weights agree, and as undoable edits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from weightview.core.document import Document
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
        refused: one sentence for each change that fits no weight of the document any more.
        is_complete: False where the journal is damaged, so that only the edits before came back.
    """

    edits: int
    refused: tuple[str, ...]
    is_complete: bool


@dataclass
class _Made:
    """One step that the replay made in the document.

    Attributes:
        doing: whether an edit was done, or one from before the replay taken back.
        first: the index of the operation it began with.
        last: the index of the one it ended with, where several were merged.
        chain: which merged step of the original history it belongs to.
        source: the document's place before.
        place: its place after.
    """

    doing: Doing
    first: int
    last: int
    chain: int
    source: object
    place: object

    def is_reversed_by(self, operation: Operation) -> bool:
        return self.doing != operation.doing and self._is_of(operation)

    def is_repeated_by(self, operation: Operation) -> bool:
        return self.doing == operation.doing and self._is_of(operation)

    def _is_of(self, operation: Operation) -> bool:
        is_new = operation.record.kind is Kind.EDIT
        return not is_new and (self.first, self.last) == (operation.first, operation.last)


@dataclass(frozen=True)
class _Fitting:
    weight: Weight
    region: Region
    before: Array
    after: Array


class Replay:
    """Brings a document from what its file holds to where the journal ends."""

    def __init__(self, file: BinaryIO, log: Log, document: Document) -> None:
        """Prepare; ``document`` is freshly opened."""
        self._file = file
        self._log = log
        self._document = document
        self._done: list[_Made] = []
        self._undone: list[_Made] = []
        self._refused: dict[str, None] = {}

    def run(self, *, file_is_base: bool) -> Applied:
        """Make the edits.

        Args:
            file_is_base: whether the file is known to hold what the journal says. Otherwise it is
                looked which moment of the journal it holds: a program that was killed while it
                saved had no time to write that down.

        Raises:
            OSError: the journal cannot be read.
            FileError: the document's file cannot be read.
        """
        is_complete = True
        try:
            start = self._log.base.index if file_is_base else self._held_moment()
            for index in range(start + 1, len(self._log.operations) + 1):
                self._make(index, self._log.operation(index))
        except DamagedError:
            is_complete = False
        return Applied(len(self._done), tuple(self._refused), is_complete)

    def _make(self, index: int, operation: Operation) -> None:
        if self._step_back(operation) or self._step_forward(operation):
            return
        changes = list(self._fitting(operation))
        if not changes:
            return
        is_edit = operation.record.kind is Kind.EDIT
        top = self._done[-1] if self._done and is_edit and operation.first != index else None
        chain = operation.first if is_edit else 0
        merging = top is not None and top.chain == chain
        # Merged edits share a key, so that they are one step to undo again.
        key = ("recovered", top.first if top is not None and merging else index)
        history = self._document.history
        source, position = history.place, history.position
        back = operation.doing == "undo"
        cells = [(c.weight, c.region, c.before if back else c.after) for c in changes]
        self._document.apply(self._label(operation), cells, merge_key=key)
        self._undone.clear()
        if top is not None and merging and history.position == position:
            top.last, top.place = index, history.place
            return
        first, last = (index, index) if is_edit else (operation.first, operation.last)
        self._done.append(_Made(operation.doing, first, last, chain, source, history.place))

    def _step_back(self, operation: Operation) -> bool:
        """Undo the replay's own last step where ``operation`` is the reverse of exactly that."""
        top = self._done[-1] if self._done else None
        if top is None or not top.is_reversed_by(operation):
            return False
        if self._document.history.place is not top.place:
            return False
        self._document.undo()
        self._undone.append(self._done.pop())
        return True

    def _step_forward(self, operation: Operation) -> bool:
        """Redo what the replay undid where ``operation`` does exactly that again."""
        top = self._undone[-1] if self._undone else None
        if top is None or not top.is_repeated_by(operation):
            return False
        if self._document.history.place is not top.source:
            return False
        self._document.redo()
        self._done.append(self._undone.pop())
        return True

    def _label(self, operation: Operation) -> str:
        record = next(self._log.edits(operation))
        label = str(record.fields.get("label", ""))
        return f"Undo: {label}" if operation.doing == "undo" else label

    def _fitting(self, operation: Operation) -> Iterator[_Fitting]:
        """Yield the changes of ``operation`` that fit the document, with their numbers.

        Raises:
            DamagedError: the numbers are not those that were written.
        """
        for record in self._log.edits(operation):
            if not is_whole(self._file, record):
                raise DamagedError
            changes = changes_of(record)
            for change in reversed(changes) if operation.doing == "undo" else changes:
                fitting = self._fit(change)
                if fitting is not None:
                    yield fitting

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
        found = [w for w in self._document.all_weights if w.path == change.weight_path]
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
        total = sum(
            record.size for index in unsaved for record in self._log.edits(self._operation(index))
        )
        if len(unsaved) > _MOST_STATES or total > _MOST_COMPARED_BYTES:
            return base
        values = self._document.saved_values
        for index in unsaved:
            values = self._moved(values, self._operation(index), forward=True)
        for index in reversed(range(base, len(self._log.operations) + 1)):
            if not values.edited_weights(self._document.all_weights):
                return index
            if index > base:
                values = self._moved(values, self._operation(index), forward=False)
        return base

    def _operation(self, index: int) -> Operation:
        return self._log.operation(index)

    def _moved(self, values: Values, operation: Operation, *, forward: bool) -> Values:
        """Return ``values`` after ``operation``, or before it, in the cells that it touches.

        Of a merged step only the cells count here, and those are the same in all its edits; the
        numbers before it come from its first, the numbers after from its last.
        """
        to_after = forward == (operation.doing == "do")
        edit = operation.record.kind is Kind.EDIT
        index = operation.last if to_after else operation.first
        record: Record = operation.record if edit else self._operation(index).record
        if not is_whole(self._file, record):
            raise DamagedError
        changes = changes_of(record)
        for change in changes if to_after else reversed(changes):
            fitting = self._fit(change)
            if fitting is not None:
                numbers = fitting.after if to_after else fitting.before
                values = values.with_edit(fitting.weight, fitting.region, numbers)
        return values


def _nbytes(weight: Weight, shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64)) * weight.dtype.itemsize


def _shown_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(length) for length in shape) or "one number"


def unsaved_edits(log: Log) -> int:
    """Return how many steps lie between what the file holds and the journal's end."""
    done: list[_Made] = []
    undone: list[_Made] = []
    for index in log.unsaved:
        operation = log.operation(index)
        top = done[-1] if done else None
        if operation.record.kind is not Kind.EDIT:
            if top is not None and top.is_reversed_by(operation):
                undone.append(done.pop())
                continue
            if undone and undone[-1].is_repeated_by(operation):
                done.append(undone.pop())
                continue
            made = _Made(operation.doing, operation.first, operation.last, 0, None, None)
        elif top is not None and operation.first != index and top.chain == operation.first:
            top.last = index
            undone.clear()
            continue
        else:
            made = _Made("do", index, index, operation.first, None, None)
        undone.clear()
        done.append(made)
    return len(done)
