"""``.keras`` of Keras 3, and of 2.12 to 2.16: a ZIP with metadata, config and weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.formats.architecture import CONFIG, METADATA, Architecture
from weightview.formats.arrays import FileStorage
from weightview.formats.assembly import Origin, assemble
from weightview.formats.config.json_text import MAXIMUM_BYTES, parse_json
from weightview.formats.config.layers import ConfigReader
from weightview.formats.hdf5.reader import Container, read_tree
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.layouts.leftover import others
from weightview.formats.layouts.numbered import bind_numbered
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe

WEIGHTS = "model.weights.h5"


def recognises(probe: Probe) -> bool:
    """Return whether this is a ZIP with a config of Keras in it."""
    return probe.is_zip and CONFIG in probe.archive.members


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the archive: config and the places of the weights, no numbers.

    Raises:
        OpenError: a member is missing, damaged or too large.
    """
    del architecture
    archive, path = probe.archive, probe.path
    if WEIGHTS not in archive.members:
        raise OpenError(path, "the archive holds no weights (model.weights.h5).")
    entry = parse_json(archive.read(CONFIG, MAXIMUM_BYTES), path, CONFIG)
    metadata: dict[str, Any] = {}
    if METADATA in archive.members:
        metadata = parse_json(archive.read(METADATA, MAXIMUM_BYTES), path, METADATA)
    version = str(metadata.get("keras_version", ""))
    origin = Origin(
        format_name="Keras 3 archive (.keras)",
        generation=Architecture(entry, version).generation,
        keras_version=version,
        compile_config=compile_config(entry),
    )
    reader = ConfigReader(origin.generation)
    root = reader.model(entry)
    member = archive.members[WEIGHTS]
    tree, warnings = read_tree(Container(probe.source, member.offset, member.size, WEIGHTS))
    taken = bind_numbered(root, tree)
    made = assemble(root, origin, others(tree, taken))
    saver = PatchingSaver(made.twins, [member.checksum])
    storage = FileStorage(probe.source, made.arrays, saver)
    return Opened(made.model, storage, (*warnings, *reader.warnings))


def compile_config(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return loss, optimizer and metrics as the config holds them."""
    found = entry.get("compile_config")
    return found if isinstance(found, Mapping) else {}
