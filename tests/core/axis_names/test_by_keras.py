"""Names against Keras: what ``get_vocabulary()`` lists, and which row a token selects."""

import numpy as np
import pytest

from weightview.core.axis_names import own_names

pytestmark = pytest.mark.referee

WORDS = ["red", "green", "blue", "älter", "the cat"]

LOOKUPS = {
    "plain": {},
    "with a mask": {"mask_token": ""},
    "with a word for a mask": {"mask_token": "none"},
    "three for unknown words": {"num_oov_indices": 3},
    "none for unknown words": {"num_oov_indices": 0},
    "mask and two": {"mask_token": "", "num_oov_indices": 2},
    "another unknown word": {"oov_token": "?"},
    "specials in the list": {"vocabulary": ["[UNK]", *WORDS]},
    "mask in the list": {"mask_token": "", "vocabulary": ["", "[UNK]", *WORDS]},
    "half of the specials in the list": {"mask_token": "-", "vocabulary": ["[UNK]", *WORDS]},
    "as a tuple": {"vocabulary": tuple(WORDS)},
}


def embedded(keras, lookup, dtype, rows=12, width=3, shape=(2,)):
    """Return a model that looks up and embeds, its lookup, and the embedding."""
    x = keras.Input(shape, dtype=dtype, name="word")
    embedding = keras.layers.Embedding(rows, width)
    return keras.Model(x, embedding(lookup(x))), embedding


def assert_rows_are_named(document, layer, embedding, model, tokens, dtype):
    names = own_names(document, document.weight(f"{embedding.name}/embeddings"), 0)
    vocabulary = [str(word) for word in layer.get_vocabulary()]
    table = np.asarray(embedding.get_weights()[0])
    assert names is not None
    assert list(names) == (vocabulary + [""] * len(table))[: len(table)]
    for token in tokens:
        batch = np.array([[token, token]], dtype=object if dtype == "string" else dtype)
        if dtype == "string":
            import tensorflow as tf

            batch = tf.constant([[token, token]])
        row = table[list(names).index(str(token))]
        np.testing.assert_array_equal(np.asarray(model(batch))[0, 0], row)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("setting", LOOKUPS.values(), ids=LOOKUPS.keys())
def test_a_row_has_the_word_that_selects_it(any_keras, opened, setting, suffix):
    lookup = any_keras.layers.StringLookup(**{"vocabulary": WORDS, **setting})
    model, embedding = embedded(any_keras, lookup, "string")
    document = opened(model, suffix)
    assert_rows_are_named(document, lookup, embedding, model, WORDS, "string")


def test_words_that_came_as_an_array_are_found(keras, opened):
    lookup = keras.layers.StringLookup(vocabulary=np.array(WORDS))
    model, embedding = embedded(keras, lookup, "string")
    assert_rows_are_named(opened(model), lookup, embedding, model, WORDS, "string")


@pytest.mark.parametrize(
    "setting",
    [{}, {"mask_token": 0}, {"num_oov_indices": 2}, {"mask_token": 0, "oov_token": -7}],
    ids=str,
)
@pytest.mark.parametrize("is_learned", [False, True])
def test_a_row_has_the_number_that_selects_it(any_keras, opened, setting, is_learned):
    given = {} if is_learned else {"vocabulary": [12, 1138, 42]}
    lookup = any_keras.layers.IntegerLookup(**given, **setting)
    if is_learned:
        lookup.adapt(np.array([[12], [1138], [42], [12]]))
    model, embedding = embedded(any_keras, lookup, "int64")
    document = opened(model)
    assert_rows_are_named(document, lookup, embedding, model, [12, 1138, 42], "int64")


