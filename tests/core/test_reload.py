"""A document whose file was changed by another program: reloaded, the edits made again."""

import numpy as np
import pytest

from weightview.core.document import write


@pytest.fixture
def newer(make_document):
    """Return what the same file holds later: another bias, the kernel as it was."""
    kernel = np.arange(12, dtype=np.float32).reshape(3, 4)
    return make_document(kernel=kernel, bias=np.full(4, 7, np.float32))


def reload(document, newer, **more):
    return document.reload(newer.model, newer.values.storage, ("odd",), **more)


def test_edits_are_dropped_where_they_are_not_to_be_kept(document, newer):
    document.set_values("dense/kernel", (0, 0), 0.5)
    assert reload(document, newer) == ()
    assert not document.is_modified
    assert document.warnings == ("odd",)
    assert document.read("dense/kernel", (0, 0)) == 0
    assert document.read("dense/bias").tolist() == [7, 7, 7, 7]


def test_kept_edits_are_made_again_one_by_one(document, newer):
    document.set_values("dense/kernel", (0, 0), 0.5, label="first")
    document.set_values("dense/bias", (1,), 0.25, label="second")
    assert reload(document, newer, keep_edits=True) == ()
    assert document.history.labels == ("first", "second")
    assert document.read("dense/bias").tolist() == [7, 0.25, 7, 7]
    document.undo()
    assert document.read("dense/bias").tolist() == [7, 7, 7, 7]
    assert document.is_modified
    document.undo()
    assert not document.is_modified


def test_saved_edits_are_not_made_again(filed_document, newer, tmp_path):
    document = filed_document
    document.set_values("dense/bias", (1,), 0.25, label="saved")
    document.saved_to(write(document.snapshot(), tmp_path / "file"), document.snapshot())
    document.set_values("dense/bias", (2,), 0.5, label="unsaved")
    reload(document, newer, keep_edits=True)
    assert document.history.labels == ("unsaved",)
    assert document.read("dense/bias").tolist() == [7, 7, 0.5, 7]


def test_what_was_undone_since_it_was_saved_is_undone_again(filed_document, newer, tmp_path):
    document = filed_document
    before = float(document.read("dense/bias", (1,)))
    document.set_values("dense/bias", (1,), 0.25, label="saved")
    document.saved_to(write(document.snapshot(), tmp_path / "file"), document.snapshot())
    document.undo()
    reload(document, newer, keep_edits=True)
    assert document.history.labels == ("Undo saved",)
    assert document.read("dense/bias", (1,)) == before


def test_an_edit_that_no_longer_fits_is_told(document, make_document):
    document.set_values("dense/kernel", (0, 0), 0.5, label="Set kernel")
    document.set_values("dense/bias", (1,), 0.25)
    smaller = make_document(kernel=np.zeros((2, 4), np.float32), bias=np.zeros(4, np.float32))
    lost = reload(document, smaller, keep_edits=True)
    assert lost == ("“Set kernel” was not kept: “dense/kernel” is no longer what it was.",)
    assert document.read("dense/bias", (1,)) == 0.25
    assert not document.read("dense/kernel").any()
