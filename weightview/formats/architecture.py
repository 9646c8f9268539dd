"""A model's architecture from a file of its own, to be paired with weights alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.core.model import Generation
from weightview.formats.config.json_text import MAXIMUM_BYTES, parse_json
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.probe import Probe
from weightview.formats.source import SourceFile

CONFIG, METADATA, MODEL_CONFIG = "config.json", "metadata.json", "model_config"


@dataclass(frozen=True)
class Architecture:
    """What a file says of a model beside its weights.

    Attributes:
        entry: class name and config of the model.
        keras_version: as stored, ``""`` where it is not.
        warnings: what was odd beside the config, as sentences.
    """

    entry: Mapping[str, Any]
    keras_version: str
    warnings: tuple[str, ...] = ()

    @property
    def generation(self) -> Generation | None:
        """The major version of Keras, by the stored version or by how the config is written."""
        return generation_of(self.keras_version) or generation_of_config(self.entry)


def read_architecture(path: Path) -> Architecture:
    """Read the architecture from JSON of ``to_json()``, or from a whole model.

    Raises:
        OpenError: the file is neither, or damaged.
    """
    probe = Probe(path)
    if probe.is_zip and CONFIG in probe.archive.members:
        archive = probe.archive
        entry = parse_json(archive.read(CONFIG, MAXIMUM_BYTES), path, CONFIG)
        if METADATA not in archive.members:
            return Architecture(entry, "")

        def of_archive() -> dict[str, Any]:
            return parse_json(archive.read(METADATA, MAXIMUM_BYTES), path, METADATA)

        return _with_metadata(entry, of_archive)
    if probe.is_hdf5:
        attributes = hdf5_tree(probe).root.attributes
        if MODEL_CONFIG in attributes:
            entry = parse_json(config_text(attributes[MODEL_CONFIG]), path, MODEL_CONFIG)
            return Architecture(entry, str(attributes.get("keras_version", "")))
    if probe.is_folder and (path / CONFIG).is_file():
        entry = _json_file(path / CONFIG)
        if not (path / METADATA).exists():
            return Architecture(entry, "")
        return _with_metadata(entry, lambda: _json_file(path / METADATA))
    if probe.is_json_object:
        entry = _json_file(path)
        if "class_name" in entry and "config" in entry:
            return Architecture(entry, str(entry.get("keras_version", "")))
    raise OpenError(path, "it describes no model; it may be JSON of to_json() or a whole model.")


def _with_metadata(entry: Mapping[str, Any], read: Callable[[], Mapping[str, Any]]) -> Architecture:
    """Return the architecture with the version that its metadata tell, or a warning about them.

    Config and weights tell everything else: damaged metadata need not keep anybody out.
    """
    try:
        metadata = read()
    except OpenError as error:
        return Architecture(entry, "", (f"{METADATA} is damaged and left out: {error.cause}",))
    version = metadata.get("keras_version")
    return Architecture(entry, version if isinstance(version, str) else "")


def config_text(value: Any) -> bytes | str:
    """Return a config attribute of an HDF5 file as the text or bytes that it is."""
    return value if isinstance(value, (bytes, str)) else str(value)


def _json_file(path: Path) -> dict[str, Any]:
    source = SourceFile(path)
    if source.size > MAXIMUM_BYTES:
        raise OpenError(path, "it is too large for a model's description.")
    return parse_json(source.read(0, source.size), path, "the JSON text")


def generation_of(version: str) -> Generation | None:
    """Return the major version of Keras, None where the text is not one."""
    major = version.split(".", 1)[0]
    found: dict[str, Generation] = {"1": 1, "2": 2, "3": 3}
    return found.get(major)


def generation_of_config(entry: Mapping[str, Any]) -> Generation | None:
    """Return the generation by how a config is written, where no version is stored."""
    text = str(entry)
    if "__keras_tensor__" in text or "'batch_shape'" in text or "DTypePolicy" in text:
        return 3
    if "'kernel_initializer'" in text:
        return 2
    return 1 if "'output_dim'" in text or "'nb_filter'" in text else None
