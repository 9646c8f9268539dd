"""What an HDF5 file holds: groups with attributes, arrays with their place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weightview.formats.arrays import StoredArray


@dataclass(eq=False)
class Group:
    """One group.

    Attributes:
        path: the address in the file, ``""`` for the root.
        attributes: its attributes; text as ``str``, lists of text as lists.
        groups: the groups inside, in the file's order.
        arrays: the arrays inside.
    """

    path: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    groups: dict[str, "Group"] = field(default_factory=dict)
    arrays: dict[str, StoredArray] = field(default_factory=dict)

    def group(self, path: str) -> "Group | None":
        """Return the group at ``path`` below this one, or None."""
        found: Group | None = self
        for part in path.split("/"):
            if found is None or not part:
                break
            found = found.groups.get(part)
        return found

    def array(self, path: str) -> StoredArray | None:
        """Return the array at ``path`` below this group, or None."""
        folder, _, name = path.rpartition("/")
        group = self.group(folder) if folder else self
        return group.arrays.get(name) if group is not None else None

    def walk(self) -> Iterator["Group"]:
        """Yield this group and all below it, each before those inside it, in natural order."""
        pending = [self]
        while pending:
            group = pending.pop()
            yield group
            names = sorted(group.groups, key=natural, reverse=True)
            pending.extend(group.groups[name] for name in names)

    def all_arrays(self) -> Iterator[StoredArray]:
        """Yield the arrays of this group and all below it, in natural order."""
        for group in self.walk():
            for name in sorted(group.arrays, key=natural):
                yield group.arrays[name]

    @property
    def is_empty(self) -> bool:
        """Whether there is no array in it or below."""
        return next(self.all_arrays(), None) is None


def natural(name: str) -> list[tuple[int, int | str]]:
    """Return a sort key by which ``dense_2`` comes before ``dense_10``."""
    return [
        (0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d{1,18})", name)
    ]