@pytest.mark.parametrize(
    "setting", [{}, {"mask_token": ""}, {"num_oov_indices": 2}, {"max_tokens": 3}], ids=str
)
def test_learned_words_are_read_from_beside_the_config(any_keras, opened, setting):
    lookup = any_keras.layers.StringLookup(**setting)
    lookup.adapt(np.array([["b"], ["a"], ["b"], ["ü c"]]))
    model, embedding = embedded(any_keras, lookup, "string")
    document = opened(model)
    assert_rows_are_named(document, lookup, embedding, model, ["b"], "string")


@pytest.mark.parametrize("is_learned", [False, True])
@pytest.mark.parametrize("ngrams", [None, 2])
def test_the_words_of_a_text_vectorization_name_the_rows(any_keras, opened, is_learned, ngrams):
    given = {} if is_learned else {"vocabulary": ["the", "cat", "the cat"]}
    layer = any_keras.layers.TextVectorization(output_sequence_length=4, ngrams=ngrams, **given)
    if is_learned:
        layer.adapt(["the cat sat on the mat", "the dog"])
    model, embedding = embedded(any_keras, layer, "string", rows=20, shape=(1,))
    document = opened(model)
    names = own_names(document, document.weight(f"{embedding.name}/embeddings"), 0)
    vocabulary = layer.get_vocabulary()
    assert list(names) == vocabulary + [""] * (20 - len(vocabulary))
    assert names[2] == "the"


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count", "tf_idf"])
@pytest.mark.parametrize("mask", [None, ""])
@pytest.mark.parametrize("padded", [False, True])
def test_the_rows_behind_an_encoding_have_the_words(any_keras, opened, mode, mask, padded):
    more = {"pad_to_max_tokens": True, "max_tokens": 9} if padded and mode != "one_hot" else {}
    weights = {"idf_weights": [0.1, 0.2, 0.3, 0.4, 0.5]} if mode == "tf_idf" else {}
    lookup = any_keras.layers.StringLookup(
        vocabulary=WORDS, output_mode=mode, mask_token=mask, **more, **weights
    )
    x = any_keras.Input((1,), dtype="string")
    encoded = lookup(x)
    document = opened(any_keras.Model(x, any_keras.layers.Dense(2, name="dense")(encoded)))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert [name for name in names if name] == lookup.get_vocabulary()
    probe = any_keras.Model(x, encoded)
    for place, word in enumerate(names):
        if word in WORDS:
            import tensorflow as tf

            row = np.asarray(probe(tf.constant([[word]])))[0]
            assert np.flatnonzero(row).tolist() == [place]


@pytest.mark.parametrize("mode", ["multi_hot", "count", "tf_idf"])
def test_the_rows_behind_an_encoded_text_have_its_words(any_keras, opened, mode):
    layer = any_keras.layers.TextVectorization(output_mode=mode)
    layer.adapt(["the cat sat", "the dog"])
    x = any_keras.Input((1,), dtype="string")
    document = opened(any_keras.Model(x, any_keras.layers.Dense(2, name="dense")(layer(x))))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert list(names) == layer.get_vocabulary()


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_the_rows_behind_bins_have_their_ranges(any_keras, opened, mode):
    layer = any_keras.layers.Discretization(bin_boundaries=[18.0, 25.5, 65.0], output_mode=mode)
    x = any_keras.Input((1,), name="age")
    encoded = layer(x)
    document = opened(any_keras.Model(x, any_keras.layers.Dense(2, name="dense")(encoded)))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert list(names) == ["< 18", "[18, 25.5)", "[25.5, 65)", "≥ 65"]
    probe = any_keras.Model(x, encoded)
    for age, name in ((17.9, "< 18"), (18, "[18, 25.5)"), (25.5, "[25.5, 65)"), (65, "≥ 65")):
        row = np.asarray(probe(np.array([[age]], np.float32)))[0]
        assert names[int(np.flatnonzero(row)[0])] == name


