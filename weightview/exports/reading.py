"""Reading numbers back in: an input or a table from a CSV, NPY or NPZ file.

Nothing in a file is executed: pickled objects are refused, and sizes are checked before anything
is allocated.
"""

import csv
import io
import math
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from weightview.core.errors import NumberError, OpenError
from weightview.core.numbers import holds_real_numbers, parse_number, shorten

Array = npt.NDArray[Any]

LIMIT_BYTES = 4 << 30
_NPY_MAGIC = b"\x93NUMPY"
_ZIP_MAGIC = b"PK\x03\x04"
_SEPARATORS = "\t;, "


def read_numbers(path: Path | str, name: str = "") -> Array:
    """Return the numbers that a file holds.

    The content decides, not the file's name: NPY, NPZ, else a text of numbers, one row a line,
    separated by tabs, semicolons, commas or spaces, with or without a line of headings.

    Args:
        path: the file.
        name: which array of an NPZ that holds several; one of them where it holds only one.

    Returns:
        An array; of a text a table ``(rows, columns)`` in float64, or one axis for a single row
        or a single column.

    Raises:
        OpenError: the file cannot be read as numbers; the sentence says where and why.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_NPY_MAGIC))
            opened.seek(0)
            if magic == _NPY_MAGIC:
                return _read_npy(file, opened)
            if magic.startswith(_ZIP_MAGIC):
                return _read_npz(file, opened, name)
            return _read_text(file, opened)
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


def _read_text(file: Path, opened: BinaryIO) -> Array:
    if opened.seek(0, 2) > LIMIT_BYTES:
        raise OpenError(file, "it is longer than what is read at once.")
    opened.seek(0)
    try:
        text = opened.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OpenError(file, "it is neither a text nor an NPY or NPZ file.") from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise OpenError(file, "it is empty.")
    rows = _cells(lines)
    if not _is_row_of_numbers(rows[0]) and len(rows) > 1:
        heading, rows = 1, rows[1:]
    else:
        heading = 0
    table = _table(file, rows, heading)
    return table.reshape(-1) if 1 in table.shape else table


def _cells(lines: list[str]) -> list[list[str]]:
    separator = next((s for s in _SEPARATORS if s in lines[0].strip()), ",")
    if separator == " ":
        return [line.split() for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator) if row]


def _is_row_of_numbers(row: list[str]) -> bool:
    try:
        for cell in row:
            if cell:
                parse_number(cell, np.dtype(np.float64))
    except NumberError:
        return False
    return True


def _table(file: Path, rows: list[list[str]], heading: int) -> Array:
    width = len(rows[0])
    # A separator at the end of each line closes it and makes no column.
    if width > 1 and all(len(row) == width and not row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
        width -= 1
    table = np.empty((len(rows), width))
    for number, row in enumerate(rows):
        place = f"line {number + 1 + heading}"
        if len(row) != width:
            message = f"it has {len(row)} cells where the first row has {width}."
            raise OpenError(file, message, place=place)
        try:
            table[number] = [float(cell) for cell in row]
        except ValueError:
            table[number] = [_number(file, cell, place) for cell in row]
    return table


def _number(file: Path, cell: str, place: str) -> float:
    try:
        return float(parse_number(cell, np.dtype(np.float64)))
    except NumberError as error:
        raise OpenError(file, str(error), place=place) from error
