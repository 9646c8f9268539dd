"""What each layer class does with the units that come to it on the last axis of its input.

A layer *mixes* them (each output depends on all of them: a kernel's axis is tied to them, and
its outputs are units of its own), *keeps* them (an output for each, perhaps several), or *merges*
them with those of other layers. A class that is not named here is not followed.
"""

from collections.abc import Iterator

from weightview.core.model import Layer, Shapes, Weight
from weightview.core.units.lanes import Lane, Tied, UntraceableError, tied

DENSE = frozenset({"Dense", "TimeDistributedDense"})
CONVOLUTIONS = frozenset(
    {"Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D"}
)
TRANSPOSED = frozenset({"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Deconvolution2D"})
SEPARABLE = frozenset({"SeparableConv1D", "SeparableConv2D", "SeparableConvolution2D"})
DEPTHWISE = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})
RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"})
EMBEDDINGS = frozenset({"Embedding"})
MIXING = DENSE | CONVOLUTIONS | TRANSPOSED | SEPARABLE | RECURRENT | EMBEDDINGS
ATTENTION = frozenset({"MultiHeadAttention", "GroupQueryAttention"})
NORMALIZATIONS = frozenset({"BatchNormalization", "LayerNormalization"})
RESHAPING = frozenset({"Flatten", "Reshape"})
_SPATIAL = (
    "AveragePooling",
    "Cropping",
    "GlobalAveragePooling",
    "GlobalMaxPooling",
    "MaxPooling",
    "SpatialDropout",
    "UpSampling",
    "ZeroPadding",
)
KEEPING = frozenset(
    {
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "Identity",
        "LeakyReLU",
        "Masking",
        "PReLU",
        "ReLU",
        "RepeatVector",
        "Softmax",
        "ThresholdedReLU",
        *(f"{kind}{rank}D" for rank in (1, 2, 3) for kind in _SPATIAL),
        *NORMALIZATIONS,
        *RESHAPING,
        *DEPTHWISE,
    }
)
MERGING = frozenset({"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"})
REASONS = {
    "GroupNormalization": "“{name}” (GroupNormalization) takes them in groups",
    "Permute": "“{name}” (Permute) puts another axis in the place of theirs",
    "Dot": "“{name}” (Dot) sums over them together with others",
    "Lambda": "“{name}” (Lambda) runs code that only its author knows",
    "ConvLSTM2D": "“{name}” (ConvLSTM2D) is not followed",
}
"""Why a class is not followed, as the end of a sentence."""

_ROLES = frozenset({"kernel", "bias", "recurrent_kernel", "embeddings"})
_MIXING_ACTIVATIONS = frozenset({"glu"})
_OUT_WORDS = ("unit", "filter", "gate and unit", "dimension")
_IN_WORDS = ("input", "channel")


def units_of(layer: Layer) -> int:
    """Return how many units a layer's own output has; 0 for a class that has none to swap."""
    name = layer.class_name
    if not layer.is_own or name not in MIXING | DEPTHWISE:
        return 0
    kernel = kernel_of(layer)
    if kernel is None or len(kernel.shape) < 2:  # noqa: PLR2004 - input and output
        return 0
    if name in DEPTHWISE:
        channel, times = (kernel.shape[axis] for axis in (-2, -1))
        return channel if times == 1 else 0
    count = kernel.shape[_axis(layer, kernel, is_output=True)]
    recurrent = layer.weight("recurrent_kernel")
    return recurrent.shape[0] if recurrent is not None and name in RECURRENT else count


def kernel_of(layer: Layer) -> Weight | None:
    """Return the weight whose last axis (or so) are the layer's units."""
    roles = ["kernel", "kernel_i", "kernel_z"]
    if layer.class_name in EMBEDDINGS:
        roles = ["embeddings"]
    elif layer.class_name in SEPARABLE:
        roles = ["pointwise_kernel"]
    return next((w for w in map(layer.weight, roles) if w is not None), None)


