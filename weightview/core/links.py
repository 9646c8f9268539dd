"""Links to a cell: ``file::layer/weight[i,j]``, as they are copied, and as a start opens them."""

import re
from dataclasses import dataclass
from pathlib import Path

SEPARATOR = "::"
_PLACE = re.compile(r"-?\d{1,18}")  # more digits than any axis has
_TARGET = re.compile(r"(?P<weight>.*?)(?:\[(?P<places>[\d\s,-]*)\])?", re.DOTALL)


@dataclass(frozen=True)
class Link:
    """A file, and perhaps a weight and a cell in it.

    Attributes:
        file: the file's path, as it was written.
        weight: the weight's path, ``outer/dense/kernel``, or ``""``.
        index: the cell, or None.
    """

    file: str
    weight: str = ""
    index: tuple[int, ...] | None = None

    def __str__(self) -> str:
        """Return the link as text."""
        cell = f"[{','.join(map(str, self.index))}]" if self.index else ""
        if not cell and self.weight.endswith("]"):
            cell = "[]"  # else the end of the name would be taken for a cell
        return f"{self.file}{SEPARATOR}{self.weight}{cell}" if self.weight else self.file


def parse_link(text: str) -> Link:
    """Return what ``text`` links to.

    A file that is called like a link is meant itself. Where files and weights have the separator
    in their names, the longest file that exists is meant, else the last separator counts.
    """
    ends = [i for i in range(1, len(text)) if text.startswith(SEPARATOR, i)]
    if not ends or _exists(text):
        return Link(text)
    end = next((i for i in reversed(ends) if _exists(text[:i])), ends[-1])
    file, target = text[:end], text[end + len(SEPARATOR) :]
    match = _TARGET.fullmatch(target)
    assert match is not None  # it matches any text
    places = match["places"]
    index = tuple(int(place) for place in re.findall(_PLACE, places)) if places else None
    return Link(file, match["weight"], index)


def _exists(file: str) -> bool:
    try:
        return Path(file).exists()
    except (OSError, ValueError):  # too long, or with a null character
        return False
