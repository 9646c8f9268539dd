"""Draws a random layer of each class, and compares it with Keras through a saved file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

Drawn = tuple[Any, list[np.ndarray]]
"""A Keras layer (or a function from symbolic inputs to outputs), and its inputs as a batch."""

BATCH = 2
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh", "elu", "softplus", "silu", "gelu", "softmax")


class Drawer:
    """Draws values, and remembers nothing: a thin hand for the layers below."""

    def __init__(self, keras: Any, data: st.DataObject) -> None:
        self.keras = keras
        self.layers = keras.layers
        self.data = data

    def class_called(self, name: str) -> Any:
        if not name.startswith("TFD"):
            return getattr(self.layers, name)
        from keras.src.layers.preprocessing import feature_space  # keras.layers lacks them

        return getattr(feature_space, name)

    def of(self, *values: Any) -> Any:
        return self.data.draw(st.sampled_from(values))

    def size(self, low: int = 1, high: int = 4) -> int:
        return self.data.draw(st.integers(low, high))

    def sizes(self, rank: int, low: int = 1, high: int = 4) -> tuple[int, ...]:
        return tuple(self.size(low, high) for _ in range(rank))

    def yes(self) -> bool:
        return self.data.draw(st.booleans())

    def activation(self) -> str:
        return self.of(*ACTIVATIONS)

    def floats(self, *shape: int, scale: float = 1.0) -> np.ndarray:
        seed = self.data.draw(st.integers(0, 2**31))
        values = np.random.default_rng(seed).normal(size=(BATCH, *shape)) * scale
        return values.astype(np.float32)

    def whole(self, below: int, *shape: int) -> np.ndarray:
        seed = self.data.draw(st.integers(0, 2**31))
        return np.random.default_rng(seed).integers(0, below, (BATCH, *shape)).astype(np.int32)


LAYERS: dict[str, Callable[[Drawer], Drawn]] = {}


def draws(*names: str) -> Callable[[Any], Any]:
    def register(function: Any) -> Any:
        for name in names:
            # The class calls itself Grouped..., but is exported as Group...
            exported = name.replace("GroupedQuery", "GroupQuery")
            LAYERS[name] = lambda d, name=exported: function(d, d.class_called(name))
        return function

    return register


@draws("Dense")
def dense(d: Drawer, cls: Any) -> Drawn:
    shape = d.of((d.size(1, 9),), (d.size(), d.size(1, 6)))
    return cls(d.size(1, 8), activation=d.activation(), use_bias=d.yes()), [d.floats(*shape)]


@draws("EinsumDense")
def einsum_dense(d: Drawer, cls: Any) -> Drawn:
    equation, out, axes, rank = d.of(
        ("ab,bc->ac", d.size(), "c", 1),
        ("abc,cd->abd", (None, d.size()), "d", 2),
        ("...x,xy->...y", d.size(), "y", 1),
        ("abc,cde->abde", (None, d.size(), d.size()), "de", 2),
        ("abc,cde->abde", (None, d.size(), d.size()), "d", 2),
    )
    layer = cls(equation, out, activation=d.activation(), bias_axes=axes if d.yes() else None)
    return layer, [d.floats(*d.sizes(rank))]


@draws("Embedding")
def embedding(d: Drawer, cls: Any) -> Drawn:
    rows = d.size(2, 9)
    return cls(rows, d.size(), mask_zero=d.yes()), [d.whole(rows, d.size())]


@draws("ReversibleEmbedding")
def reversible_embedding(d: Drawer, cls: Any) -> Drawn:
    rows = d.size(2, 9)
    layer = cls(rows, d.size(), tie_weights=d.yes(), logit_soft_cap=d.of(None, 2.0))
    x = d.whole(rows, d.size())
    if d.yes():
        return layer, [x]
    return lambda inputs: layer(layer(inputs), reverse=True), [x]


@draws("Masking")
def masking(d: Drawer, cls: Any) -> Drawn:
    x = d.floats(d.size(2), d.size())
    x[0, 0] = 0
    return cls(mask_value=0.0), [x]


@draws("InputLayer")
def input_layer(d: Drawer, cls: Any) -> Drawn:
    del cls
    return d.layers.Identity(), [d.floats(d.size())]


@draws("Activation")
def activation(d: Drawer, cls: Any) -> Drawn:
    return cls(d.activation()), [d.floats(*d.sizes(2), scale=3)]


@draws("ReLU")
def relu(d: Drawer, cls: Any) -> Drawn:
    layer = cls(d.of(None, 1.5), d.of(0.0, 0.3), d.of(0.0, 0.4))
    return layer, [d.floats(d.size(), scale=2)]


@draws("LeakyReLU")
def leaky_relu(d: Drawer, cls: Any) -> Drawn:
    return cls(negative_slope=d.of(0.1, 0.3, 0.7)), [d.floats(d.size())]


@draws("ELU")
def elu(d: Drawer, cls: Any) -> Drawn:
    return cls(alpha=d.of(0.5, 1.0)), [d.floats(d.size())]


@draws("PReLU")
def prelu(d: Drawer, cls: Any) -> Drawn:
    return cls(shared_axes=d.of(None, [1])), [d.floats(*d.sizes(2))]


@draws("Softmax")
def softmax(d: Drawer, cls: Any) -> Drawn:
    return cls(axis=d.of(-1, 1, [1, 2])), [d.floats(*d.sizes(2))]


@draws(
    "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D",
)  # fmt: skip
def dropping(d: Drawer, cls: Any) -> Drawn:
    rank = {"1D": 2, "2D": 3, "3D": 4}.get(cls.__name__[-2:], 1)
    return cls(0.4), [d.floats(*d.sizes(rank))]


@draws("ActivityRegularization", "Identity", "TFDIdentity", "Flatten", "UnitNormalization")
def without_settings(d: Drawer, cls: Any) -> Drawn:
    return cls(), [d.floats(*d.sizes(2))]


@draws("RandomFlip", "RandomContrast", "RandomBrightness", "RandomRotation", "RandomZoom",
       "RandomTranslation")  # fmt: skip
def augmentation(d: Drawer, cls: Any) -> Drawn:
    arguments = {"RandomFlip": (), "RandomTranslation": (0.1, 0.1)}.get(cls.__name__, (0.2,))
    return cls(*arguments), [d.floats(4, 4, 3)]


@draws("Reshape")
def reshape(d: Drawer, cls: Any) -> Drawn:
    a, b = d.size(), d.size()
    return cls(d.of((b, a), (a * b,), (-1, a))), [d.floats(a, b)]


@draws("Permute")
def permute(d: Drawer, cls: Any) -> Drawn:
    return cls(d.of((1, 2, 3), (3, 1, 2), (2, 1, 3))), [d.floats(*d.sizes(3))]


@draws("RepeatVector")
def repeat_vector(d: Drawer, cls: Any) -> Drawn:
    return cls(d.size()), [d.floats(d.size())]


def rank_of(cls: Any) -> int:
    return int(cls.__name__.replace("Transpose", "")[-2])


@draws("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    pairs = tuple((d.size(0, 2), d.size(0, 2)) for _ in range(rank))
    extra = {} if rank == 1 else {"data_format": d.of("channels_last", "channels_first")}
    return cls(pairs[0] if rank == 1 else pairs, **extra), [d.floats(*d.sizes(rank + 1))]


@draws("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    pairs = tuple((d.size(0, 1), d.size(0, 1)) for _ in range(rank))
    return cls(pairs[0] if rank == 1 else pairs), [d.floats(*d.sizes(rank + 1, 3, 5))]


@draws("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    sizes = d.sizes(rank, 1, 3)
    extra = {"interpolation": d.of("nearest", "bilinear")} if rank == 2 else {}
    return cls(sizes[0] if rank == 1 else sizes, **extra), [d.floats(*d.sizes(rank + 1, 2, 3))]


def convolution_settings(d: Drawer, rank: int, *, causal: bool = False) -> dict[str, Any]:
    strided = d.yes()
    return {
        "kernel_size": d.sizes(rank, 1, 3),
        "strides": d.size(1, 3) if strided else 1,
        "dilation_rate": 1 if strided else d.size(1, 2),
        "padding": d.of("valid", "same", *(["causal"] if causal else [])),
        "activation": d.activation(),
        "use_bias": d.yes(),
    }


@draws("Conv1D", "Conv2D", "Conv3D")
def convolution(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    groups = d.size(1, 2)
    settings = convolution_settings(d, rank, causal=rank == 1)
    first = settings["padding"] != "causal" and groups == 1 and d.yes()
    settings["data_format"] = "channels_first" if first else "channels_last"
    layer = cls(groups * d.size(1, 3), groups=groups, **settings)
    sizes, channels = d.sizes(rank, 5, 7), groups * d.size(1, 2)
    return layer, [d.floats(channels, *sizes) if first else d.floats(*sizes, channels)]


@draws("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    layer = cls(depth_multiplier=d.size(1, 3), **convolution_settings(d, rank))
    return layer, [d.floats(*d.sizes(rank, 5, 7), d.size(1, 3))]


@draws("SeparableConv1D", "SeparableConv2D")
def separable(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    settings = convolution_settings(d, rank)
    layer = cls(d.size(), depth_multiplier=d.size(1, 2), **settings)
    return layer, [d.floats(*d.sizes(rank, 5, 7), d.size(1, 3))]


@draws("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    settings = convolution_settings(d, rank)
    # TensorFlow's CPU kernels refuse dilated transposed convolutions of three dimensions.
    settings["dilation_rate"] = 1
    return cls(d.size(), **settings), [d.floats(*d.sizes(rank, 2, 4), d.size(1, 3))]


@draws("MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
       "AveragePooling1D", "AveragePooling2D", "AveragePooling3D")  # fmt: skip
def pooling(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    layer = cls(
        d.size(1, 3), strides=d.of(None, 1, 2), padding=d.of("valid", "same"),
        data_format=d.of("channels_first", "channels_last"),
    )  # fmt: skip
    return layer, [d.floats(*d.sizes(rank + 1, 3, 6))]


@draws("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
       "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D")  # fmt: skip
def global_pooling(d: Drawer, cls: Any) -> Drawn:
    layer = cls(data_format=d.of("channels_last", "channels_first"), keepdims=d.yes())
    return layer, [d.floats(*d.sizes(rank_of(cls) + 1))]


@draws("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
       "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D")  # fmt: skip
def adaptive_pooling(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    # TensorFlow itself crashes where a single part is asked for.
    return cls(d.sizes(rank, 2, 3)), [d.floats(*d.sizes(rank, 4, 6), d.size())]


@draws("BatchNormalization")
def batch_normalization(d: Drawer, cls: Any) -> Drawn:
    layer = cls(axis=d.of(-1, 1), epsilon=d.of(1e-3, 0.1), center=d.yes(), scale=d.yes())
    return layer, [d.floats(*d.sizes(3))]


@draws("LayerNormalization")
def layer_normalization(d: Drawer, cls: Any) -> Drawn:
    layer = cls(axis=d.of(-1, 1, [1, 2]), center=d.yes(), scale=d.yes())
    return layer, [d.floats(*d.sizes(2, 2, 5))]


@draws("RMSNormalization")
def rms_normalization(d: Drawer, cls: Any) -> Drawn:
    # Keras spreads the scale over the last axis, so another axis must be as long.
    n = d.size(2, 5)
    return cls(axis=d.of(-1, 1), epsilon=d.of(1e-6, 0.1)), [d.floats(n, n)]


@draws("GroupNormalization")
def group_normalization(d: Drawer, cls: Any) -> Drawn:
    groups = d.size(1, 3)
    axis = d.of(-1, 1)
    other, channels = d.size(2), groups * d.size(1, 3)
    shape = (channels, other) if axis == 1 else (other, channels)
    layer = cls(groups=d.of(groups, -1), axis=axis, center=d.yes(), scale=d.yes())
    return layer, [d.floats(*shape)]


@draws("SpectralNormalization")
def spectral_normalization(d: Drawer, cls: Any) -> Drawn:
    return cls(d.layers.Dense(d.size(), activation=d.activation())), [d.floats(d.size())]


@draws("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract")
def merging(d: Drawer, cls: Any) -> Drawn:
    shape = d.sizes(2)
    count = 2 if cls.__name__ == "Subtract" else d.size(2, 4)
    arrays = [d.floats(*shape) for _ in range(count)]
    if d.yes():
        arrays[-1] = d.floats(1, shape[1])
    layer = cls()
    return lambda *inputs: layer(list(inputs)), arrays


@draws("Concatenate", "TFDConcat")
def concatenate(d: Drawer, cls: Any) -> Drawn:
    a, b = d.sizes(2)
    layer = cls(axis=d.of(-1, 2))
    return lambda *inputs: layer(list(inputs)), [d.floats(a, b), d.floats(a, d.size())]


@draws("Dot")
def dot(d: Drawer, cls: Any) -> Drawn:
    n, a, b = d.size(2), d.size(), d.size()
    layer = cls(axes=d.of((2, 2), -1), normalize=d.yes())
    if d.yes():
        return lambda *inputs: cls(1, normalize=True)(list(inputs)), [d.floats(n), d.floats(n)]
    return lambda *inputs: layer(list(inputs)), [d.floats(a, n), d.floats(b, n)]


def recurrent_settings(d: Drawer) -> dict[str, Any]:
    return {
        "return_sequences": d.yes(),
        "return_state": d.yes(),
        "go_backwards": d.yes(),
        "activation": d.of("tanh", "relu", "linear"),
        "use_bias": d.yes(),
    }


def masked_input(d: Drawer) -> np.ndarray:
    x = d.floats(d.size(1, 5), d.size())
    if d.yes():
        x[0, -1] = 0
        x[1, : x.shape[1] // 2] = 0
    return x


@draws("LSTM", "GRU", "SimpleRNN")
def recurrent(d: Drawer, cls: Any) -> Drawn:
    settings = recurrent_settings(d)
    if cls.__name__ != "SimpleRNN":
        settings["recurrent_activation"] = d.of("sigmoid", "hard_sigmoid")
    if cls.__name__ == "GRU":
        settings["reset_after"] = d.yes()
    layer = cls(d.size(), **settings)
    if d.yes():
        return lambda x: layer(d.layers.Masking()(x)), [masked_input(d)]
    return layer, [masked_input(d)]


@draws("RNN")
def rnn(d: Drawer, cls: Any) -> Drawn:
    cells = [
        getattr(d.layers, d.of("LSTMCell", "GRUCell", "SimpleRNNCell"))(d.size())
        for _ in range(d.size(1, 3))
    ]
    layer = cls(cells if len(cells) > 1 else cells[0], return_sequences=d.yes())
    return layer, [masked_input(d)]


@draws("Bidirectional")
def bidirectional(d: Drawer, cls: Any) -> Drawn:
    inner = getattr(d.layers, d.of("LSTM", "GRU", "SimpleRNN"))
    layer = cls(
        inner(d.size(), return_sequences=d.yes()), merge_mode=d.of("concat", "sum", "mul", "ave")
    )
    if d.yes():
        return lambda x: layer(d.layers.Masking()(x)), [masked_input(d)]
    return layer, [masked_input(d)]


@draws("TimeDistributed")
def time_distributed(d: Drawer, cls: Any) -> Drawn:
    kind = d.of("dense", "convolution", "model")
    if kind == "dense":
        return cls(d.layers.Dense(d.size(), activation="tanh")), [d.floats(*d.sizes(2))]
    if kind == "convolution":
        return cls(d.layers.Conv2D(2, 2, padding="same")), [d.floats(d.size(), 3, 3, 2)]
    width = d.size()
    inner = d.keras.Sequential([d.layers.Input((width,)), d.layers.Dense(3), d.layers.ReLU()])
    return cls(inner), [d.floats(d.size(), width)]


@draws("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(d: Drawer, cls: Any) -> Drawn:
    rank = rank_of(cls)
    layer = cls(
        d.size(1, 2), d.size(1, 3), padding=d.of("same", "valid"), return_sequences=d.yes(),
        go_backwards=d.yes(), return_state=d.yes(), strides=d.size(1, 2),
    )  # fmt: skip
    return layer, [d.floats(d.size(1, 3), *d.sizes(rank, 3, 4), d.size(1, 2))]


@draws("MultiHeadAttention")
def multi_head_attention(d: Drawer, cls: Any) -> Drawn:
    layer = cls(
        d.size(1, 3), d.size(1, 4), value_dim=d.of(None, 3), use_bias=d.yes(),
        output_shape=d.of(None, 5), use_gate=d.yes(), sliding_window=d.of(None, 2),
    )  # fmt: skip
    causal, scores = d.yes(), d.yes()
    if d.yes():
        return (
            lambda q: layer(q, q, use_causal_mask=causal, return_attention_scores=scores),
            [d.floats(d.size(2), d.size())],
        )
    width = d.size()
    arrays = [d.floats(d.size(2), width), d.floats(d.size(2), width)]
    return layer, arrays


@draws("GroupedQueryAttention", "GroupQueryAttention")
def grouped_query_attention(d: Drawer, cls: Any) -> Drawn:
    pairs = d.size(1, 2)
    layer = cls(d.size(1, 4), pairs * d.size(1, 2), pairs, use_bias=d.yes())
    causal = d.yes()
    return lambda q: layer(q, q, use_causal_mask=causal), [d.floats(d.size(2), d.size())]


@draws("Attention")
def attention(d: Drawer, cls: Any) -> Drawn:
    layer = cls(use_scale=d.yes(), score_mode=d.of("dot", "concat"))
    width, causal = d.size(), d.yes()
    arrays = [d.floats(d.size(), width), d.floats(d.size(), width)]
    return lambda q, v: layer([q, v], use_causal_mask=causal), arrays


@draws("AdditiveAttention")
def additive_attention(d: Drawer, cls: Any) -> Drawn:
    layer = cls(use_scale=d.yes())
    width = d.size()
    arrays = [d.floats(d.size(), width), d.floats(d.size(), width)]
    return lambda q, v: layer([q, v]), arrays


@draws("Normalization")
def normalization(d: Drawer, cls: Any) -> Drawn:
    x = d.floats(*d.sizes(2, 2, 4), scale=3)
    axis = d.of(-1, None)
    if d.yes():
        count = x.shape[-1] if axis == -1 else 1
        mean, variance = list(range(count)), [n + 0.5 for n in range(count)]
        if axis is None:
            mean, variance = 1.5, 2.5
        return cls(axis=axis, mean=mean, variance=variance, invert=d.yes()), [x]
    layer = cls(axis=axis)
    layer.adapt(x)
    return layer, [x]


@draws("Rescaling")
def rescaling(d: Drawer, cls: Any) -> Drawn:
    return cls(d.of(0.5, 1 / 255), d.of(0.0, -1.0)), [d.floats(*d.sizes(2))]


@draws("Discretization")
def discretization(d: Drawer, cls: Any) -> Drawn:
    layer = cls(bin_boundaries=[-1.0, 0.0, 0.5], output_mode=d.of("int", "one_hot"))
    return layer, [d.floats(d.size())]


@draws("CategoryEncoding")
def category_encoding(d: Drawer, cls: Any) -> Drawn:
    depth = d.size(2, 5)
    layer = cls(depth, output_mode=d.of("one_hot", "multi_hot", "count"))
    return layer, [d.whole(depth, d.size(1, 4))]


@pytest.fixture(scope="session")
def drawn_layers() -> dict[str, Callable[[Drawer], Drawn]]:
    return LAYERS


@pytest.fixture
def drawer(keras: Any) -> Callable[[st.DataObject], Drawer]:
    return lambda data: Drawer(keras, data)
