"""The page of layer classes says what the registry says, and leaves no class of Keras out."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.calculator.registry import layer_classes, shape_rules
from weightview.calculator.table import PARTS, TENSORFLOW, page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "layers.md"


def test_the_page_is_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "write it again: python -m weightview.calculator.table > docs/layers.md"
    )


def test_each_class_has_a_shape_rule() -> None:
    assert set(layer_classes()) - set(shape_rules()) <= {"ReversibleEmbedding"}


@pytest.mark.referee
@pytest.mark.parametrize(("name", "kept"), [("MaxPooling2D", 0), ("GlobalMaxPooling2D", 1)])
def test_what_the_page_says_of_nan_in_pooling_is_so(keras, sequential, name, kept) -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    x[0, 1, 1, 0] = np.nan
    theirs = np.asarray(getattr(keras.layers, name)()(x))
    model, values = sequential((4, 4, 1), (name, {"pool_size": [2, 2]}, {}))
    assert np.isnan(theirs).sum() == kept
    assert np.isnan(propagate(model, values, x).output).sum() == 1
    assert "a NaN loses against every number in the same window" in page()


@pytest.mark.referee
def test_softmax_with_a_nan_is_nan_all_over_here_and_in_places_there(keras, sequential) -> None:
    x = np.array([[1, np.nan, 2, 3]], np.float32)
    theirs = np.asarray(keras.layers.Softmax()(x))
    model, values = sequential((4,), ("Softmax", {}, {}))
    assert 0 < np.isnan(theirs).sum() < x.size
    assert np.isnan(propagate(model, values, x).output).all()
    assert "only some places of the row become NaN" in page()


@pytest.mark.referee
def test_every_layer_of_keras_is_in_the_table(keras) -> None:
    theirs = {
        cls.__name__
        for cls in vars(keras.layers).values()
        if inspect.isclass(cls) and issubclass(cls, keras.layers.Layer)
    }
    assert theirs <= {*layer_classes(), *TENSORFLOW, *PARTS}
