"""What a model expects, the examples it is given, and the rows of a file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import weightview
from weightview.core.document import Document
from weightview.core.errors import InputError, NumberError
from weightview.gui.calculator_pane.model_input import ModelInput, inputs_of, text_of


def expecting(*sizes: int | None, ids_below: int | None = None) -> ModelInput:
    return ModelInput("x", (None, *sizes), "float32", ids_below)


def test_the_example_for_one_number_is_ten() -> None:
    np.testing.assert_array_equal(expecting(1).example(), [10.0])


@pytest.mark.parametrize("sizes", [(8,), (28, 28, 1), (None, 3), (None, None, 3)])
def test_an_example_fits_and_is_always_the_same(sizes: tuple[int | None, ...]) -> None:
    given = expecting(*sizes)
    example = given.example()
    assert len(given.rows(example)) == 1
    np.testing.assert_array_equal(example, given.example())
    assert np.abs(example).max() <= 1


def test_examples_for_ids_are_ids() -> None:
    example = expecting(6, ids_below=5).example()
    assert example.dtype.kind == "i"
    assert example.min() >= 0
    assert example.max() < 5


@pytest.mark.parametrize(
    ("sizes", "facts"),
    [
        ((1,), "1 number, as the model expects (None, 1)"),
        ((8,), "8 numbers, as the model expects (None, 8)"),
        ((28, 28, 1), "784 numbers, as the model expects (None, 28, 28, 1)"),
        ((None, 13), "numbers, 13 at a time, as the model expects (None, None, 13)"),
        ((None,), "any count of numbers, as the model expects (None, None)"),
    ],
)
def test_the_facts_say_what_is_expected(sizes: tuple[int | None, ...], facts: str) -> None:
    assert expecting(*sizes).facts == facts


@pytest.mark.parametrize(
    ("shape", "rows"),
    [((4,), (1, 4)), ((1, 4), (1, 4)), ((9, 4), (9, 4)), ((2, 2), (1, 4)), ((4, 1), (1, 4))],
)
def test_an_array_is_one_sample_or_several(shape: tuple[int, ...], rows: tuple[int, ...]) -> None:
    assert expecting(4).rows(np.zeros(shape)).shape == rows


def test_a_table_of_flat_images_is_taken_row_by_row() -> None:
    table = np.arange(3 * 784.0).reshape(3, 784)
    rows = expecting(28, 28, 1).rows(table)
    assert rows.shape == (3, 28, 28, 1)
    np.testing.assert_array_equal(rows[1].reshape(-1), table[1])


def test_what_does_not_fit_says_what_is_expected() -> None:
    with pytest.raises(InputError, match=r"Expected 4 numbers.*shape \(3, 5\)"):
        expecting(4).rows(np.zeros((3, 5)))


@pytest.mark.parametrize("sizes", [(10**9, 10**9), (0,), (-3,), (2**63, 4)])
def test_a_shape_that_cannot_be_is_known_as_such(sizes: tuple[int, ...]) -> None:
    assert not expecting(*sizes).is_possible


def test_a_number_beyond_float32_is_refused() -> None:
    with pytest.raises(InputError, match=r"1e\+300 is too large"):
        expecting(2).rows(np.array([1.0, 1e300]))


def test_typed_text_becomes_a_sample() -> None:
    np.testing.assert_array_equal(expecting(3).parse("1, 2\n3"), [1, 2, 3])
    with pytest.raises(InputError):
        expecting(3).parse("1, 2")
    with pytest.raises(NumberError):
        expecting(3).parse("1, 2, x")


def test_an_input_of_text_takes_words_as_they_are() -> None:
    one = ModelInput("words", (None, 1), "string")
    assert one.parse("hello, world").tolist() == ["hello, world"]
    assert one.facts == "1 text, as the model expects (None, 1)"
    assert one.example().tolist() == ["text"]
    two = ModelInput("words", (None, 2), "string")
    assert two.parse("red, green").tolist() == ["red", "green"]
    with pytest.raises(InputError, match="Expected 2 texts"):
        two.parse("red")


def test_an_example_reads_back_from_its_text() -> None:
    given = expecting(8)
    np.testing.assert_array_equal(given.parse(text_of(given.example())), given.example())


def test_inputs_of_a_model_carry_its_shape(make_dense_document: Callable[..., Document]) -> None:
    (given,) = inputs_of(make_dense_document((8, 3)).model)
    assert given.shape == (None, 8)


def test_a_layer_of_ids_bounds_its_input(shared_models: Path) -> None:
    document = weightview.open_document(shared_models / "real" / "ner_lstm.keras")
    (given,) = inputs_of(document.model)
    embedding = next(la for la in document.model.walk() if la.class_name == "Embedding")
    assert given.ids_below == embedding.config["input_dim"]
