"""``.keras`` of Keras 3, and of 2.12 to 2.16: a ZIP with metadata, config and weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.core.numbers import shorten
from weightview.formats.architecture import CONFIG, METADATA, read_architecture
from weightview.formats.archive import STORED, Archive
from weightview.formats.archive_host import ArchiveHost, PackedSaver
from weightview.formats.arrays import FileStorage, Saver
from weightview.formats.assembly import Assembled, Origin, assemble
from weightview.formats.config.code import code_in
from weightview.formats.config.layers import ConfigReader
from weightview.formats.hdf5.reader import read_tree
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.checks import oddities
from weightview.formats.layouts.leftover import others
from weightview.formats.layouts.numbered import bind_numbered
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe
from weightview.formats.vocabularies import ArchiveAssets, Assets, attach_words

WEIGHTS = "model.weights.h5"
_CHECKED_BYTES = 32 << 20
"""Larger weights are not read through while the file is opened."""


def recognises(probe: Probe) -> bool:
    """Return whether this is a ZIP with a config of Keras in it."""
    if not probe.is_zip:
        return False
    names = {name.rpartition("/")[2].lower() for name in probe.archive.members}
    return not names or bool(names & {CONFIG, METADATA, WEIGHTS.lower()})


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the archive: config and the places of the weights, no numbers.

    Raises:
        OpenError: a member is missing, damaged or too large.
    """
    del architecture
    archive, path = probe.archive, probe.path
    for needed, what in ((CONFIG, "config"), (WEIGHTS, "weights")):
        if needed not in archive.members:
            raise OpenError(
                path, f"the archive holds no {what} ({needed}){_near(archive, needed)}."
            )
    member = archive.members[WEIGHTS]
    host = ArchiveHost(archive, WEIGHTS)
    container = host.container()
    tree, odd = read_tree(container)
    made, warnings = describe(path, tree, "Keras 3 archive (.keras)", ArchiveAssets(archive))
    if member.method == STORED and member.size <= _CHECKED_BYTES and not archive.check(member):
        odd.append(
            f"The checksum of {WEIGHTS} is wrong: the file is damaged, and some numbers may be."
        )
    saver: Saver = PatchingSaver(made.twins, host.checksums, host)
    if member.method != STORED:
        saver = PackedSaver(host, made.twins)
    storage = FileStorage(container.source, made.arrays, saver)
    return Opened(made.model, storage, (*odd, *warnings))


def _near(archive: Archive, needed: str) -> str:
    """Return where a member lies that may be the one looked for."""
    for name in archive.members:
        if name.rpartition("/")[2].lower() == needed.lower():
            return f", only “{shorten(name)}”"
    return " and is empty" if not archive.members else ""


def describe(
    path: Path, tree: Group, format_name: str, assets: Assets
) -> tuple[Assembled, list[str]]:
    """Return the model that ``path`` (archive or folder) describes, with the weights of ``tree``.

    Args:
        path: the archive or folder.
        tree: its weights.
        format_name: how the format is called in a sentence.
        assets: the files beside the config.

    Returns:
        The model with its arrays, and warnings as sentences.

    Raises:
        OpenError: the config is damaged.
    """
    found = read_architecture(path)
    origin = Origin(
        format_name=format_name,
        generation=found.generation,
        keras_version=found.keras_version,
        compile_config=_compile_config(found.entry),
    )
    reader = ConfigReader(origin.generation)
    root = reader.model(found.entry)
    taken = bind_numbered(root, tree)
    attach_words(root, assets)
    warnings = [*found.warnings, *code_in(found.entry), *reader.warnings, *oddities(root, tree)]
    if not found.keras_version and not found.warnings:
        warnings.append("The file does not say which Keras wrote it (no version in its metadata).")
    return assemble(root, origin, others(tree, taken)), warnings


def _compile_config(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("compile_config")
    return found if isinstance(found, Mapping) else {}