def test_learned_bins_are_named(keras, opened):
    layer = keras.layers.Discretization(num_bins=3, output_mode="one_hot")
    layer.adapt(np.arange(30, dtype=np.float32).reshape(-1, 1))
    x = keras.Input((1,), name="age")
    document = opened(keras.Model(x, keras.layers.Dense(2, name="dense")(layer(x))))
    names = own_names(document, document.weight("dense/kernel"), 0)
    low, high = layer.bin_boundaries
    assert list(names) == [f"< {low:.9g}", f"[{low:.9g}, {high:.9g})", f"≥ {high:.9g}"]


def test_an_encoding_of_looked_up_numbers_has_the_words(any_keras, opened):
    lookup = any_keras.layers.StringLookup(vocabulary=WORDS)
    x = any_keras.Input((1,), dtype="string")
    encoding = any_keras.layers.CategoryEncoding(num_tokens=8, output_mode="one_hot")
    y = any_keras.layers.Dense(2, name="dense")(encoding(lookup(x)))
    document = opened(any_keras.Model(x, y))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert list(names) == [*lookup.get_vocabulary(), "", ""]


def test_several_inputs_are_told_apart_by_their_names(any_keras, opened):
    layers = any_keras.layers
    age = any_keras.Input((1,), name="age")
    region = any_keras.Input((1,), name="region", dtype="string")
    weekday = any_keras.Input((1,), name="weekday", dtype="int32")
    extra = any_keras.Input((2,), name="extra")
    parts = [
        layers.Normalization(mean=[40.0], variance=[9.0])(age),
        layers.StringLookup(vocabulary=["north", "south"], output_mode="one_hot")(region),
        layers.CategoryEncoding(num_tokens=3, output_mode="one_hot")(weekday),
        layers.Discretization(bin_boundaries=[18.0], output_mode="one_hot")(age),
        layers.Dropout(0.5)(extra),
        layers.Dense(2, name="mixed")(extra),
    ]
    x = layers.BatchNormalization(name="bn")(layers.Concatenate()(parts))
    model = any_keras.Model([age, region, weekday, extra], layers.Dense(4, name="dense")(x))
    document = opened(model)
    expected = [
        "age",
        *("region '[UNK]'", "region 'north'", "region 'south'"),
        *("weekday 0", "weekday 1", "weekday 2"),
        *("age < 18", "age ≥ 18", "extra 0", "extra 1", "", ""),
    ]
    for path in ("dense/kernel", "bn/gamma", "bn/moving_variance"):
        assert list(own_names(document, document.weight(path), 0)) == expected
    assert own_names(document, document.weight("dense/kernel"), 1) is None


def test_an_embedding_shared_by_two_vocabularies_has_no_names(any_keras, opened):
    layers = any_keras.layers
    a, b = (any_keras.Input((1,), dtype="string") for _ in range(2))
    for words, named in ((["y", "x"], False), (["x", "y"], True)):
        shared = layers.Embedding(5, 2, name=f"shared_{named}")
        first = shared(layers.StringLookup(vocabulary=["x", "y"])(a))
        second = shared(layers.StringLookup(vocabulary=words)(b))
        document = opened(any_keras.Model([a, b], layers.Add()([first, second])))
        names = own_names(document, document.weight(f"shared_{named}/embeddings"), 0)
        assert (names is not None) is named


def test_a_recurrent_layer_and_a_convolution_have_the_features_of_each_step(any_keras, opened):
    layers = any_keras.layers
    parts = [any_keras.Input((6, 1), name=name) for name in ("price", "volume")]
    x = layers.Concatenate()(parts)
    outputs = [
        layers.LSTM(2, name="lstm")(x),
        layers.GRU(2, name="gru")(x),
        layers.Conv1D(2, 3, name="conv")(x),
        layers.TimeDistributed(layers.Dense(2, name="inner"), name="each")(x),
        layers.Bidirectional(layers.LSTM(2, name="rnn"), name="both")(x),
        layers.SeparableConv1D(2, 3, name="separable")(x),
    ]
    document = opened(any_keras.Model(parts, outputs))
    for weight in document.model.weights:
        axis = {
            "kernel": len(weight.shape) - 2,
            "depthwise_kernel": 1,
        }.get(weight.role)
        if axis is None:
            continue
        assert list(own_names(document, weight, axis)) == ["price", "volume"], weight.path
    assert own_names(document, document.weight("lstm/recurrent_kernel"), 0) is None


