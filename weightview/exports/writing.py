"""Writing numbers for other programs: a CSV that keeps every bit, or an NPY."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from weightview.core.numbers import is_integer
from weightview.formats.atomic import replacing

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class _Encoder:
    """Takes text for a file of bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode())


def write_csv(target: Path, rows: Iterable[Sequence[str]], progress: Callable[[int], None]) -> None:
    """Write rows of cells to a CSV in UTF-8, cells parted by commas and quoted where need be.

    Args:
        target: the file to be; it is whole, or what it was before.
        rows: the cells, names made safe by :func:`safe_name`.
        progress: told before each row how many are written; what it raises ends the writing.

    Raises:
        SaveError: the file cannot be written.
    """
    with replacing(target) as file:
        writer = csv.writer(_Encoder(file), lineterminator="\n")
        for number, row in enumerate(rows):
            progress(number)
            writer.writerow(row)


def write_npy(target: Path, array: npt.NDArray[Any]) -> None:
    """Write an array to an NPY; the types that NumPy has not become wider ones that hold them.

    Raises:
        SaveError: the file cannot be written.
    """
    if array.dtype.kind not in "biuf":
        array = array.astype(np.int8 if is_integer(array.dtype) else np.float32)
    with replacing(target, array.nbytes) as file:
        np.lib.format.write_array(file, np.asarray(array, order="C"), allow_pickle=False)


def safe_name(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula: it may come from a stranger's file."""
    return f"'{name}" if name.startswith(_FORMULA_SIGNS) else name
