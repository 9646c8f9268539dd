"""The thread that appends records to a journal's file, so that editing never waits for a disk.

A record is handed to the system at once, which outlives the process, and to the disk within half
a second, which outlives a power cut. Where the disk is full the record is tried again each second.
"""

import contextlib
import os
import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from weightview.core.values import Array
from weightview.formats import locks
from weightview.formats.journal.filestate import FileState, content_hash, look_at
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.records import MAGIC, Encoder, Kind, chunks_of
from weightview.formats.leftovers import remove_leftovers

SUFFIX = ".journal"
UNNAMED_SUFFIX = ".journal-new"
_SYNC_SECONDS = 0.5
_RETRY_SECONDS = 1.0
_MOST_WAITING_BYTES = 1 << 30
_CHANGING = (Kind.EDIT, Kind.UNDO, Kind.REDO)


@dataclass(frozen=True)
class Entry:
    """What is to be written as one record.

    Attributes:
        kind: what the record tells.
        fields: its JSON object.
        arrays: the numbers after it; nobody changes them any more.
        base: for a BASE, the file it speaks of, which the thread looks at.
        restarts: for a BASE, whether nothing before it is needed any more.
    """

    kind: Kind
    fields: Mapping[str, Any]
    arrays: tuple[Array, ...] = ()
    base: Path | None = None
    restarts: bool = False

    @property
    def nbytes(self) -> int:
        """How many bytes wait for the disk with it."""
        return sum(array.nbytes for array in self.arrays)


@dataclass
class _Flush:
    done: threading.Event = field(default_factory=threading.Event)
    ends: bool = False
    keeps: bool = True


