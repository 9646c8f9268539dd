"""What reaches TensorFlow is plain values and Keras' own classes; all else is refused in words."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import WorkerError
from weightview.core.model import Model
from weightview.worker.description import describe_model, plain_arguments
from weightview.worker.vetting import MAX_DEPTH, RefusedError, vetted


def dense(**config):
    return {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": "d", "units": 2, "activation": "relu", **config},
        "registered_name": None,
    }


def layer(class_name, *, module="keras.layers", registered_name=None, **config):
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": "odd", "dtype": "float32", **config},
        "registered_name": registered_name,
    }


LAMBDA_VALUE = {"class_name": "__lambda__", "config": {"value": "4wEAAAAA"}}

REFUSED = {
    "lambda layer": layer("Lambda", function=LAMBDA_VALUE),
    "lambda layer of Keras 2": {"class_name": "Lambda", "config": {"function": ["4wE", None]}},
    "lambda as activation": dense(activation=LAMBDA_VALUE),
    "TFSMLayer": layer("TFSMLayer", filepath="/tmp/x"),
    "JaxLayer": layer("JaxLayer"),
    "TorchModuleWrapper": layer("TorchModuleWrapper"),
    "class of another module": layer("Popen", module="subprocess"),
    "Keras class of another module": layer("Dense", module="evil.layers"),
    "module that begins like Keras": layer("Dense", module="keras_evil.layers"),
    "Keras module with a path in it": layer("Dense", module="keras.layers/../os"),
    "function of Keras as a layer": layer("get_file", module="keras.utils"),
    "loader as a layer": layer("load_model", module="keras.saving"),
    "registered class": layer("Dense", registered_name="pkg>Dense"),
    "registered class of Keras 2": layer("pkg>Dense", module=None),
    "model of another module": layer("Functional", module="evil", layers=[]),
    "function of its own": dense(
        activation={"class_name": "function", "config": "f", "module": "m"}
    ),
    "function with a path": dense(
        activation={"class_name": "function", "config": "os.system", "module": "builtins"}
    ),
    "op that takes a function": layer("Map", module="keras.src.ops.core"),
    "op of no ops module": layer("Add", module="keras.src.utils.numpy"),
    "typespec": dense(spec={"class_name": "__typespec__", "spec_name": "x", "config": []}),
    "vocabulary in a file": layer("StringLookup", vocabulary="/etc/passwd"),
    "class that is no text": layer(["Dense"]),
    "module that is no text": layer("Dense", module=["keras.layers"]),
    "wrapped Lambda": layer("TimeDistributed", layer=layer("Lambda")),
    "Lambda in a nested model": layer("Sequential", module="keras", layers=[layer("Lambda")]),
    "value that is no JSON": {"name": object()},
}  # fmt: skip


@pytest.mark.parametrize("generation", [2, 3])
@pytest.mark.parametrize("case", REFUSED)
def test_code_and_foreign_classes_are_refused(case, generation):
    with pytest.raises(RefusedError, match=r"TensorFlow stays out\.$"):
        vetted({"layers": [REFUSED[case]]}, generation)


def test_the_refusal_of_a_lambda_names_the_layer():
    with pytest.raises(RefusedError) as caught:
        vetted({"layers": [layer("Lambda", name="twice")]}, 3)
    assert str(caught.value) == (
        "The model holds a Lambda layer (odd) - code from the file is never run, so TensorFlow "
        "stays out."
    ).replace("odd", "twice")


@pytest.mark.parametrize(
    "function",
    ["io.write_file", "raw_ops.WriteFile", "py_function", "load_library", "numpy_function",
     "io.read_file", "math.add.__class__", "nn", "", "compat.v1.py_func", "print"],
)  # fmt: skip
def test_functions_of_tensorflow_that_do_more_than_compute_are_refused(function):
    entry = {"class_name": "TFOpLambda", "config": {"name": "op", "function": function}}
    with pytest.raises(RefusedError, match="only compute"):
        vetted(entry, 2)


@pytest.mark.parametrize("function", ["math.sin", "concat", "__operators__.add", "nn.relu"])
def test_functions_of_tensorflow_that_compute_pass(function):
    entry = {"class_name": "TFOpLambda", "config": {"name": "op", "function": function}}
    assert vetted(entry, 2)["config"]["function"] == function


def test_what_does_not_matter_for_computing_is_taken_out():
    kept = vetted(
        dense(
            kernel_initializer=layer("Evil", module="evil"),
            kernel_regularizer=layer("Evil", module="evil"),
            bias_constraint={"class_name": "__lambda__"},
            bias_initializer=None,
        ),
        3,
    )["config"]
    assert kept["kernel_initializer"]["class_name"] == "Zeros"
    assert kept["bias_initializer"] is None
    assert kept["kernel_regularizer"] is None
    assert kept["bias_constraint"] is None


def test_a_config_is_copied_and_the_original_stays():
    config = {"name": "m", "layers": [dense(kernel_regularizer={"a": [1]})]}
    before = copy.deepcopy(config)
    vetted(config, 3)["layers"][0]["config"]["units"] = 99
    assert config == before


@pytest.mark.parametrize("generation", [2, 3])
def test_a_config_that_is_too_deep_is_refused(generation):
    config = {}
    for _ in range(MAX_DEPTH + 5):
        config = {"inner": config}
    with pytest.raises(RefusedError, match="too deep"):
        vetted(config, generation)


def test_a_word_list_inside_the_config_passes():
    words = ["a", "b"]
    kept = vetted(layer("StringLookup", vocabulary=words), 3)
    assert kept["config"]["vocabulary"] == words


@pytest.mark.parametrize("vocabulary", [None, []])
def test_a_word_list_apart_from_the_config_is_missed_in_words(vocabulary):
    with pytest.raises(WorkerError, match="keeps apart from its config") as caught:
        vetted(layer("TextVectorization", name="vec", vocabulary=vocabulary), 3)
    assert not isinstance(caught.value, RefusedError)
    assert "“vec”" in str(caught.value)


def test_generation_2_loses_every_module():
    kept = vetted({"layers": [dense(), layer("Sequential", module="keras", layers=[dense()])]}, 2)

    def modules(value):
        if isinstance(value, dict):
            return ("module" in value or "registered_name" in value) or any(
                modules(item) for item in value.values()
            )
        return isinstance(value, list) and any(modules(item) for item in value)

    assert not modules(kept)


def test_older_words_become_todays():
    gru = vetted({"class_name": "GRU", "config": {"units": 1}}, 2)
    assert gru["config"]["reset_after"] is False
    cudnn = vetted({"class_name": "CuDNNGRU", "config": {"units": 1}}, 2)
    assert (cudnn["class_name"], cudnn["config"]["reset_after"]) == ("GRU", True)
    softmax = vetted({"class_name": "Dense", "config": {"activation": "log_softmax_v2"}}, 2)
    assert softmax["config"]["activation"] == "log_softmax"
    assert vetted({"class_name": "Model", "config": {}}, 2)["class_name"] == "Functional"


TEXT = st.text(max_size=8) | st.sampled_from(
    ["Dense", "Lambda", "keras.layers", "os", "function", "__lambda__", "Sequential", "builtins"]
)
CONFIGS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "module", "registered_name", "layers", "name"])
            | TEXT,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(CONFIGS, st.sampled_from([2, 3]))
def test_no_config_raises_anything_but_a_refusal(config, generation):
    try:
        kept = vetted(config, generation)
    except WorkerError:
        return

    def class_names(value):
        if isinstance(value, dict):
            if "class_name" in value:
                yield value["class_name"]
            for item in value.values():
                yield from class_names(item)
        elif isinstance(value, list):
            for item in value:
                yield from class_names(item)

    assert not {"Lambda", "function", "__lambda__"} & set(class_names(kept))


def test_a_model_of_a_class_of_its_own_is_refused():
    model = Model("m", "MyModel", (), (), {"anything": 1}, generation=3)
    with pytest.raises(RefusedError, match="MyModel"):
        describe_model(model)


def test_slices_of_a_config_become_slices():
    value = {"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": 2}}
    assert plain_arguments([[value, {"class_name": "__ellipsis__", "config": {}}, 3]]) == [
        [slice(1, None, 2), ..., 3]
    ]
