"""One walk through an HDF5 file for all formats that ask about it."""

from dataclasses import dataclass
from pathlib import Path

from weightview.formats.hdf5.reader import Container, read_tree
from weightview.formats.hdf5.tree import Group
from weightview.formats.probe import Probe


@dataclass(frozen=True, eq=False)
class Hdf5File:
    """What a walk found.

    Attributes:
        root: the root group.
        warnings: what was odd, as sentences.
    """

    root: Group
    warnings: tuple[str, ...]
    path: Path


def hdf5_tree(probe: Probe) -> Hdf5File:
    """Return the file's tree, walked once per probe.

    Raises:
        OpenError: the HDF5 data is damaged.
    """
    found = probe.kept.get("hdf5")
    if not isinstance(found, Hdf5File):
        root, warnings = read_tree(Container(probe.source, 0, probe.source.size))
        found = probe.kept["hdf5"] = Hdf5File(root, tuple(warnings), probe.path)
    return found
