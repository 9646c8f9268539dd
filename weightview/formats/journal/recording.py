"""A journal in the making: it listens to one document and tells the writing thread what changed."""

import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weightview.core.document import Document
from weightview.core.history import Change
from weightview.core.model import Weight
from weightview.core.values import Array
from weightview.formats.journal.folder import state_folder
from weightview.formats.journal.log import dtype_name
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.records import Kind
from weightview.formats.journal.recovery import owners_of
from weightview.formats.journal.writing import Entry, Writer

_RENEWAL_BYTES = 16 << 20
_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class _Step:
    """Which records brought the document from one place of its history to the next.

    Attributes:
        first: the first of the edits that were merged into this step.
        last: the last of them.
        source: the place before.
    """

    first: int
    last: int
    source: object


class Journal:
    """Keeps the unsaved edits of one document on disk while it is open.

    All methods belong to the document's thread, and none of them waits for a disk but
    :meth:`flush`, :meth:`close` and :meth:`opened_elsewhere`. Keep a reference: a journal that is
    forgotten ends, and its edits are offered at the next start.
    """

    def __init__(
        self,
        document: Document,
        folder: Path | None = None,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        """Begin a journal of ``document``; a model in memory has no file to recover and gets none.

        Args:
            document: what is edited, just opened.
            folder: where journals lie; by default the platform's state folder.
            on_trouble: called from another thread with a sentence when edits cannot be written,
                and with ``""`` when they can again.
        """
        self._document = document
        self._folder = state_folder() if folder is None else folder
        self._on_trouble = on_trouble
        self._writer: Writer | None = None
        self._owner = Owner.this_process(time.time())
        self._count = 0
        self._serial = 0
        self._bytes = 0
        self._position = 0
        self._place: object = None
        self._index_of: dict[object, int] = {}
        self._steps: dict[object, _Step] = {}
        self._start()
        document.values_changed.connect(self._values_changed)
        document.storage_changed.connect(self._storage_changed)

    @classmethod
    def begin(
        cls,
        document: Document,
        folder: Path | None = None,
        on_trouble: Callable[[str], None] | None = None,
    ) -> "Journal":
        """Return a new journal of ``document``; arguments as for the class."""
        return cls(document, folder, on_trouble)

    @property
    def path(self) -> Path | None:
        """The journal's file, once the writing thread has made it."""
        return self._writer.path if self._writer is not None else None

    def flush(self, seconds: float = _WAIT_SECONDS) -> bool:
        """Wait until every edit made so far is on disk; return whether it is."""
        return self._writer is None or self._writer.flush(seconds)

    def close(self, *, keep: bool = False, seconds: float = _WAIT_SECONDS) -> None:
        """End the journal and remove it: the person saved the edits, or dropped them.

        Args:
            keep: leave it for the next start, as when the computer shuts down.
            seconds: how long to wait for the disk at most.
        """
        self._document.values_changed.disconnect(self._values_changed)
        self._document.storage_changed.disconnect(self._storage_changed)
        if self._writer is not None:
            self._writer.end(keep=keep and self._document.is_modified, seconds=seconds)
            self._writer = None

    def opened_elsewhere(self) -> tuple[Owner, ...]:
        """Return who else has the same file open now: other windows, other processes.

        Reads the journals' folder; call it outside the GUI thread.
        """
        if self._document.path is None:
            return ()
        self.flush()
        return owners_of(self._document.path, self._folder, besides=self.path)

    def _start(self) -> None:
        """Take the document as it is, with everything in its history saved."""
        history = self._document.history
        self._place, self._position = history.place, history.position
        self._count, self._bytes = 0, 0
        self._index_of = {self._place: 0}
        self._steps = {}
        path = self._document.path
        if path is None:
            return
        if self._writer is None:
            self._writer = Writer(self._folder, self._owner, self._on_trouble)
            # A journal that nobody closed counts as one whose process ended.
            weakref.finalize(self, self._writer.end, keep=True, seconds=0)
        self._tell_base(0, path, restarts=True)

    def _tell_base(self, index: int, path: Path, *, restarts: bool = False) -> None:
        assert self._writer is not None
        self._serial += 1
        fields = {"index": index, "serial": self._serial, "restarts": restarts}
        self._writer.put(Entry(Kind.BASE, fields, base=path, restarts=restarts))

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        if not changes:  # reverted or reloaded: the storage's own signal follows
            return
        history = self._document.history
        before, position = self._place, self._position
        self._place, self._position = history.place, history.position
        if self._writer is None:
            return
        self._count += 1
        if self._position < position and history.can_redo:
            self._tell_undo(before, self._place, changes)
        else:
            merges = self._position == position
            self._tell_do(before, self._place, changes, merges=merges)
        self._index_of[self._place] = self._count

    def _tell_undo(self, before: object, place: object, changes: Sequence[Change]) -> None:
        step = self._steps.get(before)
        if step is not None and step.source is place:
            self._put(Kind.UNDO, {"first": step.first, "last": step.last})
            return
        # The edit was told in a journal that is gone: what it takes back is told in full.
        taken_back = [
            Change(change.weight, change.region, change.after, change.before)
            for change in reversed(changes)
        ]
        label = self._document.history.labels[self._position]
        self._tell_edit(f"Undo: {label}", self._count, taken_back)

    def _tell_do(
        self, before: object, place: object, changes: Sequence[Change], *, merges: bool
    ) -> None:
        step = self._steps.get(place)
        if step is not None and step.source is before:
            self._put(Kind.REDO, {"first": step.first, "last": step.last})
            return
        merged = self._steps.get(before) if merges else None
        first = merged.first if merged is not None else self._count
        source = merged.source if merged is not None else before
        self._steps[place] = _Step(first, self._count, source)
        self._tell_edit(self._document.history.labels[self._position - 1], first, changes)

    def _tell_edit(self, label: str, first: int, changes: Sequence[Change]) -> None:
        weights = list(dict.fromkeys(change.weight for change in changes))
        number_of = {weight: number for number, weight in enumerate(weights)}
        told = [
            [number_of[change.weight], _as_fields(change.region), change.before.nbytes]
            for change in changes
        ]
        arrays: list[Array] = []
        for change in changes:
            arrays += [change.before, change.after]
        fields = {
            "first": first,
            "label": label,
            "weights": [_described(weight) for weight in weights],
            "changes": told,
        }
        self._put(Kind.EDIT, fields, tuple(arrays))

    def _put(self, kind: Kind, fields: dict[str, Any], arrays: tuple[Array, ...] = ()) -> None:
        assert self._writer is not None
        entry = Entry(kind, {"index": self._count, **fields}, arrays)
        self._bytes += entry.nbytes
        self._writer.put(entry)

    def _storage_changed(self) -> None:
        history, path = self._document.history, self._document.path
        was_reset = not history.labels and history.place not in self._index_of
        if self._writer is None or path is None or was_reset:
            self._start()
            return
        index = self._index_of.get(history.saved_place)
        if index is None:  # a place of a journal that is gone; the file's content tells which
            return
        if index == self._index_of[history.place] and self._bytes > _RENEWAL_BYTES:
            self._start()
            return
        self._tell_base(index, path)


def _described(weight: Weight) -> list[object]:
    return [weight.path, weight.stored_name, dtype_name(weight), list(weight.shape)]


def _as_fields(region: Sequence[int | slice]) -> list[object]:
    return [
        entry if isinstance(entry, int) else [entry.start, entry.stop, entry.step]
        for entry in region
    ]
