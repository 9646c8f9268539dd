"""What of a config reaches TensorFlow: only plain values and the names of Keras' own classes.

:func:`vetted` returns a copy in which nothing is left that could run or fetch anything: code is
refused, what does not matter for computing (initializers, regularizers, constraints: the weights
are the file's) is replaced by nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from weightview.core.errors import WorkerError
from weightview.worker.keras_names import (
    CODE_LAYERS,
    FUNCTION_OPS,
    FUNCTIONAL,
    LAYERS_OF_2,
    LAYERS_OF_3,
    MODELS,
    MODULES_OF_3,
    PLAIN_OBJECTS,
    TF_FUNCTIONS,
)

MAX_DEPTH = 60
MAX_ENTRIES = 2_000_000
_NEW_KERAS = 3

_OPS_MODULE = re.compile(r"keras\.src\.ops\.(numpy|nn|math|core|image|linalg|einops)")
_LAYERS_MODULE = re.compile(r"keras(\.src)?\.layers(\.[a-z0-9_]+)*")
_OLD_LAYERS_MODULE = re.compile(r"(tf_)?keras(\.src)?\.(layers|engine)(\.[a-z0-9_]+)*")
_ANY_MODULE = re.compile(r"(tf_)?keras(\.[a-z0-9_]+)*")
_CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,80}")
_FUNCTION_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TF_FUNCTION = re.compile(
    r"(math|nn|linalg|image|signal|bitwise|__operators__|keras\.activations)\.[a-z_0-9]+"
)
_ADDRESS = frozenset({"module", "class_name", "registered_name"})
_NO_LONGER_KNOWN = {
    name: frozenset({"value_range"})
    for name in ("RandomCrop", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom")
}
"""Settings of Keras 3.0 to 3.3 that later ones refuse; they matter in training alone."""
_OTHER_NAMES = {
    # The class is exported under a shorter name than its own, which HDF5 files hold.
    "GroupedQueryAttention": "GroupQueryAttention",
    # These ran on graphics cards alone; tf_keras knows how their weights become those of the twin.
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
}
_OLD_ACTIVATIONS = {"softmax_v2": "softmax", "log_softmax_v2": "log_softmax"}
"""TensorFlow's own names of functions, which Keras 2 wrote for its own."""
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization"})
_FILE_SETTINGS = frozenset({"vocabulary", "filepath"})


class RefusedError(WorkerError):
    """The model holds something that is not handed to TensorFlow."""


def vetted(config: Any, generation: int) -> Any:
    """Return a copy of a config with nothing in it but plain values and Keras' own classes.

    Args:
        config: a model's or a layer's config, or an entry with class_name and config.
        generation: 3 for ``keras``; 2 for ``tf_keras``, whose entries lose their module, so that
            it looks only among its own classes.

    Raises:
        RefusedError: the config holds code or a foreign class, or is too deep or too large.
        WorkerError: a layer needs what the config does not hold.
    """
    return _Vetting(generation).copied(config, "", 0)