def test_a_lookup_turned_round_names_the_units(keras, opened):
    layers, ops = keras.layers, keras.ops
    x = keras.Input((4,))
    y = layers.Dense(4, name="scores")(x)
    y = layers.BatchNormalization(name="bn")(y)
    y = layers.Softmax()(layers.Dropout(0.2)(y))
    invert = layers.StringLookup(vocabulary=["cat", "dog", "owl"], invert=True)
    model = keras.Model(x, invert(ops.argmax(y, axis=-1)))
    document = opened(model)
    for path, axis in (("scores/kernel", 1), ("scores/bias", 0), ("bn/beta", 0)):
        names = own_names(document, document.weight(path), axis)
        assert list(names) == invert.get_vocabulary() == ["[UNK]", "cat", "dog", "owl"]
    kernel = np.zeros((4, 4), np.float32)
    kernel[0] = [0, 0, 0, 5]
    model.get_layer("scores").set_weights([kernel, np.zeros(4)])
    assert np.asarray(model(np.ones((1, 4), np.float32)))[0].decode() == names[3]


def test_nested_models_hand_names_and_vocabularies_on(any_keras, opened):
    layers = any_keras.layers
    inner_in = any_keras.Input((1,), dtype="int64")
    inner = any_keras.Model(inner_in, layers.Embedding(6, 2, name="table")(inner_in), name="inner")
    word = any_keras.Input((1,), dtype="string", name="word")
    document = opened(
        any_keras.Model(word, inner(layers.StringLookup(vocabulary=["x", "y"])(word)))
    )
    names = own_names(document, document.weight("inner/table/embeddings"), 0)
    assert list(names) == ["[UNK]", "x", "y", "", "", ""]


@pytest.mark.parametrize("name", ["age", None])
def test_a_single_number_has_the_name_that_a_person_gave_its_input(any_keras, opened, name):
    x = any_keras.Input((1,), name=name)
    document = opened(any_keras.Model(x, any_keras.layers.Dense(1, name="dense")(x)))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert (None if names is None else list(names)) == (["age"] if name else None)


def test_hashes_and_changed_numbers_have_no_names(keras, opened):
    layers = keras.layers
    x = keras.Input((1,), dtype="string", name="city")
    n = keras.Input((1,), dtype="int64", name="code")
    outputs = [
        layers.Embedding(5, 2, name="hashed")(layers.Hashing(num_bins=5)(x)),
        layers.Embedding(9, 2, name="shifted")(
            layers.StringLookup(vocabulary=["a", "b"])(x) + keras.ops.ones((1,), "int64")
        ),
        layers.Embedding(9, 2, name="raw")(n),
        layers.Dense(2, name="scaled")(
            layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")(layers.Rescaling(2.0)(n))
        ),
    ]
    document = opened(keras.Model([x, n], outputs))
    for path in ("hashed/embeddings", "shifted/embeddings", "raw/embeddings", "scaled/kernel"):
        assert own_names(document, document.weight(path), 0) is None


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "glu"])
def test_an_activation_that_mixes_its_places_leaves_no_names(keras, opened, name):
    parts = [keras.Input((1,), name=part) for part in ("age", "mass")]
    x = keras.layers.Activation(name)(keras.layers.Concatenate()(parts))
    document = opened(keras.Model(parts, keras.layers.Dense(1, name="dense")(x)))
    assert own_names(document, document.weight("dense/kernel"), 0) is None


