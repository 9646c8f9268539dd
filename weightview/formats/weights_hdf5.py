"""Weights alone in HDF5: ``.weights.h5`` of Keras 3, and older files without a config."""

from pathlib import Path

from weightview.formats.arrays import FileStorage
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.hdf5.rewriting import FileHost
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.hdf5.tree import Group
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe
from weightview.formats.weights import describe_weights, holds_weights


def recognises(probe: Probe) -> bool:
    """Return whether this is HDF5 with weights as any Keras lays them out."""
    return probe.is_hdf5 and holds_weights(_root(probe))


def _root(probe: Probe) -> Group:
    """Return the group that holds the weights: the root, or one that a whole model would have."""
    root = hdf5_tree(probe).root
    return root if holds_weights(root) else root.groups.get("model_weights", root)


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the file: the places of the weights, no numbers.

    Raises:
        OpenError: the HDF5 data is damaged, or the architecture is not of these weights.
    """
    file = hdf5_tree(probe)
    described = describe_weights(_root(probe), probe.path, "weights in HDF5 (.h5)", architecture)
    made = described.made
    storage = FileStorage(
        probe.source, made.arrays, PatchingSaver(made.twins, host=FileHost(probe.source))
    )
    return Opened(made.model, storage, (*file.warnings, *described.warnings))
