"""Weights in an HDF5 tree, with or without the architecture that names and orders them."""

from dataclasses import dataclass, field
from pathlib import Path

from weightview.core.errors import OpenError
from weightview.formats.architecture import generation_of, read_architecture
from weightview.formats.assembly import Assembled, Origin, assemble
from weightview.formats.config.code import code_in
from weightview.formats.config.layers import ConfigReader
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.by_name import bind_by_name, is_by_name, layers_by_name, odd_names
from weightview.formats.layouts.checks import oddities
from weightview.formats.layouts.leftover import APART, others
from weightview.formats.layouts.numbered import bind_numbered, is_numbered, layer_of_group
from weightview.formats.order import WeightOrder
from weightview.formats.vocabularies import assets_of, attach_words


@dataclass(eq=False)
class Described:
    """Weights as a model.

    Attributes:
        made: the model and its arrays.
        warnings: what was odd, as sentences.
    """

    made: Assembled
    warnings: list[str] = field(default_factory=list)


def holds_weights(root: Group) -> bool:
    """Return whether a tree is laid out as any Keras lays weights out."""
    return is_by_name(root) or is_numbered(root)


def describe_weights(
    root: Group, path: Path, format_name: str, architecture: Path | None
) -> Described:
    """Return the weights of ``root`` as a model.

    Args:
        root: the tree.
        path: the file, whose name the model gets where nothing else names it.
        format_name: how the format is called.
        architecture: a file that describes the model, or None.

    Raises:
        OpenError: the architecture is not readable, or not of this model.
    """
    if architecture is not None:
        return _paired(root, path, format_name, architecture)
    version = root.attributes.get("keras_version")
    version = version if isinstance(version, str) else ""
    generation = generation_of(version)
    taken: set[str] = set()
    draft = Draft(path.name.split(".")[0] or path.name, "")
    if is_by_name(root):
        order = WeightOrder(generation, version)
        draft.inner = layers_by_name(root, order.generation)
        taken = bind_by_name(draft, root, order)
    else:
        groups = {name: group for name, group in root.groups.items() if name not in APART}
        apart = Group("", root.attributes, groups, dict(root.arrays))
        found = layer_of_group(draft.name, apart, taken, is_listed=False)
        draft.inner, draft.extra = found.inner, found.extra
    origin = Origin(format_name, generation, version, has_config=False)
    warnings = [*odd_names(root), *oddities(None, root)]
    return Described(assemble(draft, origin, others(root, taken)), warnings)


def _paired(root: Group, path: Path, format_name: str, architecture: Path) -> Described:
    described = read_architecture(architecture)
    version = described.keras_version
    reader = ConfigReader(described.generation)
    draft = reader.model(described.entry)
    expected = sum(len(layer.variables) for layer in draft.walk())
    if is_by_name(root):
        taken = bind_by_name(draft, root, WeightOrder(described.generation, version))
    else:
        taken = bind_numbered(draft, root)
        attach_words(draft, assets_of(architecture))
    found = sum(len(layer.bound) for layer in draft.walk())
    if expected and not found:
        raise OpenError(architecture, f"it is the architecture of another model than {path.name}.")
    warnings = [
        *described.warnings,
        *code_in(described.entry),
        *reader.warnings,
        *oddities(draft, root),
    ]
    origin = Origin(format_name, described.generation, version)
    return Described(assemble(draft, origin, others(root, taken)), warnings)