def output_ties(layer: Layer, lane: Lane) -> Iterator[Tied]:
    """Yield what of a mixing layer's own weights belongs to its units.

    Raises:
        UntraceableError: the units are not those of the layer, or a weight belongs to no unit.
    """
    if not lane.is_plain or lane.count != units_of(layer):
        raise UntraceableError(f"“{layer.name}” takes them in groups")
    check_kind(layer)
    for weight in layer.weights:
        role = weight.role.partition("_")[0]
        if weight.role.startswith("recurrent_kernel") and layer.class_name in RECURRENT:
            yield tied(weight, 0, lane)
            yield tied(weight, -1, lane)
        elif weight is kernel_of(layer) or (role == "kernel" and layer.class_name in RECURRENT):
            yield tied(weight, _axis(layer, weight, is_output=True), lane)
        elif role == "bias":
            yield tied(weight, -1, lane)
        elif weight.role != "depthwise_kernel" or layer.class_name not in SEPARABLE:
            raise UntraceableError(f"“{weight.path}” does not belong to single units")


def input_ties(layer: Layer, lane: Lane) -> Iterator[Tied]:
    """Yield which of a mixing layer's weights the units that come in are tied to.

    Raises:
        UntraceableError: they are not taken one by one.
    """
    check_kind(layer)
    if layer.class_name in EMBEDDINGS:
        raise UntraceableError(f"“{layer.name}” takes them for indices")
    if layer.class_name in SEPARABLE:
        depthwise, pointwise = layer.weight("depthwise_kernel"), layer.weight("pointwise_kernel")
        if depthwise is None or pointwise is None:
            raise UntraceableError(f"the kernel of “{layer.name}” was not found")
        yield tied(depthwise, -2, lane)
        yield tied(pointwise, -2, lane.widened(depthwise.shape[-1]))
        return
    kernels = [w for w in layer.weights if w.role == "kernel" or _is_gate_kernel(layer, w)]
    odd = [w for w in layer.weights if w.role not in _ROLES and layer.class_name not in RECURRENT]
    if not kernels or odd or any(weight.scale for weight in layer.weights):
        raise UntraceableError(f"the kernel of “{layer.name}” was not found")
    for kernel in kernels:
        yield tied(kernel, _axis(layer, kernel, is_output=False), lane)


def attention_ties(layer: Layer, role: str, lane: Lane) -> Iterator[Tied]:
    """Yield what of an attention layer belongs to the units of one of its tensors.

    Args:
        layer: the attention layer; it holds a projection for each tensor.
        role: ``query``, ``key`` or ``value`` for what comes in, ``output`` for what it gives.
        lane: the units on the tensor's last axis.

    Raises:
        UntraceableError: the projection is not one of Keras' plain ones.
    """
    check_kind(layer)
    inner = next((one for one in layer.layers if one.role == f"{role}_dense"), None)
    if inner is None or any(w.scale or w.role not in ("kernel", "bias") for w in inner.weights):
        raise UntraceableError(f"it is not known how “{layer.name}” projects them")
    if role == "output" and not lane.is_plain:
        raise UntraceableError(f"“{layer.name}” takes them in groups")
    word = "output" if role == "output" else "input"
    found = [tied(w, w.axes.index(word), lane) for w in inner.weights if w.axes.count(word) == 1]
    if not any(one.weight.role == "kernel" for one in found):
        raise UntraceableError(f"it is not known how “{layer.name}” projects them")
    if role == "output" and any(one.weight.shape[one.axis] != lane.count for one in found):
        raise UntraceableError(f"“{layer.name}” takes them in groups")
    yield from found


def kept(layer: Layer, lane: Lane) -> tuple[Lane, tuple[Tied, ...]]:
    """Return the lane of what a keeping layer gives, and which of its weights belong to units.

    Raises:
        UntraceableError: it works along another axis, or in groups.
    """
    check_kind(layer)
    name = layer.class_name
    if name in DEPTHWISE:
        return _depthwise(layer, lane)
    if name in RESHAPING:
        return _reshaped(layer, lane), ()
    if name in NORMALIZATIONS and not _is_along_last(layer):
        raise UntraceableError(f"“{layer.name}” works along another axis")
    if name == "Softmax" and layer.config.get("axis", -1) != -1:
        raise UntraceableError(f"“{layer.name}” works along another axis")
    ties = tuple(
        tied(weight, -1, lane)
        for weight in layer.weights
        if (weight.shape[-1] if weight.shape else 1) != 1
    )
    return lane, ties


