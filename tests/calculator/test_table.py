"""The page of layer classes says what the registry says, and leaves no class of Keras out."""

import inspect
from pathlib import Path

import pytest

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
def test_every_layer_of_keras_is_in_the_table(keras) -> None:
    theirs = {
        cls.__name__
        for cls in vars(keras.layers).values()
        if inspect.isclass(cls) and issubclass(cls, keras.layers.Layer)
    }
    assert theirs <= {*layer_classes(), *TENSORFLOW, *PARTS}
