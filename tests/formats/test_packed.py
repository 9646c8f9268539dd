"""Numbers that do not lie plainly in the file: compressed, chunked, in a deflated member."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.errors import FileError, SaveError

Opener = Callable[[Path], Document]

SEED = "seed/seed3_8-5-5-5-32"


def packed_copy(source: Path, target: Path, **how: object) -> None:
    """Copy an HDF5 file with every array of at least one axis stored anew, as ``how`` says."""
    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if hasattr(item, "shape") else None)
        for name in names:
            values = file[name][()]
            if values.ndim:
                del file[name]
                file.create_dataset(name, data=values, **how)


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]}) if hasattr(item, "shape") else None
        )
    return found


@pytest.mark.referee
@pytest.mark.parametrize(
    "how",
    [
        {"compression": "gzip"},
        {"compression": "gzip", "shuffle": True, "fletcher32": True},
        {"compression": "lzf"},
        {"chunks": True},
    ],
    ids=["gzip", "shuffle", "lzf", "chunks"],
)
def test_compressed_datasets_are_read_edited_and_saved(
    shared_models: Path, open_document: Opener, tmp_path: Path, how: dict[str, object]
) -> None:
    path = tmp_path / "packed.h5"
    packed_copy(shared_models / f"{SEED}.h5", path, **how)
    plain = open_document(shared_models / f"{SEED}.h5")
    document = open_document(path)
    for weight in document.model.weights:
        np.testing.assert_array_equal(document.read(weight), plain.read(weight.path))
    before = arrays_of(path)
    kernel = document.model.weights[0]
    assert kernel.editable
    document.set_values(kernel, (2, 3), 7.5)
    document.save()
    assert document.read(kernel)[2, 3] == 7.5
    after = arrays_of(path)
    changed = [name for name in before if before[name].tobytes() != after[name].tobytes()]
    assert before.keys() == after.keys()
    assert changed == [kernel.stored_name]
    again = open_document(path)
    assert again.read(kernel.path)[2, 3] == 7.5
    again.set_values(kernel.path, (0, 0), 1.25)
    again.save()
    assert open_document(path).read(kernel.path)[0, 0] == 1.25
    with h5py.File(path) as file:
        assert file[kernel.stored_name].compression == how.get("compression")


def deflated_copy(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info), compress_type=zipfile.ZIP_DEFLATED)


def test_a_deflated_archive_is_read_edited_and_saved(
    shared_models: Path, open_document: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "deflated.keras"
    deflated_copy(shared_models / f"{SEED}.keras", path)
    plain = open_document(shared_models / f"{SEED}.keras")
    document = open_document(path)
    first = document.model.weights[0]
    for weight in document.model.weights:
        np.testing.assert_array_equal(document.read(weight), plain.read(weight.path))
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    for value in (2.5, 3.5):
        document.set_values(first, (0, 1), value)
        document.save()
        assert document.read(first)[0, 1] == value
        assert open_document(path).read(first.path)[0, 1] == value
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("config.json") == config


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_stands_before_and_after_an_archive_is_kept(
    shared_models: Path, open_document: Opener, tmp_path: Path, method: int
) -> None:
    path = tmp_path / "prefixed.keras"
    with (
        zipfile.ZipFile(shared_models / f"{SEED}.keras") as old,
        zipfile.ZipFile(path, "w") as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, old.read(info), compress_type=method)
        new.comment = b"a comment"
    path.write_bytes(b"#!/bin/sh\n" * 50 + path.read_bytes())
    document = open_document(path)
    first = document.model.weights[0]
    document.set_values(first, (0, 1), 2.5)
    document.save()
    assert open_document(path).read(first.path)[0, 1] == 2.5
    assert path.read_bytes().startswith(b"#!/bin/sh\n" * 50 + b"PK")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.comment == b"a comment"


@pytest.mark.referee
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_compressed_datasets_inside_an_archive_are_saved(
    shared_models: Path, open_document: Opener, tmp_path: Path, method: int
) -> None:
    inner, path = tmp_path / "inner.h5", tmp_path / "packed.keras"
    with zipfile.ZipFile(shared_models / f"{SEED}.keras") as old:
        (tmp_path / "plain.h5").write_bytes(old.read("model.weights.h5"))
        packed_copy(tmp_path / "plain.h5", inner, compression="gzip", shuffle=True)
        with zipfile.ZipFile(path, "w") as new:
            for name in ("metadata.json", "config.json"):
                new.writestr(name, old.read(name))
            new.writestr("model.weights.h5", inner.read_bytes(), compress_type=method)
    document = open_document(path)
    first = document.model.weights[0]
    others = {w.path: document.read(w) for w in document.all_weights if w is not first}
    document.set_values(first, (0, 1), 2.5)
    document.save()
    again = open_document(path)
    assert again.read(first.path)[0, 1] == 2.5
    for name, values in others.items():
        np.testing.assert_array_equal(again.read(name), values)


def test_a_filter_that_nothing_undoes_is_named_and_is_no_damage(
    open_document: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "scaled.weights.h5"
    with h5py.File(path, "w") as file:
        numbers = np.arange(12.0, dtype=np.float32).reshape(4, 3)
        file.create_dataset("layers/dense/vars/0", data=numbers, scaleoffset=2)
        file.create_dataset("layers/dense/vars/1", data=np.zeros(3, np.float32))
    document = open_document(path)
    kernel, bias = document.model.weights
    assert not kernel.editable
    assert bias.editable
    with pytest.raises(FileError, match=r"unsupported HDF5 filter \(scale-offset\)") as caught:
        document.read(kernel)
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npz_is_read_edited_and_saved(
    open_document: Opener, tmp_path: Path, compressed: bool, order: str
) -> None:
    path = tmp_path / "arrays.npz"
    arrays = {
        "dense/kernel": np.asarray(np.arange(12.0).reshape(3, 4), order=order),
        "dense/bias": np.arange(4, dtype=np.int16),
        "scalar": np.array(2.5, np.float16),
    }
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    document = open_document(path)
    assert [w.path for w in document.model.weights] == ["dense/kernel", "dense/bias", "scalar"]
    document.set_values("dense/kernel", (1, 2), -1.0)
    document.set_values("dense/bias", (3,), 9)
    document.save()
    arrays["dense/kernel"][1, 2] = -1.0
    arrays["dense/bias"][3] = 9
    with np.load(path) as found:
        assert list(found.files) == list(arrays)
        for name, values in arrays.items():
            np.testing.assert_array_equal(found[name], values)
            assert found[name].dtype == values.dtype
            assert found[name].flags.f_contiguous == values.flags.f_contiguous


@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_is_read_edited_and_saved(open_document: Opener, tmp_path: Path, order: str) -> None:
    path = tmp_path / "kernel.npy"
    values = np.asarray(np.arange(12.0, dtype=np.float32).reshape(3, 4), order=order)
    np.save(path, values)
    before = path.read_bytes()
    document = open_document(path)
    assert [weight.path for weight in document.model.weights] == ["kernel"]
    np.testing.assert_array_equal(document.read("kernel", (1, slice(0, 4, 2))), values[1, ::2])
    document.set_values("kernel", (1, 2), -1.0)
    document.save()
    values[1, 2] = -1.0
    np.testing.assert_array_equal(np.load(path), values)
    assert len(path.read_bytes()) == len(before)


def test_arrays_of_python_objects_are_not_read(open_document: Opener, tmp_path: Path) -> None:
    path = tmp_path / "objects.npz"
    np.savez(path, numbers=np.zeros(3), objects=np.array([{}, []], dtype=object))
    document = open_document(path)
    assert [weight.path for weight in document.model.weights] == ["numbers"]
    assert any("Python objects" in warning for warning in document.warnings)


def test_an_array_that_cannot_be_written_back_is_refused_when_saved(
    shared_models: Path, open_document: Opener, tmp_path: Path
) -> None:
    document = open_document(shared_models / f"{SEED}.h5")
    document.set_values(document.model.weights[0], (0, 0), 1.0)
    with pytest.raises(SaveError, match="not there"):
        document.save_as(tmp_path / "absent" / "model.h5")
    assert document.is_modified