def kept_backwards(layer: Layer, lane: Lane) -> Lane:
    """Return the lane of the input from which a keeping layer makes ``lane``.

    Raises:
        UntraceableError: there is none.
    """
    if layer.class_name in DEPTHWISE:
        kernel = kernel_of(layer)
        return lane.narrowed(kernel.shape[-1] if kernel is not None else 1)
    if layer.class_name in RESHAPING and not lane.fits(last_of(layer.input_shape)):
        raise UntraceableError(f"it is not known how “{layer.name}” orders them")
    return lane


def _depthwise(layer: Layer, lane: Lane) -> tuple[Lane, tuple[Tied, ...]]:
    kernel, bias = kernel_of(layer), layer.weight("bias")
    if kernel is None or len(layer.weights) > 1 + (bias is not None):
        raise UntraceableError(f"the kernel of “{layer.name}” was not found")
    after = lane.widened(kernel.shape[-1])
    ties = [tied(kernel, -2, lane)]
    if bias is not None:
        ties.append(tied(bias, -1, after))
    return after, tuple(ties)


def _reshaped(layer: Layer, lane: Lane) -> Lane:
    """Return the lane after a change of shape that leaves neighbours neighbours.

    In C order a place on the last axis stays where it is, or comes again at each multiple of the
    axis, as long as the new last axis is a multiple of the old one.
    """
    if layer.class_name == "Flatten" and lane.stop is None:
        return lane
    before, after = last_of(layer.input_shape), last_of(layer.output_shape)
    if before and before == after:
        return lane
    if before and after % before == 0 and lane.stop is None and lane.fits(before):
        return lane
    raise UntraceableError(f"it is not known how “{layer.name}” orders them")


def check_kind(layer: Layer) -> None:
    """Refuse what looks like a known class and is not.

    Raises:
        UntraceableError: a class of somebody's own, channels first, groups, a mixing activation.
    """
    config = layer.config
    if not layer.is_own:
        raise UntraceableError(f"“{layer.name}” is not of Keras' own class")
    if ".ops" in layer.module:
        raise UntraceableError(f"“{layer.name}” is an operation, which is not followed")
    first = config.get("data_format") == "channels_first" or config.get("dim_ordering") == "th"
    if first and layer.class_name not in DENSE | RECURRENT:
        raise UntraceableError(f"“{layer.name}” has its channels first")
    if config.get("groups", 1) != 1:
        raise UntraceableError(f"“{layer.name}” takes them in groups")
    for key in ("activation", "recurrent_activation"):
        name = config.get(key)
        if name is not None and (not isinstance(name, str) or name in _MIXING_ACTIVATIONS):
            raise UntraceableError(f"“{layer.name}” has an activation that may mix them")


def _is_gate_kernel(layer: Layer, weight: Weight) -> bool:
    return layer.class_name in RECURRENT and weight.role.startswith("kernel_")


def _axis(layer: Layer, weight: Weight, *, is_output: bool) -> int:
    """Return the axis of the units that a kernel makes, or of those that it takes."""
    axes = [name.partition(" (")[0] for name in weight.axes]
    found = [i for i, word in enumerate(axes) if word in (_OUT_WORDS if is_output else _IN_WORDS)]
    if len(found) == 1:
        return found[0]
    if any(word.startswith("axis ") for word in axes):
        raise UntraceableError(f"it is not known which axis of “{weight.path}” is which")
    is_turned = layer.class_name in TRANSPOSED
    if layer.class_name in DENSE | RECURRENT and not is_output:
        return 0
    return len(weight.shape) - (1 if is_output != is_turned else 2)


def _is_along_last(layer: Layer) -> bool:
    axis = layer.config.get("axis", -1)
    if isinstance(axis, list | tuple):
        axis = axis[0] if len(axis) == 1 else None
    shape = layer.input_shape
    is_one = shape is not None and not any(isinstance(part, tuple) for part in shape)
    if axis == -1:
        return True
    if shape is None or not is_one:
        raise UntraceableError(f"it is not known along which axis “{layer.name}” works")
    return bool(axis == len(shape) - 1)


def last_of(shape: Shapes) -> int:
    """Return the length of the last axis of one shape; 0 where it is not known."""
    if not shape or any(isinstance(part, tuple) for part in shape):
        return 0
    last = shape[-1]
    return last if isinstance(last, int) else 0
