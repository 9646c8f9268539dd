"""Journals that outlived their process: found at the next start, offered, applied or discarded."""

import contextlib
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from weightview.core.document import Document, Snapshot
from weightview.core.errors import FileError
from weightview.formats import locks
from weightview.formats.journal.filestate import FileState, content_hash, look_at
from weightview.formats.journal.folder import state_folder
from weightview.formats.journal.log import Log, read_log
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.replay import Applied, Plan, Planner, steps_after
from weightview.formats.journal.writing import SUFFIX, UNNAMED_SUFFIX
from weightview.formats.leftovers import remove_leftovers
from weightview.formats.work_folders import remove_abandoned

STALE_DAYS = 90
_UNNAMED_SECONDS = 3600
_DAY_SECONDS = 86_400


class JournalError(FileError):
    """A journal can no longer be read."""


class Recovery:
    """Unsaved edits of a process that ended without saving or dropping them.

    While it exists no other window is offered the same edits; :meth:`release` lets them go, and so
    does forgetting it.

    Attributes:
        path: where the edited file was.
        date: when the last edit was written down, in local time.
        edits: how many undoable edits there are.
        owner: the process that made them.
    """

    def __init__(self, journal: Path, file: BinaryIO, log: Log) -> None:
        """Take over an opened and locked ``journal`` that was read as ``log``."""
        self.path = log.base.path
        self.date = datetime.fromtimestamp(journal.stat().st_mtime).astimezone()
        self.edits = len(steps_after(log, log.base.index))
        self.owner = log.owner
        self._journal = journal
        self._file = file
        self._log = log
        weakref.finalize(self, file.close)

    def matches(self, path: Path) -> bool:
        """Return whether ``path`` holds, bit for bit, the file that was edited.

        Reads the whole file where its size and samples agree; call it outside the GUI thread.
        """
        base, state = self._log.base, look_at(path)
        if state is None or base.state is None or not base.state.may_be_same_content(state):
            return False
        if base.state.is_same_moment(state) or base.content is None:
            return True
        return content_hash(path) == base.content

    def find(self) -> Path | None:
        """Return where the edited file is now: at its place, or moved within its folder.

        A file at its place counts even where its content changed. None where it is gone; any file
        of the person's choice may then be tried with :meth:`matches`.
        """
        if self.path.exists():
            return self.path
        with contextlib.suppress(OSError):
            for candidate in sorted(self.path.parent.iterdir()):
                if _has_size(candidate, self._log.base.state) and self.matches(candidate):
                    return candidate
        return None

    def plan(self, snapshot: Snapshot) -> Plan:
        """Return what brings a freshly opened document to where it was; its ``apply`` does it.

        Reads the journal and the file; call it outside the GUI thread.

        Args:
            snapshot: of the same file, or of one with weights of the same names and shapes.

        Raises:
            JournalError: the journal cannot be read.
            FileError: the document's file cannot be read.
        """
        is_base = snapshot.path is not None and self.matches(snapshot.path)
        try:
            return Planner(self._file, self._log, snapshot).plan(file_is_base=is_base)
        except (OSError, ValueError, MemoryError) as error:
            message = f"the kept edits cannot be read: {error}."
            raise JournalError(self._journal, message) from error

    def apply(self, document: Document) -> Applied:
        """Make the edits again in ``document``, freshly opened, as undoable unsaved edits.

        This is :meth:`plan` and :meth:`Plan.apply` in one, where nobody waits for a window.

        Returns:
            How many edits came back, and a sentence for each weight that they no longer fit.

        Raises:
            JournalError: the journal cannot be read.
            FileError: the document's file cannot be read.
        """
        return self.plan(document.snapshot()).apply(document)

    def discard(self) -> None:
        """Remove the journal: the edits were applied, or are not wanted."""
        self.release()
        with contextlib.suppress(OSError):
            self._journal.unlink()

    def release(self) -> None:
        """Let other windows be offered these edits again."""
        self._file.close()


def _has_size(path: Path, state: FileState | None) -> bool:
    if state is None:
        return False
    try:
        return path.is_dir() or path.stat().st_size == state.size
    except OSError:
        return False


def pending(folder: Path | None = None) -> list[Recovery]:
    """Return the unsaved edits that processes left behind, the latest first.

    Journals without any, and those that nobody wanted for :data:`STALE_DAYS`, are removed, and so
    is what killed saves left among the temporary files. Reads files; call it outside the GUI
    thread.

    Args:
        folder: where journals lie; by default the platform's state folder.
    """
    place = state_folder() if folder is None else folder
    remove_abandoned()
    _remove_unnamed(place)
    found = []
    for journal in _journals(place):
        recovery = _claim(journal)
        if recovery is not None:
            found.append(recovery)
    return sorted(found, key=lambda recovery: recovery.date, reverse=True)


def pending_for(path: Path, recoveries: list[Recovery]) -> list[Recovery]:
    """Return those of ``recoveries`` that concern the file at ``path``, also if it was moved."""
    real = path.resolve()
    return [recovery for recovery in recoveries if recovery.path == real or recovery.matches(real)]


def _claim(journal: Path) -> Recovery | None:
    """Return the edits in ``journal`` where its process ended; remove it where there are none."""
    with contextlib.suppress(OSError), contextlib.ExitStack() as closing:
        file = cast(BinaryIO, closing.enter_context(journal.open("r+b", buffering=0)))
        is_free = locks.lock(file)
        if is_free is False:
            return None
        log = read_log(file)
        if is_free is None and log is not None and log.owner.may_be_alive:
            return None
        if log is not None:
            remove_leftovers(log.base.path.parent)
        age = time.time() - journal.stat().st_mtime
        if log is not None and steps_after(log, log.base.index) and age < STALE_DAYS * _DAY_SECONDS:
            recovery = Recovery(journal, file, log)
            closing.pop_all()  # the recovery keeps it open, and so locked
            return recovery
        closing.close()
        journal.unlink()
    return None


def _journals(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{SUFFIX}"))
    except OSError:
        return []


def _remove_unnamed(folder: Path) -> None:
    """Remove journals whose process ended before they got their name."""
    with contextlib.suppress(OSError):
        for unnamed in folder.glob(f"*{UNNAMED_SUFFIX}"):
            if time.time() - unnamed.stat().st_mtime > _UNNAMED_SECONDS:
                unnamed.unlink()


def owners_of(path: Path, folder: Path, besides: Path | None) -> tuple[Owner, ...]:
    """Return the living processes whose journals in ``folder`` concern the file at ``path``.

    Args:
        path: the file or model folder.
        folder: where journals lie.
        besides: a journal not to count: the asker's own.
    """
    real, state = path.resolve(), look_at(path)
    found = []
    for journal in _journals(folder):
        if journal == besides:
            continue
        with contextlib.suppress(OSError), _if_in_use(journal) as log:
            if log is None or not log.owner.may_be_alive:
                continue
            theirs = log.base.state
            same_file = (
                state is not None
                and theirs is not None
                and (state.inode, state.device) == (theirs.inode, theirs.device)
            )
            if log.base.path == real or same_file:
                found.append(log.owner)
    return tuple(found)


@contextmanager
def _if_in_use(journal: Path) -> Iterator[Log | None]:
    """Yield what a journal says where somebody holds its lock, or where there are no locks."""
    with cast(BinaryIO, journal.open("r+b", buffering=0)) as file:
        is_free = locks.lock(file)
        try:
            yield None if is_free else read_log(file)
        finally:
            if is_free:
                locks.unlock(file)
