"""Arrays that are only named, without a model around them: a tree of names, and their order."""

from collections.abc import Mapping
from pathlib import Path

from weightview.formats.arrays import StoredArray
from weightview.formats.assembly import Assembled, Origin, assemble
from weightview.formats.drafts import Draft


def describe_tensors(
    path: Path, arrays: Mapping[str, StoredArray], format_name: str, separators: str = "/"
) -> Assembled:
    """Return named arrays as a model: what stands before the last separator is the layer.

    Args:
        path: the file.
        arrays: the arrays by name, in the file's order.
        format_name: how the format is called.
        separators: what divides a name; the first of these that occurs in it.
    """
    root = Draft(path.name.split(".")[0] or path.name, "")
    layers: dict[str, Draft] = {}
    for name, array in arrays.items():
        separator = next((mark for mark in separators if mark in name.strip(mark)), "")
        layer_name, _, own = name.rpartition(separator) if separator else ("", "", name)
        if not layer_name:
            root.file_order.append((root, root.keep(name, array)))
            continue
        if layer_name not in layers:
            layers[layer_name] = Draft(layer_name, "")
            root.inner.append(layers[layer_name])
        layer = layers[layer_name]
        root.file_order.append((layer, layer.keep(own, array)))
    return assemble(root, Origin(format_name, has_config=False), ())
