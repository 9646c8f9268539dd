"""Names of rows, asked for by a weight's path."""

import pytest

import weightview
from weightview.api import own_names


def test_the_rows_of_an_embedding_have_its_words(shared_models):
    document = weightview.open_document(shared_models / "generated/k3.15.1_A/preproc_lookup.keras")
    names = own_names(document, "embedding/embeddings")
    assert list(names) == ["[UNK]", "red", "green", "blue", "", ""]
    assert names[1:3] == ["red", "green"]
    assert own_names(document.snapshot(), document.weight("embedding/embeddings"), 1) is None
    assert own_names(document, "dense/kernel") is None


def test_a_weight_that_is_not_there_is_told(examples):
    document = weightview.open_document(examples / "line.keras")
    with pytest.raises(weightview.WeightviewError, match="nowhere"):
        own_names(document, "nowhere/kernel")
