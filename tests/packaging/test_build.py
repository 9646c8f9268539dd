"""The build script, and the files by which a desktop knows the program."""

import configparser
import importlib.util
import re
from xml.etree import ElementTree

import pytest

import weightview

ID = "org.weightview.Weightview"
FREEDESKTOP = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def build(project):
    spec = importlib.util.spec_from_file_location("build", project / "packaging" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def linux(project):
    return project / "packaging" / "linux"


def test_the_package_has_the_programs_version(build):
    assert build.version() == weightview.__version__


def test_the_bundle_has_tensorflow_without_cuda_and_all_other_dependencies(build):
    requirements = build.requirements(with_tensorflow=True)
    names = {re.split(r"[^\w-]", line)[0] for line in requirements}
    assert "tensorflow-cpu" in names
    assert "tensorflow" not in names
    assert {"numpy", "PySide6-Essentials", "pyfive", "h5py", "tf_keras"} <= names


def test_without_tensorflow_nothing_that_only_its_process_needs_is_left(build):
    names = {re.split(r"[^\w-]", line)[0] for line in build.requirements(with_tensorflow=False)}
    assert names.isdisjoint({"tensorflow", "tensorflow-cpu", "tf_keras", "h5py", "keras"})
    assert {"numpy", "PySide6-Essentials", "pyfive"} <= names


def test_the_desktop_entry_opens_several_files_of_every_declared_type(linux):
    entry = configparser.ConfigParser(interpolation=None, delimiters="=")
    entry.optionxform = str
    entry.read(linux / f"{ID}.desktop", encoding="utf-8")
    entry = entry["Desktop Entry"]
    assert entry["Exec"] == "weightview %F"
    assert entry["Icon"] == entry["StartupWMClass"] == ID
    declared = {node.get("type") for node in mime_types(linux)}
    assert declared <= set(entry["MimeType"].strip(";").split(";"))


def test_the_store_entry_names_this_version(linux):
    root = ElementTree.parse(linux / f"{ID}.metainfo.xml").getroot()
    assert root.find("releases/release").get("version") == weightview.__version__
    assert root.find("launchable").text == f"{ID}.desktop"


def mime_types(linux):
    return ElementTree.parse(linux / f"{ID}.xml").getroot().findall(f"{FREEDESKTOP}mime-type")


def matches(node, head):
    """Return whether a ``match`` of shared-mime-info, or any inside it, holds for ``head``."""
    value = node.get("value").encode("latin-1").decode("unicode_escape").encode("latin-1")
    first, _, last = node.get("offset").partition(":")
    places = range(int(first), int(last or first) + 1)
    if not any(head[i : i + len(value)] == value for i in places):
        return False
    inner = node.findall(f"{FREEDESKTOP}match")
    return not inner or any(matches(child, head) for child in inner)


def type_of(linux, file):
    with file.open("rb") as stream:
        head = stream.read(8192)
    for node in mime_types(linux):
        if any(matches(child, head) for child in node.find(f"{FREEDESKTOP}magic")):
            return node.get("type")
    return None


def test_the_examples_are_known_by_their_content(linux, examples):
    for file in examples.iterdir():
        kind = "application/vnd.keras" if file.suffix == ".keras" else "application/vnd.keras-hdf5"
        assert type_of(linux, file) == kind, file.name


def test_other_archives_and_other_hdf5_files_are_not_taken(linux, tmp_path):
    import zipfile

    import h5py

    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("metadata.json", "{}")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["measurements/run"] = [1.0, 2.0]
        file.attrs["version"] = "3"
    assert type_of(linux, tmp_path / "other.zip") is None
    assert type_of(linux, tmp_path / "other.h5") is None


def test_nearly_every_saved_model_is_known_by_its_content(linux, shared_models):
    files = [f for s in ("keras", "h5", "hdf5") for f in shared_models.rglob(f"*.{s}")]
    unknown = [file.name for file in files if type_of(linux, file) is None]
    assert len(files) > 300
    assert len(unknown) <= len(files) // 100, unknown
