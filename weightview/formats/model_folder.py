"""An unzipped Keras 3 model: a folder with ``config.json`` and ``model.weights.h5``."""

from pathlib import Path

from weightview.core.errors import OpenError
from weightview.formats.architecture import CONFIG
from weightview.formats.arrays import FileStorage
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.hdf5.rewriting import FileHost
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.keras_archive import WEIGHTS, describe
from weightview.formats.opened import Opened
from weightview.formats.parts import PartsStorage
from weightview.formats.probe import Probe
from weightview.formats.vocabularies import FolderAssets


def recognises(probe: Probe) -> bool:
    """Return whether this is a folder with a config and weights of Keras 3."""
    return probe.is_folder and (probe.path / CONFIG).is_file()


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the folder: config and the places of the weights, no numbers.

    Raises:
        OpenError: a file is missing or damaged.
    """
    del architecture
    folder = probe.path
    if not (folder / WEIGHTS).is_file():
        raise OpenError(folder, f"the folder holds no weights ({WEIGHTS}).")
    if (folder / WEIGHTS).resolve().parent != folder.resolve():
        raise OpenError(folder, f"{WEIGHTS} is a link to a place outside the model's folder.")
    weights = Probe(folder / WEIGHTS)
    if not weights.is_hdf5:
        raise OpenError(folder, "this is no HDF5 file.", place=WEIGHTS)
    file = hdf5_tree(weights)
    made, warnings = describe(folder, file.root, "unzipped Keras 3 model", FolderAssets(folder))
    storage = FileStorage(
        weights.source, made.arrays, PatchingSaver(made.twins, host=FileHost(weights.source))
    )
    parts = PartsStorage(folder, {folder / WEIGHTS: storage})
    return Opened(made.model, parts, (*file.warnings, *warnings))
