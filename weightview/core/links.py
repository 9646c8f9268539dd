"""Links to a cell: ``file::layer/weight[i,j]``, as they are copied, and as a start opens them."""

import re
from dataclasses import dataclass
from pathlib import Path

SEPARATOR = "::"
_TARGET = re.compile(r"^(?P<weight>.*?)(?:\[(?P<places>[\d\s,-]*)\])?$", re.DOTALL)


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
        return f"{self.file}{SEPARATOR}{self.weight}{cell}" if self.weight else self.file


def parse_link(text: str) -> Link:
    """Return what ``text`` links to.

    A file that is called like a link is meant itself.
    """
    file, separator, target = text.rpartition(SEPARATOR)
    if not separator or not file or Path(text).exists():
        return Link(text)
    match = _TARGET.match(target)
    assert match is not None  # it matches any text
    places = match["places"]
    index = tuple(int(place) for place in re.findall(r"-?\d+", places)) if places else None
    return Link(file, match["weight"], index)
