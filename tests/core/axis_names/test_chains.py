"""Drawn chains of layers that hand on, join and rearrange: the named row multiplies that input."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weightview.core.axis_names import own_names

pytestmark = [pytest.mark.referee, pytest.mark.slow]

NAMES = ("age", "height", "mass", "pulse", "rooms", "price")
STEPS = (
    *("activation", "dense", "dropout", "flatten", "identity", "join", "nested", "normalise"),
    *("permute", "repeat", "reshape"),
)
chains = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def factors(draw, count):
    """Draw a shape of so many numbers."""
    sizes = []
    while count > 1 and len(sizes) < 3:
        size = draw(st.sampled_from([n for n in range(1, count + 1) if count % n == 0]))
        sizes.append(size)
        count //= size
    return (*sizes, count)


def stepped(draw, keras, step, x):
    """Return the tensor after one drawn step; unchanged where the step does not fit it."""
    shape = tuple(x.shape[1:])
    axes = range(1, len(shape) + 1)
    y = {
        "activation": lambda: keras.layers.Activation(
            draw(st.sampled_from(["tanh", "sigmoid", "softmax"]))
        )(x),
        "dense": lambda: keras.layers.Concatenate()([keras.layers.Dense(2)(x), x]),
        "dropout": lambda: keras.layers.Dropout(0.3)(x),
        "flatten": lambda: keras.layers.Flatten()(x),
        "identity": lambda: keras.layers.Identity()(x),
        "join": lambda: keras.layers.Concatenate(axis=draw(st.sampled_from([-1, *axes])))(
            [x, keras.layers.Dropout(0.1)(x)]
        ),
        "nested": lambda: nested(draw, keras, x),
        "normalise": lambda: keras.layers.BatchNormalization(axis=draw(st.sampled_from(axes)))(x),
        "permute": lambda: keras.layers.Permute(draw(st.permutations(axes)))(x),
        "repeat": lambda: keras.layers.RepeatVector(2)(keras.layers.Flatten()(x)),
        "reshape": lambda: keras.layers.Reshape(factors(draw, int(np.prod(shape))))(x),
    }[step]()
    return y if np.prod(y.shape[1:]) < 80 else x


def nested(draw, keras, x):
    """Return the tensor after a model of one more step."""
    inner = keras.Input(x.shape[1:])
    step = draw(st.sampled_from(["flatten", "reshape", "permute"]))
    return keras.Model(inner, stepped(draw, keras, step, inner))(x)


def drawn_model(draw, keras):
    """Return a model of named inputs, its Dense layer's input, and the inputs' widths."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    widths = [draw(st.sampled_from([1, 1, 1, 2])) for _ in names]
    inputs = [keras.Input((n,), name=name) for name, n in zip(names, widths, strict=True)]
    order = draw(st.permutations(range(len(names))))
    x = inputs[0]
    if len(inputs) > 1:
        x = keras.layers.Concatenate()([inputs[i] for i in order])
    for step in draw(st.lists(st.sampled_from(STEPS), max_size=5)):
        x = stepped(draw, keras, step, x)
    model = keras.Model(inputs, keras.layers.Dense(1, name="last")(x))
    return model, x, dict(zip(names, widths, strict=True))


def reached(keras, model, tensor, name, place, widths):
    """Return at which cells of ``tensor`` a change of one number of an input is seen."""
    probe = keras.Model(model.inputs, tensor)
    rng = np.random.default_rng(0)
    base = {n: rng.normal(size=(1, w)).astype(np.float32) for n, w in widths.items()}
    other = {n: value.copy() for n, value in base.items()}
    other[name][0, place] += 1
    order = [tensor.name for tensor in model.inputs]
    before = np.asarray(probe([base[n] for n in order]))[0]
    after = np.asarray(probe([other[n] for n in order]))[0]
    return np.moveaxis(before != after, -1, 0).reshape(before.shape[-1], -1)


@chains
@given(data=st.data())
def test_a_named_row_multiplies_that_input_and_no_other(keras, opened, data):
    model, tensor, widths = drawn_model(data.draw, keras)
    document = opened(model)
    names = own_names(document, document.weight("last/kernel"), 0)
    if names is None:
        return
    called = {n if w == 1 else f"{n} {i}": (n, i) for n, w in widths.items() for i in range(w)}
    seen = {
        label: reached(keras, model, tensor, name, place, widths)
        for label, (name, place) in called.items()
    }
    assert set(names) <= {"", *called}
    for row, name in enumerate(names):
        for label, cells in seen.items():
            if name:
                assert cells[row].all() == cells[row].any() == (label == name)


@chains
@given(data=st.data())
def test_names_are_given_wherever_scalars_are_only_joined_and_rearranged(keras, opened, data):
    names = data.draw(st.permutations(NAMES))[: data.draw(st.integers(2, 6))]
    inputs = [keras.Input((1,), name=name) for name in names]
    x = keras.layers.Concatenate()(data.draw(st.permutations(inputs)))
    for step in data.draw(
        st.lists(st.sampled_from(["reshape", "permute", "dropout", "identity", "nested"]))
    ):
        x = stepped(data.draw, keras, step, x)
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(1, name="last")(x))
    document = opened(model)
    found = own_names(document, document.weight("last/kernel"), 0)
    probe = keras.Model(inputs, x)
    units = dict(zip(names, np.eye(len(names), dtype=np.float32), strict=True))
    batch = [np.array([[units[name][i]] for i in range(len(names))]) for name in names]
    rows = np.asarray(probe(batch))
    assert [found[int(row.argmax())] for row in rows] == list(names)


@chains
@given(data=st.data())
def test_a_word_still_selects_its_row_after_what_it_passes(keras, opened, data):
    import tensorflow as tf

    layers = keras.layers
    words = ["x", "y", "z"]
    inputs = [keras.Input((2,), dtype="string", name=name) for name in ("first", "second")]
    shared = layers.StringLookup(vocabulary=words, num_oov_indices=data.draw(st.integers(0, 2)))
    x = layers.Concatenate()([shared(tensor) for tensor in inputs])
    for step in data.draw(st.lists(st.sampled_from(["reshape", "permute", "identity", "nested"]))):
        x = stepped(data.draw, keras, step, x)
    table = layers.Embedding(7, 2, name="table")
    model = keras.Model(inputs, layers.Flatten()(table(x)))
    document = opened(model)
    names = own_names(document, document.weight("table/embeddings"), 0)
    assert list(names) == shared.get_vocabulary() + [""] * (7 - len(shared.get_vocabulary()))
    for word in words:
        batch = tf.constant([[word, word]])
        row = table.get_weights()[0][list(names).index(word)]
        np.testing.assert_array_equal(np.asarray(model([batch, batch])).reshape(-1, 2), [row] * 4)
