"""Metadata are a nicety: where they are damaged, config and weights still open, with a warning."""

import json
import zipfile

import pytest

import weightview

DAMAGED = [b"", b'{"keras_version": ', b"\xff\xfe\x00", b"[]", b"3"]


def with_metadata(examples, target, data) -> None:
    with zipfile.ZipFile(examples / "line.keras") as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, data if name == "metadata.json" else old.read(name))


@pytest.mark.parametrize("data", DAMAGED)
@pytest.mark.parametrize("is_folder", [False, True])
def test_damaged_metadata_are_told_and_left_out(examples, tmp_path, data, is_folder) -> None:
    path = tmp_path / "model.keras"
    with_metadata(examples, path, data)
    if is_folder:
        with zipfile.ZipFile(path) as archive:
            path = tmp_path / "folder"
            archive.extractall(path)
    document = weightview.open_document(path)
    (warning,) = document.warnings
    assert warning.startswith("metadata.json is damaged")
    assert document.model.generation == 3
    assert weightview.propagate(document, [10.0]).output == pytest.approx(25.004662)


@pytest.mark.parametrize("version", [None, 3, {"major": 3}, ["3"]])
def test_a_version_that_is_no_text_is_no_version(examples, tmp_path, version) -> None:
    path = tmp_path / "model.keras"
    with_metadata(examples, path, json.dumps({"keras_version": version}))
    document = weightview.open_document(path)
    assert document.model.keras_version == ""
    assert any("does not say which Keras" in warning for warning in document.warnings)


def test_metadata_whose_checksum_is_wrong_are_damaged(examples, tmp_path) -> None:
    path = tmp_path / "model.keras"
    data = (examples / "line.keras").read_bytes()
    with zipfile.ZipFile(examples / "line.keras") as archive:
        text = archive.read("metadata.json")
    place = data.index(text)
    path.write_bytes(data[: place + 2] + bytes([data[place + 2] ^ 1]) + data[place + 3 :])
    document = weightview.open_document(path)
    assert any("metadata.json is damaged" in warning for warning in document.warnings)