class Writer:
    """One journal file and the thread that alone touches it."""

    def __init__(
        self, folder: Path, owner: Owner, on_trouble: Callable[[str], None] | None
    ) -> None:
        """Start the thread; the file is made there.

        Args:
            folder: where journals lie; made where absent.
            owner: this process.
            on_trouble: called from the thread with a sentence when the journal cannot be written,
                and with ``""`` when it can again.
        """
        self._folder = folder
        self._owner = owner
        self._on_trouble = on_trouble
        self._entries: queue.SimpleQueue[Entry | _Flush] = queue.SimpleQueue()
        # Each is counted by one thread alone, so that no edit waits for a lock.
        self._put_bytes = 0
        self._written_bytes = 0
        self._stopped = threading.Event()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._encoder = Encoder()
        self._end = 0
        self._state: FileState | None = None
        self._hashing = threading.Event()
        self._to_hash: Entry | None = None
        self._in_trouble = False
        self._unsynced = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path | None:
        """The journal's file, once it is there."""
        return self._path

    def put(self, entry: Entry) -> None:
        """Have ``entry`` written; returns at once. For the document's thread."""
        self._put_bytes += entry.nbytes
        self._entries.put(entry)

    def flush(self, seconds: float) -> bool:
        """Wait until everything put before is on disk; return whether it is within ``seconds``."""
        marker = _Flush()
        self._entries.put(marker)
        return marker.done.wait(seconds) and not self._in_trouble

    def end(self, *, keep: bool, seconds: float) -> None:
        """Write what waits, or with ``keep`` False remove the file, and end the thread."""
        self._hashing.set()
        if not keep:
            self._stopped.set()
        self._entries.put(_Flush(ends=True, keeps=keep))
        self._thread.join(seconds)
        self._stopped.set()

    def _run(self) -> None:
        while True:
            try:
                item = self._entries.get(timeout=_SYNC_SECONDS if self._unsynced else None)
            except queue.Empty:
                self._sync()
                continue
            if isinstance(item, Entry):
                self._write_until_done(item)
                continue
            self._sync()
            item.done.set()
            if item.ends:
                self._close(item.keeps)
                return

    def _sync(self) -> None:
        if self._file is not None and self._unsynced:
            with contextlib.suppress(OSError):  # the write itself succeeded; some places cannot
                os.fsync(self._file.fileno())
        self._unsynced = False

    def _write_until_done(self, entry: Entry) -> None:
        while not self._stopped.is_set():
            try:
                self._write(entry)
            except OSError as error:
                self._report(f"Edits cannot be kept for recovery: {error.strerror or error}.")
                if self._put_bytes - self._written_bytes > _MOST_WAITING_BYTES:
                    # What follows builds on this record: without it nothing after has a meaning.
                    self._stopped.set()
                self._stopped.wait(_RETRY_SECONDS)
                continue
            self._report("")
            break
        self._written_bytes += entry.nbytes

    def _report(self, sentence: str) -> None:
        if bool(sentence) != self._in_trouble:
            self._in_trouble = bool(sentence)
            if self._on_trouble is not None:
                self._on_trouble(sentence)

    def _write(self, entry: Entry) -> None:
        if entry.base is not None:
            entry = self._looked_at(entry, entry.base)
        if self._file is None or (entry.restarts and self._end > len(MAGIC)):
            self._start_file(entry)
            return
        self._append(entry)
        if entry.kind in _CHANGING and self._to_hash is not None:
            self._start_hashing(self._to_hash)
            self._to_hash = None

    def _looked_at(self, entry: Entry, base: Path) -> Entry:
        """Return ``entry`` with the state of the file it speaks of, to be hashed when edited."""
        self._hashing.set()
        self._hashing = threading.Event()
        real = base.resolve()
        remove_leftovers(real.parent)
        self._state = look_at(real)
        state = self._state.as_fields() if self._state is not None else None
        fields = {**entry.fields, "path": str(real), "state": state}
        looked = Entry(entry.kind, fields, base=None, restarts=entry.restarts)
        self._to_hash = looked
        return looked

    def _start_hashing(self, base: Entry) -> None:
        state, cancelled = self._state, self._hashing
        if state is None:
            return

        def compute() -> None:
            path = Path(base.fields["path"])
            found = content_hash(path, cancelled.is_set)
            now = look_at(path)
            # A file that another program wrote meanwhile has no checksum that means anything.
            if found is not None and now is not None and now.is_same_moment(state):
                fields = {"serial": base.fields["serial"], "content": found}
                self._entries.put(Entry(Kind.HASH, fields))

        threading.Thread(target=compute, name="journal-hash", daemon=True).start()

    def _start_file(self, base: Entry) -> None:
        """Begin a new file with ``base``; the one before, where there is one, is removed.

        It gets its name only when it is locked and says what it is, so nobody takes it for the
        journal of a process that ended.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{int(self._owner.opened)}-{self._owner.process}-{secrets.token_hex(8)}"
        temporary = self._folder / f"{name}{UNNAMED_SUFFIX}"
        descriptor = os.open(
            temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        before = (self._file, self._path, self._encoder, self._end)
        self._file = cast(BinaryIO, os.fdopen(descriptor, "r+b", buffering=0))
        self._encoder, self._end = Encoder(), 0
        try:
            locks.lock(self._file)
            self._write_at_end(MAGIC)
            self._append(Entry(Kind.BEGIN, self._owner.as_fields()))
            self._append(base)
            path = temporary.with_suffix(SUFFIX)
            if os.name == "nt":  # an open file cannot be renamed there
                self._file = _reopened(self._file, temporary, path)
            else:
                temporary.replace(path)
            self._path = path
        except OSError:
            with contextlib.suppress(OSError):
                self._file.close()
                temporary.unlink()
            self._file, self._path, self._encoder, self._end = before
            raise
        _remove(before[0], before[1])

    def _append(self, entry: Entry) -> None:
        head, end = self._encoder.head(entry.kind, entry.fields, entry.arrays)
        start = self._end
        try:
            self._write_at_end(head)
            for array in entry.arrays:
                for chunk in chunks_of(array):
                    self._write_at_end(chunk)
        except OSError:
            self._end = start
            assert self._file is not None
            with contextlib.suppress(OSError):
                self._file.truncate(start)
            raise
        self._encoder.written(end)
        self._unsynced = True

    def _write_at_end(self, data: bytes | memoryview) -> None:
        assert self._file is not None
        self._file.seek(self._end)
        remaining = memoryview(data)
        while remaining:
            count = self._file.write(remaining)
            self._end += count
            remaining = remaining[count:]

    def _close(self, keep: bool) -> None:
        if self._file is None:
            return
        if keep:
            self._file.close()
        else:
            _remove(self._file, self._path)
        self._file = None


def _reopened(file: BinaryIO, temporary: Path, path: Path) -> BinaryIO:
    file.close()
    temporary.replace(path)
    again = path.open("r+b", buffering=0)
    locks.lock(again)
    return again


def _remove(file: BinaryIO | None, path: Path | None) -> None:
    if file is not None:
        with contextlib.suppress(OSError):
            file.close()
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()
