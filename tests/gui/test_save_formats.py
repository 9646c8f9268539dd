"""Save As offers what a document can be saved to, and says why not what it cannot."""

from pathlib import Path

import pytest

from weightview.api import obstacle_to_conversion
from weightview.gui.files import open_file
from weightview.gui.save_formats import keeps_format, objection, offered, target_of

SUFFIXES = (".keras", ".h5", ".weights.h5", ".npz", ".safetensors")


@pytest.mark.parametrize("name", ["four_layers.keras", "four_layers.weights.h5", "line.h5"])
def test_only_formats_that_will_be_accepted_are_offered(examples, name):
    if not (examples / name).exists():
        pytest.skip(f"there is no example {name}")
    document = open_file(examples / name).document
    filters = offered(document)
    own, *others = filters.values()
    assert keeps_format(Path(f"x{own}"), document.path)
    possible = [
        suffix
        for suffix in SUFFIXES
        if not keeps_format(Path(f"x{suffix}"), document.path)
        and obstacle_to_conversion(document.model, Path(f"x{suffix}")) is None
    ]
    assert others == possible
    assert all("converted" in text for text in list(filters)[1:])


def test_the_own_format_comes_first_with_its_name(examples):
    filters = offered(open_file(examples / "four_layers.keras").document)
    assert next(iter(filters.items())) == ("Keras 3 archive (*.keras)", ".keras")


def test_weights_alone_are_not_offered_as_a_whole_model(examples):
    document = open_file(examples / "line.weights.h5").document
    assert not {".keras", ".h5"} & set(offered(document).values())
    sentence = objection(document, Path("a.keras"))
    assert sentence is not None
    assert "without the model's config" in sentence
    assert "Choose a name that ends in .weights.h5, .npz or .safetensors." in sentence


@pytest.mark.parametrize(
    ("target", "source", "same"),
    [
        ("a.h5", "b.hdf5", True),
        ("a.H5", "b.h5", True),
        ("a.weights.h5", "b.h5", False),
        ("a.h5", "b.weights.h5", False),
        ("a.keras", "b.h5", False),
        ("a.keras", "folder", True),
    ],
)
def test_a_name_tells_whether_the_format_stays(target, source, same):
    assert keeps_format(Path(target), Path(source)) == same


def test_a_model_in_memory_is_offered_any_name(dense_document):
    assert offered(dense_document) == {"All files (*)": ""}


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("x", ".keras", "x.keras"),
        ("x.keras", ".keras", "x.keras"),
        ("x.keras", ".npz", "x.npz"),
        ("x.npz", ".keras", "x.npz"),
        ("x.tar", ".npz", "x.tar"),
        ("x.keras", ".weights.h5", "x.weights.h5"),
    ],
)
def test_the_chosen_format_decides_where_the_name_does_not(examples, name, wanted, expected):
    document = open_file(examples / "four_layers.keras").document
    assert target_of(Path("folder") / name, wanted, document) == Path("folder") / expected


def test_the_double_suffix_of_weights_gives_way_whole(examples):
    document = open_file(examples / "line.weights.h5").document
    assert target_of(Path("a.weights.h5"), ".npz", document) == Path("a.npz")
