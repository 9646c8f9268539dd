"""Makes a model of each layer class of Keras and saves it; run by ``test_variables.py``."""

import inspect
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
from keras import layers as L  # noqa: N812 - as Keras' own examples do

folder = pathlib.Path(sys.argv[1])
random = np.random.default_rng(7)


def vector():
    return keras.Input((6,))


def sequence():
    return keras.Input((7, 5))


def image():
    return keras.Input((8, 8, 4))


def volume():
    return keras.Input((5, 5, 5, 3))


def video():
    return keras.Input((4, 6, 6, 3))


def line():
    return keras.Input((4, 9, 3))


def solids():
    return keras.Input((3, 5, 5, 5, 2))


def ids():
    return keras.Input((5,), dtype="int32")


cases = {}


def add(name, make, take=vector, inputs=1):
    cases[name] = (make, take, inputs)


for bias in (True, False):
    tag = "bias" if bias else "plain"
    add(f"Dense-{tag}", lambda b=bias: L.Dense(4, use_bias=b))
    for rank, take in ((1, sequence), (2, image), (3, volume)):
        add(
            f"Conv{rank}D-{tag}",
            lambda r=rank, b=bias: getattr(L, f"Conv{r}D")(3, 2, use_bias=b),
            take,
        )
        add(
            f"Conv{rank}DTranspose-{tag}",
            lambda r=rank, b=bias: getattr(L, f"Conv{r}DTranspose")(3, 2, use_bias=b),
            take,
        )
    for rank, take in ((1, sequence), (2, image)):
        add(
            f"DepthwiseConv{rank}D-{tag}",
            lambda r=rank, b=bias: getattr(L, f"DepthwiseConv{r}D")(
                2, depth_multiplier=2, use_bias=b
            ),
            take,
        )
        add(
            f"SeparableConv{rank}D-{tag}",
            lambda r=rank, b=bias: getattr(L, f"SeparableConv{r}D")(3, 2, use_bias=b),
            take,
        )
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        add(f"{kind}-{tag}", lambda k=kind, b=bias: getattr(L, k)(3, use_bias=b), sequence)
    for rank, take in ((1, line), (2, video), (3, solids)):
        add(
            f"ConvLSTM{rank}D-{tag}",
            lambda r=rank, b=bias: getattr(L, f"ConvLSTM{r}D")(2, 2, use_bias=b),
            take,
        )
    add(f"GRU-before-{tag}", lambda b=bias: L.GRU(3, use_bias=b, reset_after=False), sequence)
    add(
        f"MultiHeadAttention-{tag}",
        lambda b=bias: L.MultiHeadAttention(2, 3, value_dim=4, use_bias=b),
        sequence,
        2,
    )
    add(
        f"MultiHeadAttention-gate-{tag}",
        lambda b=bias: L.MultiHeadAttention(2, 3, use_bias=b, use_gate=True),
        sequence,
        2,
    )
    add(
        f"GroupQueryAttention-{tag}",
        lambda b=bias: L.GroupQueryAttention(3, 4, 2, use_bias=b),
        sequence,
        2,
    )
    add(
        f"GroupQueryAttention-gate-{tag}",
        lambda b=bias: L.GroupQueryAttention(3, 4, 2, use_bias=b, use_gate=True),
        sequence,
        2,
    )
    add(
        f"Bidirectional-LSTM-{tag}", lambda b=bias: L.Bidirectional(L.LSTM(3, use_bias=b)), sequence
    )
add(
    "MultiHeadAttention-output",
    lambda: L.MultiHeadAttention(2, 3, output_shape=(2, 3)),
    sequence,
    2,
)
add(
    "Bidirectional-two",
    lambda: L.Bidirectional(L.GRU(3), backward_layer=L.GRU(3, go_backwards=True, name="back")),
    sequence,
)
add("Bidirectional-conv", lambda: L.Bidirectional(L.ConvLSTM2D(2, 2)), video)
add("Embedding", lambda: L.Embedding(9, 4), ids)
add("ReversibleEmbedding", lambda: L.ReversibleEmbedding(9, 4), ids)
add("ReversibleEmbedding-untied", lambda: L.ReversibleEmbedding(9, 4, tie_weights=False), ids)
add(
    "EinsumDense-bias",
    lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 3, 2), bias_axes="de"),
    sequence,
)
add("EinsumDense-plain", lambda: L.EinsumDense("ab,bc->ac", output_shape=4), vector)
for scale in (True, False):
    for center in (True, False):
        tag = f"{scale}-{center}"
        add(
            f"BatchNormalization-{tag}",
            lambda s=scale, c=center: L.BatchNormalization(scale=s, center=c),
            image,
        )
        add(
            f"LayerNormalization-{tag}",
            lambda s=scale, c=center: L.LayerNormalization(scale=s, center=c),
            sequence,
        )
        add(
            f"GroupNormalization-{tag}",
            lambda s=scale, c=center: L.GroupNormalization(2, scale=s, center=c),
            image,
        )