def test_words_at_several_places_are_not_told_apart_by_the_word_alone(any_keras, opened):
    layers = any_keras.layers
    x = any_keras.Input((1,), dtype="string", name="colour")
    age = any_keras.Input((1,), name="age")
    hot = layers.StringLookup(vocabulary=["red", "blue"], output_mode="one_hot")(x)
    twice = layers.Flatten()(layers.RepeatVector(2)(hot))
    y = layers.Dense(2, name="dense")(layers.Concatenate()([twice, age]))
    document = opened(any_keras.Model([x, age], y))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert list(names) == [""] * 6 + ["age"]


def test_a_name_list_that_the_model_contradicts_is_not_used(keras, opened):
    lookup = keras.layers.StringLookup(vocabulary=["x", "y"])
    lookup.set_vocabulary(["p", "q", "r"])  # the config keeps the first list
    model, embedding = embedded(keras, lookup, "string")
    document = opened(model)
    assert own_names(document, document.weight(f"{embedding.name}/embeddings"), 0) is None


def test_a_model_of_many_lookups_gives_each_its_own_words(any_keras, opened):
    x = any_keras.Input((1,), dtype="string")
    outputs = []
    for number in range(12):
        given = {"vocabulary": [f"given {number}"]} if number % 3 == 0 else {}
        lookup = any_keras.layers.StringLookup(**given)
        if not given:
            lookup.adapt(np.array([[f"learned {number}"]]))
        outputs.append(any_keras.layers.Embedding(2, 1, name=f"table_{number}")(lookup(x)))
    document = opened(any_keras.Model(x, outputs))
    for number in range(12):
        names = own_names(document, document.weight(f"table_{number}/embeddings"), 0)
        assert names[1] == f"{'learned' if number % 3 else 'given'} {number}"


def test_the_features_of_a_feature_space_have_their_names(keras, opened):
    import tensorflow as tf

    kinds = keras.utils.FeatureSpace
    space = kinds(
        {
            "age": kinds.float_normalized(),
            "income": kinds.float(),
            "kind": kinds.string_categorical(),
            "level": kinds.float_discretized(num_bins=3),
            "room": kinds.integer_categorical(),
            "street": kinds.string_hashed(num_bins=3),
        },
        crosses=[kinds.cross(("kind", "room"), crossing_dim=4)],
        output_mode="concat",
    )
    rows = {
        "age": np.arange(30.0, 40.0)[:, np.newaxis],
        "income": np.full((10, 1), 2.0),
        "kind": np.array([["cat"], ["dog"]] * 5),
        "level": np.arange(10.0)[:, np.newaxis],
        "room": np.array([[7], [3]] * 5),
        "street": np.array([["x"], ["y"]] * 5),
    }
    space.adapt(tf.data.Dataset.from_tensor_slices(rows).batch(5))
    encoded = space.get_encoded_features()
    inputs = space.get_inputs()
    document = opened(keras.Model(inputs, keras.layers.Dense(1, name="dense")(encoded)))
    names = list(own_names(document, document.weight("dense/kernel"), 0))
    words = [f"kind '{word}'" for word in space.preprocessors["kind"].get_vocabulary()]
    rooms = [f"room {number}" for number in space.preprocessors["room"].get_vocabulary()]
    assert [name for name in names if not name.startswith("level")] == [
        *("age", "income", *words, *rooms, *[""] * 7)
    ]
    probe = keras.Model(list(inputs.values()), encoded)
    given = [tf.constant(rows[name][:1]) for name in inputs]
    active = np.flatnonzero(np.asarray(probe(given))[0] == 1)
    assert {"kind 'cat'", "room 7"} < {names[place] for place in active}


def test_words_after_what_nobody_knows_are_still_those_of_the_lookup(keras, opened):
    class Shout(keras.layers.Layer):
        def call(self, x):
            return x

    x = keras.Input((1,), dtype="string")
    layer = keras.layers.TextVectorization(vocabulary=["the", "cat"], output_sequence_length=3)
    y = keras.layers.Embedding(4, 2, name="table")(layer(Shout(dtype="string")(x)))
    document = opened(keras.Model(x, y))
    names = own_names(document, document.weight("table/embeddings"), 0)
    assert list(names) == ["", "[UNK]", "the", "cat"]


