"""A journal read back: which file it belongs to, and what was done to it since."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from weightview.core.model import Weight
from weightview.formats.journal.filestate import FileState
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.records import DamagedError, Kind, Record, is_whole, scan

_SMALL_BYTES = 64 << 20

Doing = Literal["do", "undo"]


@dataclass(frozen=True)
class Base:
    """The file that the edits are made to.

    Attributes:
        path: where it was, links followed.
        state: what it was; None where it could not be looked at.
        index: after which operation of the journal the file held the document.
        serial: which base of the journal this is.
        content: the checksum of the whole content, None while it was not known.
    """

    path: Path
    state: FileState | None
    index: int
    serial: int
    content: str | None = None


@dataclass(frozen=True)
class Operation:
    """One thing that was done: an edit, or an edit taken back or made again.

    Attributes:
        record: where it stands in the journal.
        doing: whether numbers became those after the edit or those before it.
        first: the first of the edits concerned: they were merged into one step.
        last: the last of them; for a new edit itself.
    """

    record: Record
    doing: Doing
    first: int
    last: int


@dataclass(frozen=True)
class Log:
    """A journal's content.

    Attributes:
        owner: which process wrote it.
        base: the file.
        operations: all that can still be referred to; the first has the index 1.
    """

    owner: Owner
    base: Base
    operations: tuple[Operation, ...]

    @property
    def unsaved(self) -> range:
        """The indices of the operations that the file does not hold."""
        return range(self.base.index + 1, len(self.operations) + 1)

    def operation(self, index: int) -> Operation:
        """Return the operation with this index, counted from 1."""
        return self.operations[index - 1]


def read_log(file: BinaryIO) -> Log | None:
    """Return what the journal in ``file`` tells; None where it does not even tell its file.

    Raises:
        OSError: the file cannot be read.
    """
    reader = _Reader(file)
    for record in scan(file):
        if not reader.take(record):
            break
    if reader.owner is None or reader.base is None:
        return None
    return Log(reader.owner, reader.base, tuple(reader.operations))


class _Reader:
    """Takes records one after another while each makes sense after those before."""

    def __init__(self, file: BinaryIO) -> None:
        self.owner: Owner | None = None
        self.base: Base | None = None
        self.operations: list[Operation] = []
        self._file = file

    def take(self, record: Record) -> bool:
        if record.kind is Kind.BEGIN:
            self.owner = self.owner or Owner.from_fields(record.fields)
            return self.owner is not None
        if record.kind is Kind.BASE:
            return self._take_base(record)
        if record.kind is Kind.HASH:
            return self._take_hash(record)
        return self._take_operation(record)

    def _take_base(self, record: Record) -> bool:
        fields = record.fields
        path, index, serial = fields.get("path"), fields.get("index"), fields.get("serial")
        if not isinstance(path, str) or type(index) is not int or type(serial) is not int:
            return False
        if fields.get("restarts") is True:
            self.operations.clear()
        if not path or "\0" in path or not 0 <= index <= len(self.operations):
            return False
        state = FileState.from_fields(fields.get("state"))
        self.base = Base(Path(path), state, index, serial)
        return True

    def _take_hash(self, record: Record) -> bool:
        content = record.fields.get("content")
        if self.base is None or not isinstance(content, str):
            return False
        if record.fields.get("serial") == self.base.serial:
            self.base = replace(self.base, content=content)
        return True

    def _take_operation(self, record: Record) -> bool:
        index = len(self.operations) + 1
        first, last = record.fields.get("first"), record.fields.get("last", index)
        if self.base is None or record.fields.get("index") != index:
            return False
        if type(first) is not int or type(last) is not int or not 1 <= first <= last <= index:
            return False
        if record.kind is Kind.EDIT:
            # Large numbers are checked when they are needed.
            if record.size <= _SMALL_BYTES and not is_whole(self._file, record):
                return False
            self.operations.append(Operation(record, "do", first, index))
            return True
        for edit in (first, last):
            if edit == index or self.operations[edit - 1].record.kind is not Kind.EDIT:
                return False
        doing: Doing = "undo" if record.kind is Kind.UNDO else "do"
        self.operations.append(Operation(record, doing, first, last))
        return True


@dataclass(frozen=True)
class StoredChange:
    """New numbers for one region of one weight, as a journal holds them.

    Attributes:
        weight_path: the weight's address.
        stored_name: what the file called it.
        dtype: as :func:`dtype_name` gives it.
        shape: the weight's shape.
        region: the cells, as normalised.
        before: where the numbers before begin in the journal.
        nbytes: how many bytes they have; those after follow and have as many.
    """

    weight_path: str
    stored_name: str
    dtype: str
    shape: tuple[int, ...]
    region: tuple[int | slice, ...]
    before: int
    nbytes: int


def changes_of(record: Record) -> tuple[StoredChange, ...]:
    """Return the changes that an EDIT tells.

    Raises:
        DamagedError: it does not describe any.
    """
    weights, changes = record.fields.get("weights"), record.fields.get("changes")
    if not isinstance(weights, list) or not isinstance(changes, list):
        raise DamagedError
    found: list[StoredChange] = []
    offset = record.offset
    for change in changes:
        number, region, nbytes = _fields_of(change, 3)
        if type(number) is not int or not 0 <= number < len(weights):
            raise DamagedError
        if type(nbytes) is not int or nbytes < 0:
            raise DamagedError
        path, stored_name, dtype, shape = _fields_of(weights[number], 4)
        if not all(isinstance(text, str) for text in (path, stored_name, dtype)):
            raise DamagedError
        found.append(
            StoredChange(
                str(path),
                str(stored_name),
                str(dtype),
                _whole_numbers(shape),
                _region(region),
                offset,
                nbytes,
            )
        )
        offset += 2 * nbytes
    if offset != record.offset + record.size:
        raise DamagedError
    return tuple(found)


def _fields_of(value: object, count: int) -> list[object]:
    if not isinstance(value, list) or len(value) != count:
        raise DamagedError
    return value


def _whole_numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(item) is int for item in value):
        raise DamagedError
    return tuple(value)


def _region(value: object) -> tuple[int | slice, ...]:
    if not isinstance(value, list):
        raise DamagedError
    return tuple(
        entry if type(entry) is int else slice(*_whole_numbers(_fields_of(entry, 3)))
        for entry in value
    )


def dtype_name(weight: Weight) -> str:
    """Return what stands for the weight's dtype, byte order included, in a journal."""
    dtype = weight.dtype
    # The types of ml_dtypes all look like "<V1" to numpy; their names differ.
    return dtype.name if dtype.kind == "V" else dtype.str