add("BatchNormalization-renorm", lambda: L.BatchNormalization(renorm=True), image)
add("LayerNormalization-axes", lambda: L.LayerNormalization(axis=(1, 2)), sequence)
add("RMSNormalization", L.RMSNormalization, vector)
add("UnitNormalization", L.UnitNormalization, vector)
add("PReLU", L.PReLU, image)
add("PReLU-shared", lambda: L.PReLU(shared_axes=[1, 2]), image)
add("Attention", lambda: L.Attention(use_scale=True), sequence, -2)
add("Attention-concat", lambda: L.Attention(use_scale=True, score_mode="concat"), sequence, -2)
add("AdditiveAttention", L.AdditiveAttention, sequence, -2)
add("SpectralNormalization-Dense", lambda: L.SpectralNormalization(L.Dense(4)), vector)
add("SpectralNormalization-Conv2D", lambda: L.SpectralNormalization(L.Conv2D(3, 2)), image)
add("SpectralNormalization-Embedding", lambda: L.SpectralNormalization(L.Embedding(9, 4)), ids)
add("TimeDistributed-Dense", lambda: L.TimeDistributed(L.Dense(3)), sequence)
add(
    "TimeDistributed-model",
    lambda: L.TimeDistributed(
        keras.Sequential([keras.Input((5,)), L.Dense(3), L.BatchNormalization()])
    ),
    sequence,
)
for kind in ("LSTMCell", "GRUCell", "SimpleRNNCell"):
    add(f"RNN-{kind}", lambda k=kind: L.RNN(getattr(L, k)(3)), sequence)
add("RNN-stacked", lambda: L.RNN([L.LSTMCell(3), L.GRUCell(2), L.LSTMCell(4)]), sequence)
add(
    "STFTSpectrogram",
    lambda: L.STFTSpectrogram(mode="magnitude", frame_length=16, frame_step=8),
    lambda: keras.Input((64, 1)),
)
add(
    "STFTSpectrogram-real",
    lambda: L.STFTSpectrogram(mode="real", frame_length=16, frame_step=8),
    lambda: keras.Input((64, 1)),
)
add("Normalization-given", lambda: L.Normalization(mean=1.0, variance=2.0), vector)


def adapted():
    layer = L.Normalization()
    layer.adapt(random.normal(size=(20, 6)).astype("float32"))
    return layer


add("Normalization-adapted", adapted, vector)
add("Dropout", lambda: L.Dropout(0.2, seed=3), vector)
add("GaussianNoise", lambda: L.GaussianNoise(0.2), vector)
for mode in ("int8", "int4", "float8"):

    def quantised(mode=mode):
        layer = L.Dense(4, name="quantised")
        layer.quantise = mode
        return layer

    add(f"Dense-{mode}", quantised, vector)
for mode in ("int8", "int4"):

    def quantised(mode=mode):
        layer = L.Embedding(9, 4)
        layer.quantise = mode
        return layer

    add(f"Embedding-{mode}", quantised, ids)

    def quantised(mode=mode):
        layer = L.EinsumDense("ab,bc->ac", output_shape=4, bias_axes="c")
        layer.quantise = mode
        return layer

    add(f"EinsumDense-{mode}", quantised, vector)

results = {}
built = set()
for name, (make, take, inputs) in cases.items():
    keras.backend.clear_session()
    given = [take() for _ in range(abs(inputs))]
    try:
        layer = make()
        outputs = layer(given) if inputs < 0 else layer(*given)
        model = keras.Model(given, outputs)
        if hasattr(layer, "quantise"):
            layer.quantize(layer.quantise)
    except Exception as error:  # noqa: BLE001 - whatever Keras says is reported
        results[name] = {"error": repr(error)[:300]}
        continue
    built.add(type(layer).__name__)
    for variable in model.weights:
        if variable.dtype.startswith("float"):
            variable.assign(random.normal(size=tuple(variable.shape)))
        elif "int" in variable.dtype:
            variable.assign(random.integers(0, 9, size=tuple(variable.shape)))
    paths = {}
    for suffix in (".keras", ".h5", ".weights.h5"):
        path = folder / f"{name}{suffix}"
        try:
            (model.save_weights if "weights" in suffix else model.save)(path)
            paths[suffix] = str(path)
        except Exception as error:  # noqa: BLE001 - whatever Keras says is reported
            paths[suffix] = repr(error)[:200]
    np.savez(folder / f"{name}.npz", *[np.asarray(w).astype("float64") for w in model.weights])
    results[name] = {
        "paths": paths,
        "names": [w.name for w in model.weights],
        "trainable": [bool(w.trainable) for w in model.weights],
        "layer": len(layer.weights),
    }
classes = {}
for name in dir(L):
    item = getattr(L, name)
    if inspect.isclass(item) and issubclass(item, L.Layer):
        classes[name] = "add_weight" in inspect.getsource(item)
(folder / "results.json").write_text(
    json.dumps({"cases": results, "classes": classes, "built": sorted(built)})
)
