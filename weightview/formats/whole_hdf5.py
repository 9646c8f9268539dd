"""A whole model in HDF5 (``.h5``, ``.hdf5``, and ``.keras`` of Keras 2), of Keras 1, 2 and 3."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.formats.architecture import MODEL_CONFIG, Architecture, config_text
from weightview.formats.arrays import FileStorage
from weightview.formats.assembly import Origin, assemble
from weightview.formats.config.code import code_in
from weightview.formats.config.json_text import parse_json
from weightview.formats.config.layers import ConfigReader
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.hdf5.rewriting import FileHost
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.by_name import bind_by_name, odd_names
from weightview.formats.layouts.checks import oddities
from weightview.formats.layouts.leftover import others
from weightview.formats.opened import Opened
from weightview.formats.order import WeightOrder
from weightview.formats.probe import Probe

_WEIGHTS = "model_weights"


def recognises(probe: Probe) -> bool:
    """Return whether this is HDF5 with a model's config in it."""
    return probe.is_hdf5 and MODEL_CONFIG in hdf5_tree(probe).root.attributes


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the file: config and the places of the weights, no numbers.

    Raises:
        OpenError: the config or the HDF5 data is damaged.
    """
    del architecture
    file = hdf5_tree(probe)
    attributes = file.root.attributes
    entry = parse_json(config_text(attributes[MODEL_CONFIG]), probe.path, MODEL_CONFIG)
    weights = file.root.groups.get(_WEIGHTS, Group(_WEIGHTS))
    version = _text(attributes, "keras_version") or _text(weights.attributes, "keras_version")
    training, oddity = _training(attributes, probe.path)
    origin = Origin(
        format_name="whole model in HDF5 (.h5)",
        generation=Architecture(entry, version).generation or 1,
        keras_version=version,
        backend=_text(attributes, "backend") or _text(weights.attributes, "backend"),
        compile_config=training,
    )
    reader = ConfigReader(origin.generation)
    root = reader.model(entry)
    taken = bind_by_name(root, weights, WeightOrder(origin.generation, version))
    warnings = [
        *oddity,
        *file.warnings,
        *code_in(entry),
        *code_in(origin.compile_config),
        *reader.warnings,
        *odd_names(weights),
        *oddities(root, file.root),
    ]
    made = assemble(root, origin, others(file.root, taken))
    storage = FileStorage(
        probe.source, made.arrays, PatchingSaver(made.twins, host=FileHost(probe.source))
    )
    return Opened(made.model, storage, tuple(dict.fromkeys(warnings)))


def _training(attributes: Mapping[str, Any], path: Path) -> tuple[Mapping[str, Any], list[str]]:
    """Return the training config, or a sentence where it is damaged: the weights need it not."""
    text = config_text(attributes.get("training_config", ""))
    try:
        return (parse_json(text, path, "training_config") if text else {}), []
    except OpenError as error:
        return {}, [f"The training config is left out: {error.cause}"]


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    return value if isinstance(value, str) else ""
