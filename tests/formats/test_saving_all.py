"""Saving every file of the large set: each weight edited once, everything else untouched."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.model import Weight
from weightview.formats import load

pytestmark = pytest.mark.slow

_SETS = (
    Path(__file__).resolve().parents[1] / "data",
    Path(
        os.environ.get(
            "WEIGHTVIEW_MODELS", Path(__file__).resolve().parents[3] / "shared" / "models"
        )
    ),
)
"""A selection that is part of the project, and the large set, which may be absent."""


def saved_files() -> list[object]:
    found = [case for models in _SETS for case in files_in(models)]
    if (_SETS[1] / "INDEX.json").is_file():
        return found
    absent = pytest.mark.skip("the large set of models is absent (set WEIGHTVIEW_MODELS)")
    return [*found, pytest.param(None, "", id="the large set", marks=absent)]


def files_in(models: Path) -> list[object]:
    if not (models / "INDEX.json").is_file():
        return []
    found = []
    for entry in json.loads((models / "INDEX.json").read_text())["entries"]:
        folder = (models / entry["file"]).parent
        files = entry.get("files") or {Path(entry["file"]).name: {"kind": entry.get("kind", "")}}
        for name, about in files.items():
            kind = about["kind"]
            if kind == "architecture json":
                continue
            by_tensorflow = "Saved" in kind or "checkpoint" in kind
            marks = [pytest.mark.referee] if by_tensorflow else []
            identity = f"{models.name}/{folder.name}/{name}"
            found.append(pytest.param(folder / name, kind, id=identity, marks=marks))
    return found


def opened(path: Path) -> Document:
    found = load(path)
    return Document(found.model, found.storage, found.warnings)


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


@pytest.mark.parametrize(("path", "kind"), saved_files())
def test_each_weight_is_saved_and_all_else_is_untouched(
    path: Path, kind: str, tmp_path: Path
) -> None:
    target = copied(path, kind, tmp_path)
    before = files_of(target)
    document = opened(target)
    expected = edited(document)
    if not document.is_modified:
        assert not any(weight.editable and weight.size for weight in document.model.weights)
        return
    edits = sum(1 for weight in document.model.weights if weight.editable and weight.size)
    document.save()
    again = opened(target)
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


@pytest.mark.parametrize(("path", "kind"), saved_files())
def test_saving_elsewhere_leaves_the_original_alone(path: Path, kind: str, tmp_path: Path) -> None:
    document = opened(path)
    before = files_of(path) if path.is_dir() else {path.name: path.read_bytes()}
    expected = edited(document)
    target = tmp_path / path.name
    document.save_as(target)
    assert document.path == target
    again = opened(target)
    for name, values in expected.items():
        assert again.read(name).tobytes() == values.tobytes(), name
    after = files_of(path) if path.is_dir() else {path.name: path.read_bytes()}
    assert after == before
