"""Weights alone in HDF5: ``.weights.h5`` of Keras 3, and the older files without a config."""

from pathlib import Path

from weightview.formats.arrays import FileStorage
from weightview.formats.assembly import Origin, assemble
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.leftover import others
from weightview.formats.layouts.numbered import layer_of_group
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe

_NO_CONFIG = (
    "The file holds weights without the model's config: layers are named and ordered as the file "
    "names them, and nothing can be calculated. Pair it with its architecture to change that."
)


def recognises(probe: Probe) -> bool:
    """Return whether this is HDF5 with variables numbered as Keras 3 numbers them."""
    return probe.is_hdf5 and _is_numbered(hdf5_tree(probe).root)


def _is_numbered(root: Group) -> bool:
    return any(group.path.rpartition("/")[2] == "vars" for group in root.walk())


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the file: the places of the weights, no numbers.

    Raises:
        OpenError: the HDF5 data is damaged.
    """
    del architecture
    file = hdf5_tree(probe)
    taken: set[str] = set()
    apart = Group("", file.root.attributes, dict(file.root.groups), dict(file.root.arrays))
    kept_apart = [name for name in apart.groups if name in _APART]
    for name in kept_apart:
        del apart.groups[name]
    root = layer_of_group(probe.path.stem, apart, taken, is_listed=False)
    root = Draft(probe.path.name.split(".")[0], "", inner=root.inner, extra=root.extra)
    origin = Origin(format_name="weights of Keras 3 (.weights.h5)", has_config=False)
    made = assemble(root, origin, others(file.root, taken))
    storage = FileStorage(probe.source, made.arrays, PatchingSaver(made.twins))
    return Opened(made.model, storage, (*file.warnings, _NO_CONFIG))


_APART = ("optimizer", "metrics", "_metrics", "_compile_metrics", "_loss_tracker")
