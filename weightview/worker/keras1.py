"""Configs of Keras 1 in the words of Keras 2, by a table, for ``tf_keras`` to build."""

from collections.abc import Callable, Mapping
from typing import Any

from weightview.core.errors import WorkerError
from weightview.worker.keras_names import MODELS

Config = dict[str, Any]

_RENAMED = {
    "output_dim": "units",
    "bias": "use_bias",
    "p": "rate",
    "border_mode": "padding",
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "stride": "strides",
    "length": "size",
    "atrous_rate": "dilation_rate",
    "inner_activation": "recurrent_activation",
    "sigma": "stddev",
    "concat_axis": "axis",
    "dot_axes": "axes",
}
"""Words that mean the same in every layer that knows them."""

_DROPPED = frozenset(
    {
        "init", "inner_init", "forget_bias_init", "beta_init", "gamma_init", "consume_less",
        "W_regularizer", "U_regularizer", "b_regularizer", "activity_regularizer",
        "beta_regularizer", "gamma_regularizer", "depthwise_regularizer", "pointwise_regularizer",
        "W_constraint", "U_constraint", "b_constraint", "depthwise_constraint",
        "pointwise_constraint", "dropout_W", "dropout_U", "dropout", "create_input_layer",
    }
)  # fmt: skip
"""Words of no meaning for computing: initializers, penalties, dropout inside recurrent layers."""

_DATA_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": "channels_last"}

_MERGES = {
    "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate",
    "dot": "Dot", "cos": "Dot",
}  # fmt: skip


def translated(config: Mapping[str, Any]) -> Config:
    """Return a model's config of Keras 1 as Keras 2 writes it.

    Args:
        config: the config of a Sequential or functional model.

    Raises:
        WorkerError: a layer has no counterpart in Keras 2, or lacks what its class needs.
    """
    return _understood(_model, config)


def translated_layer(entry: Mapping[str, Any]) -> Config:
    """Return one layer's entry (class_name, config ...) as Keras 2 writes it.

    Raises:
        WorkerError: the layer has no counterpart in Keras 2, or lacks what its class needs.
    """
    return _understood(_layer, entry)


def _understood(translate: Callable[[Mapping[str, Any]], Config], old: Mapping[str, Any]) -> Config:
    try:
        return translate(old)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise WorkerError(
            f"The config of Keras 1 cannot be translated ({type(error).__name__}: {error}), so "
            "TensorFlow stays out."
        ) from error


def _model(config: Mapping[str, Any]) -> Config:
    result = dict(config)
    result["layers"] = [_layer(entry) for entry in config["layers"]]
    return result


def _layer(entry: Mapping[str, Any]) -> Config:
    result = dict(entry)
    class_name, config = str(entry["class_name"]), entry["config"]
    if class_name in MODELS:
        result["config"] = _model({"layers": config} if isinstance(config, list) else config)
        return result
    new_name, special = _SPECIAL.get(class_name, (class_name, _nothing))
    new = _words(config)
    result["class_name"] = special(new, config) or new_name
    result["config"] = new
    return result


def _words(config: Mapping[str, Any]) -> Config:
    """Return ``config`` without what Keras 2 does not know and with today's words."""
    new: Config = {}
    for key, value in config.items():
        if key in _DROPPED or key in ("input_dim", "input_length", "input_dtype"):
            continue
        if key == "dim_ordering":
            new["data_format"] = _DATA_FORMATS.get(value, value)
        else:
            new[_RENAMED.get(key, key)] = value
    return new


def _nothing(new: Config, old: Mapping[str, Any]) -> None:
    del new, old


def _convolution_2d(new: Config, old: Mapping[str, Any]) -> None:
    new["kernel_size"] = [old["nb_row"], old["nb_col"]]
    for key in ("nb_row", "nb_col"):
        new.pop(key, None)


def _convolution_3d(new: Config, old: Mapping[str, Any]) -> None:
    keys = ("kernel_dim1", "kernel_dim2", "kernel_dim3")
    new["kernel_size"] = [old[key] for key in keys]
    for key in keys:
        new.pop(key, None)