class _Vetting:
    """One walk through a config."""

    def __init__(self, generation: int) -> None:
        self._is_new = generation >= _NEW_KERAS
        self._layers = LAYERS_OF_3 if self._is_new else LAYERS_OF_2
        self._left = MAX_ENTRIES

    def copied(self, value: Any, key: str, depth: int) -> Any:
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            what = "deep" if depth > MAX_DEPTH else "large"
            raise RefusedError(f"The model's config is too {what}, so TensorFlow stays out.")
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return _text(key, value)
        if isinstance(value, (list, tuple)):
            return [self.copied(item, "", depth + 1) for item in value]
        if isinstance(value, Mapping):
            if self._is_described(value):
                return self._object(value, key, depth)
            return self._mapping(value, depth)
        raise RefusedError(
            f"The model's config holds {type(value).__name__} at {key!r}, so TensorFlow stays out."
        )

    def _is_described(self, value: Mapping[str, Any]) -> bool:
        return "class_name" in value

    def _mapping(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = str(key)
            if name.endswith("_initializer") and item is not None:
                result[name] = self._zeros()
            elif name.endswith(("_regularizer", "_constraint")):
                result[name] = None
            elif name in ("input_layers", "output_layers"):
                result[name] = _single(self.copied(item, name, depth + 1))
            elif name not in ("shared_object_id", "compile_config", "build_config"):
                result[name] = self.copied(item, name, depth + 1)
        return result

    def _zeros(self) -> dict[str, Any]:
        if self._is_new:
            module = "keras.initializers"
            return {"module": module, "class_name": "Zeros", "config": {}, "registered_name": None}
        return {"class_name": "Zeros", "config": {}}

    def _object(self, value: Mapping[str, Any], key: str, depth: int) -> Any:
        class_name = value["class_name"]
        if not isinstance(class_name, str):
            raise _foreign(class_name, value.get("module"), "no name")
        if class_name == "function":
            return _function(value, key)
        if class_name in ("__numpy__", "__tensor__") and not self._is_new:
            # tf_keras reads these only in configs that name modules, which ours do not.
            return self.copied(_config_of(value).get("value"), key, depth + 1)
        if class_name == "__lambda__":
            raise RefusedError(
                f"The model holds a Python lambda (in {key}) - code from the file is never run, "
                "so TensorFlow stays out."
            )
        module = self._module(value)
        plain = {name: item for name, item in value.items() if name not in _ADDRESS}
        result = self._mapping(_named(plain, class_name), depth)
        result["class_name"] = _todays_name(class_name)
        if self._is_new and module:
            result["module"] = module
            result["registered_name"] = None
        self._check_settings(class_name, result.get("config"))
        return result

    def _module(self, value: Mapping[str, Any]) -> str:
        """Return the module under which Keras finds the class; refuse one that is not Keras'."""
        class_name, stated = value["class_name"], value.get("module")
        name = str(value.get("name") or (_config_of(value).get("name")) or "no name")
        if class_name in CODE_LAYERS:
            raise RefusedError(
                f"The model holds a {class_name} layer ({name[:60]}) - code from the file is never "
                "run, so TensorFlow stays out."
            )
        registered = value.get("registered_name")
        if not (stated is None or isinstance(stated, str)) or registered not in (None, class_name):
            raise _foreign(class_name, registered, name)
        module = stated or ""
        if _OPS_MODULE.fullmatch(module) or self._is_bare_op(value, module):
            if not self._is_new or class_name in FUNCTION_OPS or not _CLASS_NAME.match(class_name):
                raise _foreign(class_name, module, name)
            return module or "keras.src.ops"
        return self._module_of_class(class_name, module, name)

    def _module_of_class(self, class_name: str, module: str, name: str) -> str:
        if class_name in MODELS and (not module or _ANY_MODULE.fullmatch(module)):
            return "keras" if class_name == "Sequential" else "keras.src.models.functional"
        own = _LAYERS_MODULE if self._is_new else _OLD_LAYERS_MODULE
        if class_name in self._layers and (not module or own.fullmatch(module)):
            return MODULES_OF_3.get(class_name, "keras.layers")
        if class_name in PLAIN_OBJECTS and (not module or _ANY_MODULE.fullmatch(module)):
            return module
        raise _foreign(class_name, module, name)

    def _is_bare_op(self, value: Mapping[str, Any], module: str) -> bool:
        """Return whether this is an op of Keras 3 from an ``.h5``, which names no module."""
        if module or not self._is_new or not isinstance(value["class_name"], str):
            return False
        config = _config_of(value)
        described = value["class_name"] in PLAIN_OBJECTS | MODELS
        return not described and "inbound_nodes" in value and "dtype" not in config

    def _check_settings(self, class_name: str, config: Any) -> None:
        if class_name in _LOOKUPS and isinstance(config, Mapping) and not config.get("vocabulary"):
            raise WorkerError(
                f"“{config.get('name')}” ({class_name}) looks words up in a list that the file "
                "keeps apart from its config; TensorFlow is not given it."
            )
        if class_name in ("TFOpLambda", "SlicingOpLambda") and isinstance(config, Mapping):
            function = str(config.get("function"))
            if not _TF_FUNCTION.fullmatch(function) and function not in TF_FUNCTIONS:
                raise RefusedError(
                    f"The model calls the TensorFlow function {function[:60]!r}, which is not one "
                    "of those that only compute, so TensorFlow stays out."
                )


def _named(value: dict[str, Any], class_name: str) -> dict[str, Any]:
    """Return an entry whose config has the layer's name, which may stand beside it alone."""
    config, name = value.get("config"), value.get("name")
    if isinstance(config, list) and class_name in MODELS:
        # Sequential of Keras 1 and early 2: the config is the list of layers.
        config = {"layers": config}
    if isinstance(config, Mapping):
        if isinstance(name, str) and "name" not in config and class_name not in PLAIN_OBJECTS:
            config = {**config, "name": name}
        dropped = _NO_LONGER_KNOWN.get(class_name, frozenset())
        config = {key: item for key, item in config.items() if key not in dropped}
        if class_name in ("GRU", "GRUCell"):
            # Keras before 2.3 did not write it, and had no other form; today's default is True.
            config.setdefault("reset_after", False)
        if class_name == "CuDNNGRU":
            config["reset_after"] = True
    return {**value, "config": config} if "config" in value else value


def _single(ends: Any) -> Any:
    """Return the only input or output by itself: a list of one would give a list of one tensor."""
    if isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list):
        return ends[0]
    return ends


def _todays_name(class_name: str) -> str:
    if class_name in FUNCTIONAL:
        return "Functional"
    return _OTHER_NAMES.get(class_name, class_name)


def _config_of(value: Mapping[str, Any]) -> Mapping[str, Any]:
    config = value.get("config")
    return config if isinstance(config, Mapping) else {}


def _foreign(class_name: Any, module: Any, name: str) -> RefusedError:
    found = str(module or class_name)[:80]
    return RefusedError(
        f"The model holds a class that is not Keras' own ({str(class_name)[:60]} in {name[:60]}, "
        f"found: {found}) - code from elsewhere is never run, so TensorFlow stays out."
    )


def _text(key: str, value: str) -> str:
    if key in _FILE_SETTINGS:
        raise RefusedError(
            f"The model names a file ({key}: {value[:60]!r}) - files named in a file are never "
            "opened, so TensorFlow stays out."
        )
    if key.endswith("activation"):
        return _OLD_ACTIVATIONS.get(value, value)
    return value


def _function(value: Mapping[str, Any], key: str) -> str:
    """Return the name of one of Keras' own functions, such as an activation."""
    name, module = value.get("config"), value.get("module")
    own = module in (None, "builtins", "keras.activations", "tf_keras.activations")
    if not (own and isinstance(name, str) and _FUNCTION_NAME.fullmatch(name)):
        raise RefusedError(
            f"The model holds a function of its own ({key}: {str(name)[:60]!r}) - code from the "
            "file is never run, so TensorFlow stays out."
        )
    return name
