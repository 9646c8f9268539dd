"""A document: one opened model with its numbers, the edits made to them, and their history.

It belongs to one thread (in the window, Qt's). What is to run elsewhere gets a
:meth:`Document.snapshot`, which never changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from weightview.core.errors import EditError, SaveError
from weightview.core.events import Signal
from weightview.core.history import Change, Edit, History
from weightview.core.model import Model, Weight
from weightview.core.preparing import Prepared, prepare
from weightview.core.regions import Region
from weightview.core.stepping import Step
from weightview.core.values import Array, Storage, Values


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A document at one moment, for another thread.

    Attributes:
        model: the description.
        values: the numbers, edits included.
        path: the file, or None.
        revision: grows with each change of the document.
        place: where in the history it was taken, for :meth:`History.mark_saved`.
    """

    model: Model
    values: Values
    path: Path | None
    revision: int
    place: object = None


class Document:
    """One opened model: read its numbers, edit them with undo, save them.

    Signals (each a :class:`~weightview.core.events.Signal`):
        values_changed(changes: tuple[Change, ...]): numbers changed, by an edit, undo or redo.
        history_changed(): what can be undone or redone changed, or whether it is modified.
        storage_changed(): it was saved or reloaded: ``path``, and what counts as edited, changed.
        shapes_changed(): layers learned their shapes.
    """

    def __init__(self, model: Model, storage: Storage, warnings: Sequence[str] = ()) -> None:
        """Describe ``storage`` by ``model``; ``warnings`` are sentences about the file."""
        self.model = model
        self.warnings: tuple[str, ...] = tuple(warnings)
        self.history = History()
        self.values_changed: Signal[[tuple[Change, ...]]] = Signal()
        self.history_changed: Signal[[]] = Signal()
        self.storage_changed: Signal[[]] = Signal()
        self.shapes_changed: Signal[[]] = Signal()
        self._values = Values(storage)
        self._revision = 0
        self._snapshot: Snapshot | None = None

    @property
    def path(self) -> Path | None:
        """The file, or None for a model in memory."""
        return self._values.storage.path

    @property
    def values(self) -> Values:
        """The numbers at this moment, edits included."""
        return self._values

    @property
    def saved_values(self) -> Values:
        """The numbers as stored, without the edits."""
        return self._values.saved()

    @property
    def revision(self) -> int:
        """A number that grows with each change."""
        return self._revision

    @property
    def is_modified(self) -> bool:
        """Whether there are edits that are not saved."""
        return not self.history.is_at_saved

    @property
    def can_save(self) -> bool:
        """Whether the format can be written."""
        return self._values.storage.can_save

    def snapshot(self) -> Snapshot:
        """Return the document at this moment, for another thread; the same until it changes."""
        if self._snapshot is None or self._snapshot.revision != self._revision:
            place = self.history.place
            self._snapshot = Snapshot(self.model, self._values, self.path, self._revision, place)
        return self._snapshot

    def weight(self, path: str) -> Weight:
        """Return the weight at ``path``, such as ``outer/dense/kernel``.

        Raises:
            WeightNotFoundError: there is none; the sentence names those that are near.
        """
        return self.model.weight(path)

    def read(self, weight: Weight | str, region: Region | int | slice | None = None) -> Array:
        """Return a weight's numbers, edits included, as a new array of its dtype.

        Args:
            weight: the weight or its path.
            region: indices and slices as numpy takes them; None for the whole array.

        Raises:
            WeightNotFoundError: no weight has this path.
            IndexError: the region lies outside the array.
            FileChangedError: the file on disk is no longer the one that was opened.
        """
        return self._values.read(self._find(weight), region)

    def is_edited(self, weight: Weight | str) -> bool:
        """Return whether any number of ``weight`` differs from what is stored."""
        return self._values.is_edited(self._find(weight))

    def _find(self, weight: Weight | str) -> Weight:
        return weight if isinstance(weight, Weight) else self.model.weight(weight)

    def set_values(
        self,
        weight: Weight | str,
        region: Region | int | slice | None,
        values: npt.ArrayLike,
        *,
        label: str = "",
        merge_key: Any = None,
    ) -> None:
        """Put ``values`` into ``region`` of a weight, as one undoable edit.

        Args:
            weight: the weight or its path.
            region: indices and slices as numpy takes them; None for the whole array.
            values: a number for every cell, or an array of the region's shape.
            label: what the Undo entry says; made from the address where empty.
            merge_key: edits with an equal key, one after another, are one step to undo.

        Raises:
            WeightNotFoundError: no weight has this path.
            EditError: the values do not fit; nothing was changed.
        """
        found = self._find(weight)
        self.apply(label or f"Set {found.path}", [(found, region, values)], merge_key=merge_key)

    def apply(
        self,
        label: str,
        changes: Sequence[tuple[Weight | str, Region | int | slice | None, npt.ArrayLike]],
        *,
        merge_key: Any = None,
    ) -> None:
        """Make several changes as one undoable edit: all of them, or, if one is refused, none.

        Without any change, nothing happens.

        Args:
            label: what the Undo entry says.
            changes: weight, region and values of each, as in :meth:`set_values`.
            merge_key: as in :meth:`set_values`.

        Raises:
            WeightNotFoundError: no weight has such a path.
            EditError: a change does not fit; nothing was changed.
        """
        found = [(self._find(weight), region, values) for weight, region, values in changes]
        self.adopt(prepare(self._values, label, found), merge_key=merge_key)

    def adopt(self, prepared: Prepared, *, merge_key: Any = None) -> None:
        """Make an edit that was prepared, perhaps in another thread.

        Raises:
            EditError: the numbers are no longer those it was worked out from; nothing was changed.
        """
        if not prepared.edit.changes:
            return
        if prepared.before is not self._values:
            weight = prepared.edit.changes[0].weight.path
            message = f"“{prepared.edit.label}” was not done: the numbers were changed meanwhile."
            raise EditError(weight, message)
        self.history.record(prepared.edit, merge_key)
        self._become(prepared.after, prepared.edit.changes)

    def _become(self, values: Values, changes: tuple[Change, ...]) -> None:
        self._values = values
        self._revision += 1
        self.values_changed.emit(changes)
        self.history_changed.emit()

    def undo(self) -> None:
        """Take the last edit back; nothing happens where there is none."""
        self._step(backwards=True)

    def redo(self) -> None:
        """Make the last undone edit again; nothing happens where there is none."""
        self._step(backwards=False)

    def _step(self, *, backwards: bool) -> None:
        step = self.next_step(backwards=backwards)
        if step is not None:
            self.take_step(step, step.work())

    def next_step(self, *, backwards: bool) -> Step | None:
        """Return the next edit to undo (or redo), not worked out yet; None where there is none."""
        nbytes = self.history.next_bytes(backwards=backwards)
        if nbytes is None:
            return None
        load = self.history.next_edit(backwards=backwards)
        return Step(self._values, load, nbytes, backwards, self.history.place)

    def take_step(self, step: Step, worked: Prepared) -> None:
        """Undo or redo what ``step`` worked out, perhaps in another thread.

        Raises:
            EditError: the numbers are no longer those it was worked out from; nothing was changed.
        """
        if worked.before is not self._values or step.place is not self.history.place:
            weight = worked.edit.changes[0].weight.path
            done = "undone" if step.backwards else "redone"
            message = f"“{worked.edit.label}” was not {done}: the numbers were changed meanwhile."
            raise EditError(weight, message)
        self.history.move(backwards=step.backwards)
        self._become(worked.after, worked.edit.changes)

    def revert(self) -> None:
        """Drop every edit and its history: the numbers are the stored ones again."""
        self._reset(self._values.storage)

    def save(self) -> None:
        """Write the edits into the file that was opened, keeping every unedited byte.

        Raises:
            SaveError: there is no file, or it cannot be written; it is what it was.
            FileChangedError: another program changed the file meanwhile.
        """
        if self.path is None:
            raise SaveError(self.model.name, "this model has no file yet; choose Save As.")
        self.save_as(self.path)

    def save_as(self, target: Path | str) -> None:
        """Write the document to ``target`` in its own format and go on with that file.

        Raises:
            SaveError: the target cannot be written; what was there is still there.
            FileChangedError: another program changed the opened file meanwhile.
        """
        snapshot = self.snapshot()
        self.saved_to(write(snapshot, Path(target)), snapshot)

    def saved_to(self, storage: Storage, snapshot: Snapshot) -> None:
        """Go on with ``storage``, to which ``snapshot`` was written by :func:`write`.

        Edits made since the snapshot stay edits, and stay unsaved; undoing them leads back to
        what is on disk.
        """
        later = self._revision != snapshot.revision
        self._values = self._values.on(storage) if later else Values(storage)
        self._revision += 1
        self.history.mark_saved(snapshot.place)
        self.storage_changed.emit()
        self.history_changed.emit()

    @property
    def all_weights(self) -> tuple[Weight, ...]:
        """The model's weights and the other arrays of the file."""
        return (*self.model.weights, *self.model.others)

    def reload(
        self,
        model: Model,
        storage: Storage,
        warnings: Sequence[str],
        *,
        keep_edits: bool = False,
    ) -> tuple[str, ...]:
        """Become the document that was opened anew from the same file.

        Args:
            model: what the file holds now.
            storage: where its numbers lie.
            warnings: what is odd about it.
            keep_edits: make the unsaved edits again, each undoable; else they are dropped.

        Returns:
            A sentence for each edit that no longer fits the model.
        """
        edits = self.history.since_saved() if keep_edits else ()
        self.model = model
        self.warnings = tuple(warnings)
        self._reset(storage)
        return tuple(sentence for edit in edits for sentence in self._make_again(edit))

    def _make_again(self, edit: Edit) -> Iterator[str]:
        weights = {weight.path: weight for weight in self.all_weights}
        changes: list[tuple[Weight | str, Region | int | slice | None, npt.ArrayLike]] = []
        for change in edit.changes:
            old, new = change.weight, weights.get(change.weight.path)
            if new is None or (new.shape, new.dtype) != (old.shape, old.dtype):
                yield f"“{edit.label}” was not kept: “{old.path}” is no longer what it was."
            else:
                changes.append((new, change.region, change.after))
        if changes:
            self.apply(edit.label, changes)

    def _reset(self, storage: Storage) -> None:
        self._values = Values(storage)
        self._revision += 1
        self.history.clear()
        self.values_changed.emit(())
        self.storage_changed.emit()
        self.history_changed.emit()


def write(snapshot: Snapshot, target: Path) -> Storage:
    """Write ``snapshot`` to ``target``; may run in another thread.

    Returns:
        The storage of the written file, for :meth:`Document.saved_to`.

    Raises:
        SaveError: the target cannot be written; what was there is still there.
        FileChangedError: another program changed the opened file meanwhile.
    """
    weights = (*snapshot.model.weights, *snapshot.model.others)
    return snapshot.values.storage.save(target, snapshot.values.blocks(weights))
