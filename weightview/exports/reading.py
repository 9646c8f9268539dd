"""Reading numbers back in: an input or a table from a CSV, NPY or NPZ file.

Nothing in a file is executed: pickled objects are refused, and sizes are checked before anything
is allocated.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from weightview.core.errors import OpenError
from weightview.core.number_tables import NumberTable, TableError, read_table
from weightview.core.numbers import holds_real_numbers, shorten

Array = npt.NDArray[Any]

LIMIT_BYTES = 4 << 30
_LONGEST_TEXT = 256 << 20
_NPY_MAGIC = b"\x93NUMPY"
_ZIP_MAGIC = b"PK\x03\x04"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_numbers(path: Path | str, name: str = "") -> Array:
    """Return the numbers that a file holds.

    The content decides, not the file's name: NPY, NPZ, else a text of numbers, one row a line, as
    :mod:`~weightview.core.number_tables` reads it.

    Args:
        path: the file.
        name: which array of an NPZ that holds several; one of them where it holds only one.

    Returns:
        An array; of a text a table ``(rows, columns)`` in float64, or one axis for a single row
        or a single column.

    Raises:
        OpenError: the file cannot be read as numbers; the sentence says where and why.
    """
    found = _read(Path(path), name)
    if not isinstance(found, NumberTable):
        return found
    table = _in_dtype(Path(path), found, np.dtype(np.float64))
    return table.reshape(-1) if 1 in table.shape else table


def read_numbers_for(
    path: Path | str, dtypes: Iterable[np.dtype[Any]]
) -> tuple[dict[str, Array], str]:
    """Return the numbers that a file holds, for weights of several dtypes, by the dtype's name.

    Beside them how a text was understood, such as ``2 columns separated by commas``; ``""`` for an
    array, which leaves nothing to be understood.

    Numbers in a text are read as if typed into such a weight, so that nothing is rounded twice;
    they come as rows and columns. An array of an NPY or NPZ file comes as it is.

    Raises:
        OpenError: as :func:`read_numbers`; or a number does not fit a dtype.
    """
    file = Path(path)
    found = _read(file, "")
    if not isinstance(found, NumberTable):
        return {dtype.name: found for dtype in dtypes}, ""
    return {dtype.name: _in_dtype(file, found, dtype) for dtype in dtypes}, found.words


def read_text(path: Path | str) -> str:
    """Return the text that a file holds, in the encodings that spreadsheets write.

    Raises:
        OpenError: it cannot be read, is very long, or is no text.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LONGEST_TEXT:
            raise OpenError(file, "it is longer than what is read at once.")
        return _decoded(file, file.read_bytes())
    except OSError as error:
        raise OpenError(file, f"it cannot be read ({error.strerror or error}).") from error


def _read(file: Path, name: str) -> Array | NumberTable:
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_NPY_MAGIC))
            opened.seek(0)
            if magic == _NPY_MAGIC:
                return _read_npy(file, opened)
            if magic.startswith(_ZIP_MAGIC):
                return _read_npz(file, opened, name)
            return _text_table(file, opened)
    except OSError as error:
        raise OpenError(file, f"it cannot be read ({error.strerror or error}).") from error


def _read_npy(file: Path, opened: BinaryIO, place: str = "") -> Array:
    """Return an NPY array, its header checked first."""
    try:
        version = np.lib.format.read_magic(opened)
        reader = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = reader(opened)
    except (ValueError, EOFError) as error:
        raise OpenError(file, f"its NPY header is damaged ({error}).", place=place) from error
    if dtype.hasobject or not holds_real_numbers(dtype):
        raise OpenError(file, f"it holds {dtype}, not numbers.", place=place)
    size = math.prod(shape) * dtype.itemsize
    if size > LIMIT_BYTES:
        raise OpenError(file, f"it holds {size:,} bytes, more than are read at once.", place=place)
    opened.seek(0)
    try:
        array: Array = np.lib.format.read_array(opened, allow_pickle=False)
    except (ValueError, EOFError) as error:
        cause = f"it is shorter than its header says ({error})."
        raise OpenError(file, cause, place=place) from error
    return array


def _read_npz(file: Path, opened: BinaryIO, name: str) -> Array:
    try:
        with zipfile.ZipFile(opened) as archive:
            members = {
                member.filename.removesuffix(".npy"): member
                for member in archive.infolist()
                if member.filename.endswith(".npy")
            }
            chosen = _chosen(file, list(members), name)
            member = members[chosen]
            if member.file_size > LIMIT_BYTES:
                message = f"it holds {member.file_size:,} bytes, more than are read at once."
                raise OpenError(file, message, place=chosen)
            with archive.open(member) as stream:
                # In memory: the header is read first, and a member cannot be rewound cheaply.
                data = stream.read(member.file_size)
            return _read_npy(file, io.BytesIO(data), chosen)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise OpenError(file, f"it is a damaged archive ({error}).") from error


def _chosen(file: Path, names: list[str], name: str) -> str:
    if name in names:
        return name
    if len(names) == 1:
        return names[0]
    if not names:
        raise OpenError(file, "it is an archive without NPY arrays.")
    listed = ", ".join(shorten(one, 24) for one in names[:8])
    wanted = f"; none is called “{shorten(name, 24)}”" if name else ""
    raise OpenError(file, f"it holds {len(names)} arrays ({listed}){wanted}.")


def _text_table(file: Path, opened: BinaryIO) -> NumberTable:
    if opened.seek(0, 2) > LIMIT_BYTES:
        raise OpenError(file, "it is longer than what is read at once.")
    opened.seek(0)
    text = _decoded(file, opened.read())
    if not text.strip():
        raise OpenError(file, "it is empty.")
    try:
        return read_table(text)
    except TableError as error:
        raise _at_line(file, error) from error


def _decoded(file: Path, data: bytes) -> str:
    """Return a text in the encodings that spreadsheets write."""
    encoding = "utf-16" if data[:2] in _UTF16_MARKS else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        # Names in an older code page do not touch the numbers; a binary file has control codes.
        text = data.decode("latin-1")
        if _CONTROL.search(text):
            raise OpenError(file, "it is neither a text nor an NPY or NPZ file.") from error
    if "\x00" in text:
        raise OpenError(file, "it is neither a text nor an NPY or NPZ file.")
    return text


def _in_dtype(file: Path, table: NumberTable, dtype: np.dtype[Any]) -> Array:
    try:
        return table.array(dtype)
    except TableError as error:
        raise _at_line(file, error) from error


def _at_line(file: Path, error: TableError) -> OpenError:
    return OpenError(file, error.cause, place=f"line {error.line}" if error.line else "")
