"""Sharded weights of Keras 3: an index ``.weights.json`` and several ``.weights.h5`` beside it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.formats.arrays import FileStorage
from weightview.formats.assembly import Assembled
from weightview.formats.config.json_text import MAXIMUM_BYTES, parse_json
from weightview.formats.hdf5.file import hdf5_tree
from weightview.formats.hdf5.rewriting import FileHost
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.hdf5.tree import Group
from weightview.formats.opened import Opened
from weightview.formats.parts import PartsStorage
from weightview.formats.probe import Probe
from weightview.formats.weights import describe_weights

_MAXIMUM_SHARDS = 10_000


def recognises(probe: Probe) -> bool:
    """Return whether this is the index of sharded weights."""
    return probe.is_json_object and "weight_map" in _index(probe)


def _index(probe: Probe) -> dict[str, Any]:
    if "json" not in probe.kept:
        if probe.source.size > MAXIMUM_BYTES:
            raise OpenError(probe.path, "it is too large for JSON of a model.")
        data = probe.source.read(0, probe.source.size)
        probe.kept["json"] = parse_json(data, probe.path, "the JSON text")
    found = probe.kept["json"]
    assert isinstance(found, dict)
    return found


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the index and every shard that it names: the places of the weights, no numbers.

    Raises:
        OpenError: a shard is missing, damaged, or named outside the folder.
    """
    names = shard_names(probe.path, _index(probe).get("weight_map"))
    probes = {probe.path.parent / name: Probe(probe.path.parent / name) for name in names}
    for path, shard in probes.items():
        if not shard.is_hdf5:
            raise OpenError(path, "this shard is no HDF5 file.")
    files = {path: hdf5_tree(shard) for path, shard in probes.items()}
    merged = merge(file.root for file in files.values())
    described = describe_weights(
        merged, probe.path, "sharded weights of Keras 3 (.weights.json)", architecture
    )
    storage = PartsStorage(
        probe.path, {path: _part(shard, described.made) for path, shard in probes.items()}
    )
    warnings = [warning for file in files.values() for warning in file.warnings]
    return Opened(described.made.model, storage, (*warnings, *described.warnings))


def _part(shard: Probe, made: Assembled) -> FileStorage:
    mine = {array.name for array in hdf5_tree(shard).root.all_arrays()}
    arrays = {name: array for name, array in made.arrays.items() if name in mine}
    twins = {name: array for name, array in made.twins.items() if name in mine}
    return FileStorage(shard.source, arrays, PatchingSaver(twins, host=FileHost(shard.source)))


def shard_names(path: Path, weight_map: Any) -> list[str]:
    """Return the files that an index names, each once.

    Raises:
        OpenError: the index is not one, or names a file in another folder.
    """
    if not isinstance(weight_map, Mapping):
        raise OpenError(path, "its weight_map is not a table.", place="weight_map")
    names: dict[str, None] = {}
    for entry in weight_map.values():
        for name in entry if isinstance(entry, list) else [entry]:
            if not isinstance(name, str) or not name or name in (".", ".."):
                raise OpenError(path, "it names a shard by something else than a text.")
            if "/" in name or "\\" in name or "\0" in name:
                raise OpenError(path, f"it names a shard outside its folder ({name!r}).")
            names[name] = None
    if len(names) > _MAXIMUM_SHARDS:
        raise OpenError(path, f"it names {len(names):,} shards.")
    return list(names)


def merge(roots: Iterable[Group]) -> Group:
    """Return one tree of several: groups of one name are one, attributes are joined."""
    merged = Group("")
    for root in roots:
        pending = [(merged, root)]
        while pending:
            into, group = pending.pop()
            into.attributes = {**group.attributes, **into.attributes}
            for name, array in group.arrays.items():
                into.arrays.setdefault(name, array)
            for name, inner in group.groups.items():
                known = into.groups.setdefault(name, Group(inner.path))
                pending.append((known, inner))
    return merged
