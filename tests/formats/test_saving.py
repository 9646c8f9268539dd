"""Saving: the edit is in the file, every other byte is what it was."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.errors import FileChangedError, SaveError

Opener = Callable[[Path], Document]

EXAMPLES = [
    f"seed/{name}{suffix}"
    for name in ("seed1_2000-32-1", "seed2_1-16-1", "seed3_8-5-5-5-32")
    for suffix in (".keras", ".h5", ".weights.h5")
]
REAL = ["real/mlperf_tiny_ad01.h5", "real/ner_lstm.keras", "real/mlperf_tiny_resnet8.h5"]


def changed_places(before: bytes, after: bytes) -> np.ndarray:
    assert len(before) == len(after)
    return np.flatnonzero(np.frombuffer(before, np.uint8) != np.frombuffer(after, np.uint8))


def edit_first_of_each(document: Document) -> dict[str, np.ndarray]:
    expected = {}
    for number, weight in enumerate(document.model.weights):
        values = document.read(weight)
        place = tuple(0 for _ in weight.shape)
        document.set_values(weight, place, number + 0.5)
        values[place] = number + 0.5
        expected[weight.path] = values
    return expected


@pytest.mark.parametrize("name", [*EXAMPLES, *REAL])
def test_save_changes_the_edited_numbers_and_nothing_else(
    shared_models: Path, open_document: Opener, tmp_path: Path, name: str
) -> None:
    target = tmp_path / Path(name).name
    shutil.copy(shared_models / name, target)
    before = target.read_bytes()
    document = open_document(target)
    expected = edit_first_of_each(document)
    document.save()
    assert not document.is_modified
    again = open_document(target)
    for path, values in expected.items():
        np.testing.assert_array_equal(again.read(path), values)
    places = changed_places(before, target.read_bytes())
    assert 0 < len(places) <= 4 * len(expected) + 8
    if name.endswith(".keras"):
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("name", [EXAMPLES[3], EXAMPLES[4]])
def test_undoing_an_edit_and_saving_restores_every_byte(
    shared_models: Path, open_document: Opener, tmp_path: Path, name: str
) -> None:
    target = tmp_path / Path(name).name
    shutil.copy(shared_models / name, target)
    before = target.read_bytes()
    document = open_document(target)
    edit_first_of_each(document)
    document.save()
    while document.history.can_undo:
        document.undo()
    document.save()
    assert target.read_bytes() == before


def test_save_as_leaves_the_original_alone(
    shared_models: Path, open_document: Opener, tmp_path: Path
) -> None:
    original = tmp_path / "a.keras"
    shutil.copy(shared_models / EXAMPLES[3], original)
    before = original.read_bytes()
    document = open_document(original)
    first = document.model.weights[0]
    document.set_values(first, (0, 0), 7)
    document.save_as(tmp_path / "b.keras")
    assert original.read_bytes() == before
    assert open_document(tmp_path / "b.keras").read(first.path)[0, 0] == 7
    assert document.path == tmp_path / "b.keras"


def test_saving_over_a_file_that_another_program_changed_is_refused(
    shared_models: Path, open_document: Opener, tmp_path: Path
) -> None:
    target = tmp_path / "a.h5"
    shutil.copy(shared_models / EXAMPLES[4], target)
    document = open_document(target)
    document.set_values(document.model.weights[0], (0, 0), 7)
    with target.open("r+b") as file:
        file.truncate(target.stat().st_size - 8)
    before = target.read_bytes()
    with pytest.raises(FileChangedError, match=r"a\.h5"):
        document.save()
    assert target.read_bytes() == before
    assert document.is_modified


def test_a_failing_save_leaves_the_original_and_no_leftover(
    shared_models: Path, open_document: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.h5"
    shutil.copy(shared_models / EXAMPLES[4], target)
    before = target.read_bytes()
    document = open_document(target)
    document.set_values(document.model.weights[0], (0, 0), 7)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="disk is full"):
        document.save()
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]
    assert document.is_modified


def test_save_follows_a_symlink_and_keeps_the_mode(
    shared_models: Path, open_document: Opener, tmp_path: Path
) -> None:
    target = tmp_path / "folder" / "real.h5"
    target.parent.mkdir()
    shutil.copy(shared_models / EXAMPLES[4], target)
    target.chmod(0o640)
    link = tmp_path / "link.h5"
    link.symlink_to(target)
    document = open_document(link)
    document.set_values(document.model.weights[0], (0, 0), 7)
    document.save()
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert open_document(target).read(document.model.weights[0].path)[0, 0] == 7


@pytest.mark.referee
@pytest.mark.parametrize(
    ("name", "library"),
    [
        (EXAMPLES[3], "keras"),
        (EXAMPLES[4], "keras"),
        (EXAMPLES[6], "keras"),
        ("real/ner_lstm.keras", "keras"),
        ("real/mlperf_tiny_ad01.h5", "tf_keras"),
        ("real/mlperf_tiny_resnet8.h5", "tf_keras"),
    ],
)
def test_keras_loads_the_saved_file_with_the_edited_values(
    shared_models: Path,
    open_document: Opener,
    weights_by_keras: Callable[..., list[np.ndarray]],
    tmp_path: Path,
    name: str,
    library: str,
) -> None:
    document = open_document(shared_models / name)
    edit_first_of_each(document)
    target = tmp_path / Path(name).name
    document.save_as(target)
    found = weights_by_keras(target, library)
    assert len(found) == len(document.model.weights)
    for weight, values in zip(document.model.weights, found, strict=True):
        np.testing.assert_array_equal(document.read(weight), values, err_msg=weight.path)