def _transposed(new: Config, old: Mapping[str, Any]) -> None:
    _convolution_2d(new, old)
    new.pop("output_shape", None)


def _embedding(new: Config, old: Mapping[str, Any]) -> None:
    new["input_dim"] = old["input_dim"]
    new["output_dim"] = new.pop("units")


def _batch_normalization(new: Config, old: Mapping[str, Any]) -> None:
    mode = old.get("mode", 0)
    if mode not in (0, 2):
        raise WorkerError(
            f"“{old.get('name')}”: Keras 2 has no counterpart of BatchNormalization in mode "
            f"{mode} (Keras 1), so TensorFlow stays out."
        )
    new.pop("mode", None)


def _merge(new: Config, old: Mapping[str, Any]) -> str:
    mode = old.get("mode")
    if not isinstance(mode, str) or mode not in _MERGES:
        raise WorkerError(
            f"“{old.get('name')}”: a Merge layer of Keras 1 in mode {str(mode)[:40]!r} cannot be "
            "translated, so TensorFlow stays out."
        )
    kept = {"name": old.get("name"), "trainable": old.get("trainable", True)}
    if mode == "concat":
        kept["axis"] = old.get("concat_axis", -1)
    if mode in ("dot", "cos"):
        axes = old.get("dot_axes", -1)
        kept["axes"] = axes
        kept["normalize"] = mode == "cos"
    new.clear()
    new.update(kept)
    return _MERGES[mode]


def _wrapper(new: Config, old: Mapping[str, Any]) -> None:
    new["layer"] = _layer(old["layer"])


def _flat_leaky(new: Config, old: Mapping[str, Any]) -> None:
    del old
    new["alpha"] = float(new.get("alpha", 0.3))


def _global_or_pool(new: Config, old: Mapping[str, Any]) -> None:
    del old
    if new.get("strides") is None:
        new.pop("strides", None)


def _input(new: Config, old: Mapping[str, Any]) -> None:
    new["sparse"] = bool(old.get("sparse", False))
    new["dtype"] = old.get("input_dtype", "float32")


def _refuse(new: Config, old: Mapping[str, Any]) -> None:
    del new
    raise WorkerError(
        f"“{old.get('name')}” is of a class that only Keras 1 had, so TensorFlow stays out."
    )


_SPECIAL: dict[str, tuple[str, Callable[[Config, Mapping[str, Any]], str | None]]] = {
    "InputLayer": ("InputLayer", _input),
    "Convolution1D": ("Conv1D", _nothing),
    "Convolution2D": ("Conv2D", _convolution_2d),
    "AtrousConvolution1D": ("Conv1D", _nothing),
    "AtrousConvolution2D": ("Conv2D", _convolution_2d),
    "Convolution3D": ("Conv3D", _convolution_3d),
    "Deconvolution2D": ("Conv2DTranspose", _transposed),
    "SeparableConvolution2D": ("SeparableConv2D", _convolution_2d),
    "MaxPooling1D": ("MaxPooling1D", _global_or_pool),
    "AveragePooling1D": ("AveragePooling1D", _global_or_pool),
    "Embedding": ("Embedding", _embedding),
    "BatchNormalization": ("BatchNormalization", _batch_normalization),
    "Merge": ("Concatenate", _merge),
    "Bidirectional": ("Bidirectional", _wrapper),
    "TimeDistributed": ("TimeDistributed", _wrapper),
    "TimeDistributedDense": ("Dense", _nothing),
    "LeakyReLU": ("LeakyReLU", _flat_leaky),
    "LocallyConnected2D": ("LocallyConnected2D", _convolution_2d),
    "Highway": ("Highway", _refuse),
    "MaxoutDense": ("MaxoutDense", _refuse),
    "ParametricSoftplus": ("ParametricSoftplus", _refuse),
    "SReLU": ("SReLU", _refuse),
}
"""Today's class of each old one, and what is special about its config."""