def test_the_places_of_one_input_are_told_where_their_order_has_changed(any_keras, opened):
    layers = any_keras.layers
    x = any_keras.Input((6,), name="sensors")
    turned = layers.Flatten()(layers.Permute((2, 1))(layers.Reshape((2, 3))(x)))
    y = [layers.Dense(1, name="turned")(turned), layers.Dense(1, name="straight")(x)]
    document = opened(any_keras.Model(x, y))
    names = own_names(document, document.weight("turned/kernel"), 0)
    order = np.asarray(any_keras.Model(x, turned)(np.arange(6.0, dtype=np.float32)[np.newaxis]))
    assert list(names) == [f"sensors {int(place)}" for place in order[0]]
    assert own_names(document, document.weight("straight/kernel"), 0) is None


def test_a_lookup_turned_round_names_the_units_in_keras_2_too(opened, tmp_path_factory):
    keras = pytest.importorskip("tf_keras")
    import tensorflow as tf

    x = keras.Input((3,))
    y = keras.layers.Dense(3, name="scores")(x)
    invert = keras.layers.StringLookup(vocabulary=["cat", "dog"], invert=True)
    for suffix, argmax in (
        (".keras", lambda y: tf.argmax(y, axis=-1)),
        (".h5", lambda y: tf.math.argmax(y, -1)),
    ):
        document = opened(keras.Model(x, invert(argmax(y))), suffix)
        names = own_names(document, document.weight("scores/bias"), 0)
        assert list(names) == ["[UNK]", "cat", "dog"]
    document = opened(keras.Model(x, invert(tf.argmax(y, axis=0))))
    assert own_names(document, document.weight("scores/bias"), 0) is None


def test_several_words_of_one_input_are_told_by_its_name(any_keras, opened):
    layers = any_keras.layers
    genres = any_keras.Input((4,), dtype="string", name="genres")
    age = any_keras.Input((1,), name="age")
    hot = layers.StringLookup(vocabulary=["war", "love"], output_mode="multi_hot")(genres)
    y = layers.Dense(2, name="dense")(layers.Concatenate()([hot, age]))
    document = opened(any_keras.Model([genres, age], y))
    names = own_names(document, document.weight("dense/kernel"), 0)
    assert list(names) == ["genres '[UNK]'", "genres 'war'", "genres 'love'", "age"]


@pytest.mark.parametrize(("activation", "named"), [("softmax", True), ("glu", False)])
def test_units_that_an_activation_halves_have_no_names(keras, opened, activation, named):
    x = keras.Input((3,))
    y = keras.layers.Dense(4, activation=activation, name="scores")(x)
    invert = keras.layers.StringLookup(vocabulary=["cat", "dog", "owl"], invert=True)
    document = opened(keras.Model(x, invert(keras.ops.argmax(y, axis=-1))))
    names = own_names(document, document.weight("scores/bias"), 0)
    assert (names is not None) is named


def test_a_model_that_is_called_in_a_way_nobody_follows_has_no_names(keras, opened):
    layers = keras.layers
    step = keras.Input((1,), dtype="int64")
    inner = keras.Model(step, layers.Embedding(5, 2, name="table")(step), name="inner")
    words, numbers = keras.Input((1,), dtype="string"), keras.Input((3, 1), dtype="int64")
    lookup = layers.StringLookup(vocabulary=["x", "y"])
    one = inner(lookup(words))
    document = opened(keras.Model(words, one))
    assert own_names(document, document.weight("inner/table/embeddings"), 0) is not None
    both = keras.Model([words, numbers], [one, layers.TimeDistributed(inner)(numbers)])
    document = opened(both)
    for weight in document.model.weights:
        if weight.role == "embeddings" and not weight.path.startswith("inner/"):
            assert own_names(document, weight, 0) is None
