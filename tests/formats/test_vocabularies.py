"""Vocabularies beside a config: found with their layer, read late, left out where not certain."""

import shutil
import zipfile

import pytest

from weightview import open_document
from weightview.core.axis_names import own_names
from weightview.formats.vocabularies import lines_of

TEXT = "k3.15.1_A/preproc_text.keras"
WORDS = ["", "[UNK]", "the", "sat", "on", "mat", "dog", "cat", "a"]
BESIDE = "assets/layers/text_vectorization/vocabulary.txt"


@pytest.fixture
def text_model(shared_models, tmp_path):
    """Return a copy of a model that learned its words."""
    return shutil.copy(shared_models / "generated" / TEXT, tmp_path / "text.keras")


def rewritten(path, changes):
    """Write an archive again with some members changed, or left out for None."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)


def row_names(document):
    return own_names(document, document.weight("embedding/embeddings"), 0)


def test_the_words_are_found_in_an_archive_and_in_its_folder(text_model, tmp_path):
    folder = tmp_path / "unzipped"
    with zipfile.ZipFile(text_model) as archive:
        archive.extractall(folder)
    for path in (text_model, folder):
        assert list(row_names(open_document(path)))[:9] == WORDS


def test_weights_alone_have_the_words_of_the_model_that_they_are_opened_with(
    text_model, shared_models
):
    weights = shared_models / "generated" / TEXT.replace(".keras", ".weights.h5")
    assert row_names(open_document(weights)) is None
    assert list(row_names(open_document(weights, architecture=text_model)))[:9] == WORDS
    config = shared_models / "generated" / TEXT.replace(".keras", ".h5")
    assert row_names(open_document(weights, architecture=config)) is None


def test_the_words_are_still_found_after_a_save(text_model):
    document = open_document(text_model)
    document.set_values("embedding/embeddings", (2, 0), 0.5)
    document.save()
    assert list(row_names(document))[:9] == WORDS


def test_words_of_a_file_that_was_replaced_are_not_taken(text_model):
    document = open_document(text_model)
    rewritten(text_model, {BESIDE: b"\n[UNK]\nthe\nsat\non\nmat\nox\ncat\na"})
    assert row_names(document) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\n[UNK]\nthe\nsat\non\nmat\ndog\ncat\nb",
        b"\n[UNK]\nthe\nsat\x0bon\nmat\ndog\ncat\na",
        b"\n[UNK]\nthe\nsat\xff\non\nmat\ndog\ncat\na",
        b"",
    ],
    ids=["another list", "another end of line", "not UTF-8", "empty"],
)
def test_words_that_are_not_certain_are_left_out(text_model, data):
    rewritten(text_model, {BESIDE: data})
    assert row_names(open_document(text_model)) is None


def test_words_that_could_not_be_read_once_are_there_when_the_file_is_back(text_model):
    document = open_document(text_model)
    away = text_model.rename(text_model.with_suffix(".away"))
    words = document.model.layer("vec").words
    assert words() is None
    away.rename(text_model)
    assert list(words())[-7:] == WORDS[-7:]


def test_a_vocabulary_behind_a_link_is_not_read(text_model, tmp_path):
    folder, outside = tmp_path / "unzipped", tmp_path / "outside.txt"
    with zipfile.ZipFile(text_model) as archive:
        archive.extractall(folder)
    for name in (BESIDE, BESIDE.replace("vocab", "_lookup_layer/vocab")):
        outside.write_bytes((folder / name).read_bytes())
        (folder / name).unlink()
        (folder / name).symlink_to(outside)
    assert row_names(open_document(folder)) is None


def test_a_vocabulary_too_large_for_any_model_is_left_out(text_model):
    with zipfile.ZipFile(text_model) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for data in (b"\n" * (2 << 20), b"a" * (33 << 20)):
        with zipfile.ZipFile(text_model, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, data if name.endswith("vocabulary.txt") else content)
        assert row_names(open_document(text_model)) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a\nb", ("a", "b")),
        (b"a\r\nb\r\n", ("a", "b")),
        (b"\n[UNK]\na b\n\n", ("", "[UNK]", "a b")),
        ("ä\u2028b".encode(), None),
        (b"a\rb", None),
    ],
)
def test_a_file_has_one_word_to_a_line(data, words):
    assert lines_of(data) == words
