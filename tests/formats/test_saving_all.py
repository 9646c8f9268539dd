"""Saving every file of the large set: each weight edited once, everything else untouched."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.model import Weight

pytestmark = pytest.mark.slow

Open = Callable[..., Document]


def copied(path: Path, kind: str, folder: Path) -> Path:
    """Copy a file, a folder, or an index with its shards; return the copy."""
    target = folder / path.name
    if path.is_dir():
        shutil.copytree(path, target)
    else:
        shutil.copy(path, target)
        if "sharded" in kind:
            for shard in path.parent.glob("sharded_*.h5"):
                shutil.copy(shard, folder)
    return target


def new_value(weight: Weight, number: int) -> object:
    if weight.dtype.kind == "b":
        return True
    if weight.dtype.kind in "iu":
        return 1 + number % 3
    return 0.5 + number % 7


def edited(document: Document) -> dict[str, np.ndarray]:
    """Edit the middle number of each weight; return what is expected of each."""
    expected = {}
    for number, weight in enumerate(document.all_weights):
        if not weight.editable or not weight.size:
            continue
        values = document.read(weight)
        if weight.kind == "weight":
            place = np.unravel_index(weight.size // 2, weight.shape) if weight.shape else ()
            cells = tuple(int(index) for index in place)
            document.set_values(weight, cells, new_value(weight, number))
            values[cells] = np.asarray(new_value(weight, number)).astype(weight.dtype)
        expected[weight.path] = values
    return expected


def files_of(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        items = sorted(item for item in path.rglob("*") if item.is_file())
        return {str(item.relative_to(path)): item.read_bytes() for item in items}
    return {item.name: item.read_bytes() for item in sorted(path.parent.iterdir())}


def test_each_weight_is_saved_and_all_else_is_untouched(
    entry: Any, tmp_path: Path, open_document: Open
) -> None:
    path, kind = entry.path, entry.kind
    target = copied(path, kind, tmp_path)
    before = files_of(target)
    document = open_document(target)
    expected = edited(document)
    if not document.is_modified:
        assert not any(weight.editable and weight.size for weight in document.model.weights)
        return
    edits = sum(1 for weight in document.model.weights if weight.editable and weight.size)
    document.save()
    again = open_document(target)
    assert [w.path for w in again.all_weights] == [w.path for w in document.all_weights]
    for name, values in expected.items():
        found = again.read(name)
        assert found.tobytes() == values.tobytes(), name
    after = files_of(target)
    assert after.keys() == before.keys()
    if "Saved" in kind or "checkpoint" in kind:
        return
    places = 0
    for name, data in before.items():
        assert len(after[name]) == len(data)
        old, new = np.frombuffer(data, np.uint8), np.frombuffer(after[name], np.uint8)
        places += int(np.count_nonzero(old != new))
    # At most eight bytes for each edit (twice where a wrapper's kernel is stored twice), and four
    # in each of two headers of an archive.
    assert 0 < places <= 16 * edits + 8


def test_saving_elsewhere_leaves_the_original_alone(
    entry: Any, tmp_path: Path, open_document: Open
) -> None:
    path = entry.path
    document = open_document(path)
    before = files_of(path) if path.is_dir() else {path.name: path.read_bytes()}
    expected = edited(document)
    target = tmp_path / path.name
    document.save_as(target)
    assert document.path == target
    again = open_document(target)
    for name, values in expected.items():
        assert again.read(name).tobytes() == values.tobytes(), name
    after = files_of(path) if path.is_dir() else {path.name: path.read_bytes()}
    assert after == before
