"""The family of errors."""

import inspect
from pathlib import Path

import pytest

from weightview.core import errors


def test_every_error_belongs_to_the_family():
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if cls is not Path]
    assert len(classes) > 10
    assert all(issubclass(cls, errors.WeightviewError) for cls in classes)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("", "model.keras: it is empty."),
        ("config.json", "model.keras, config.json: it is empty."),
    ],
)
def test_a_file_error_names_the_file_and_the_place_in_it(place, sentence):
    error = errors.OpenError("/some/where/model.keras", "it is empty.", place=place)
    assert str(error) == sentence
    assert error.path == Path("/some/where/model.keras")
    assert (error.cause, error.place) == ("it is empty.", place)


def test_a_missing_weight_is_told_without_the_quotes_of_key_error():
    error = errors.WeightNotFoundError("dense/kernle", "There is no weight “dense/kernle”.")
    assert str(error) == "There is no weight “dense/kernle”."
    assert error.address == "dense/kernle"
    assert isinstance(error, KeyError)


@pytest.mark.parametrize(
    ("error", "attribute"),
    [
        (errors.EditError("dense/bias", "No."), "weight_path"),
        (errors.NumberError("dense/bias", "No."), "text"),
        (errors.CalculationError("dense/bias", "No."), "layer_path"),
    ],
)
def test_an_error_carries_what_it_is_about(error, attribute):
    assert getattr(error, attribute) == "dense/bias"
    assert str(error) == "No."


@pytest.mark.parametrize("cls", [errors.EditError, errors.NumberError, errors.InputError])
def test_a_refused_value_is_also_a_value_error(cls):
    assert issubclass(cls, ValueError)
