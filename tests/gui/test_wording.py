"""Models, layers and weights in words."""

import json

import numpy as np
import pytest

from weightview.core.model import Weight
from weightview.gui import wording


def weight(shape, axes, index=0, name="kernel"):
    return Weight(
        name=name,
        path=f"dense/{name}",
        shape=shape,
        dtype=np.dtype(np.float32),
        axes=axes,
        keras_index=index,
        stored_name="",
        role=name,
        layer_path="dense",
    )


def test_the_model_in_a_line(dense_document):
    line = wording.model_line(dense_document.model).replace("\u00a0", " ")
    assert line == "Sequential · 297 parameters · Keras 3.15 · float32"


def test_a_model_of_which_little_is_known_says_so(dense_document):
    model = dense_document.model
    model.class_name, model.keras_version, model.generation = "", "", None
    line = wording.model_line(model).replace("\u00a0", " ")
    assert line == "weights without a config · 297 parameters · float32"


@pytest.mark.parametrize(
    ("shape", "axes", "meaning"),
    [
        ((5,), ("unit",), "one number per unit"),
        ((8, 5), ("input", "unit"), "one row per input, one column per unit"),
        ((3, 3, 1, 8), ("row", "column", "input", "filter"), "axes row, column, input, filter"),
        ((), (), "a single number"),
        ((5,), (), ""),
    ],
)
def test_axes_tell_what_the_numbers_are_for(shape, axes, meaning):
    assert wording.axes_meaning(weight(shape, axes)) == meaning


def test_a_weight_tells_its_place_in_get_weights():
    bias = weight((5,), ("unit",), 1, "bias")
    assert wording.weight_line(bias) == "[1] = bias of dense (5,)"
    assert wording.weight_sentence(bias) == (
        "[1] in get_weights() = bias of dense (5,): one number per unit"
    )


def test_without_a_config_no_place_is_claimed():
    assert wording.weight_line(weight((5,), ("unit",), None)) == "kernel of dense (5,)"
    assert "get_weights" not in wording.weight_sentence(weight((5,), ("unit",), None))


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 parameters"), (1, "1 parameter"), (64032, "64,032 parameters")]
)
def test_parameters_are_counted(number, text):
    assert wording.parameters(number) == text


@pytest.mark.parametrize(("size", "text"), [(0, "0 bytes"), (26578, "27 kB"), (1116712, "1.1 MB")])
def test_file_sizes_are_short(size, text):
    assert wording.file_size(size) == text


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (None, "?"),
        ((None, 5), "(None, 5)"),
        (((None, 5), (None, 3)), "(None, 5), (None, 3)"),
        ((), "()"),
    ],
)
def test_shapes_look_as_in_python(shape, text):
    assert wording.shape_text(shape) == text


def test_keras_objects_in_a_config_become_one_line():
    config = {
        "units": 5,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "nested": {"a": 1, "b": [1, 2]},
        "empty": {},
        "name": "dense",
    }
    assert list(wording.config_lines(config)) == [
        ("units", "5"),
        ("kernel_initializer", "GlorotUniform(seed=None)"),
        ("nested.a", "1"),
        ("nested.b", "[1, 2]"),
        ("empty", "{}"),
        ("name", "dense"),
    ]


def test_the_copied_config_is_json():
    config = {"units": 5, "name": "схема"}
    assert json.loads(wording.config_text(config)) == config


def test_the_config_of_models_nested_deeply_is_told_as_far_as_a_person_reads():
    config = {"class_name": "Dense", "config": {"units": 1}}
    for _ in range(400):
        config = {"class_name": "Functional", "config": {"layers": [config]}}
    text = wording.value_text(config)
    assert text.startswith("Functional(layers=[Functional(layers=[")
    assert "…" in text


def test_a_plain_mapping_in_a_list_is_written_as_python_does():
    assert wording.value_text([{"a": 1, "b": [None, "c"]}]) == "[{'a': 1, 'b': [None, c]}]"


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (None, "?"),
        ((None, 32, 32, 16), "32×32×16"),
        ((None, None, 50), "?×50"),
        ((None,), "1"),
        (((None, 3), (None, 2, 5)), "3, 2×5"),
    ],
)
def test_a_short_shape_leaves_out_the_batch_axis(shape, text):
    assert wording.short_shape(shape) == text
