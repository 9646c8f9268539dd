"""Which layer classes and ops the calculator knows: their forward functions and shape rules.

A new layer class is one function marked ``@forward("Name")`` and one marked ``@shape_rule("Name")``
in a module of :mod:`weightview.calculator.layers`.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from weightview.core.model import Layer

Function = TypeVar("Function", bound=Callable[..., Any])

LAYER_MODULES: tuple[str, ...] = (
    "core",
    "activations",
    "normalization",
    "reshaping",
    "convolution",
    "pooling",
    "merging",
    "lookup",
    "recurrent",
    "attention",
    "preprocessing",
    "old",
)
OP_MODULES: tuple[str, ...] = ("elementwise", "reducing", "moving", "tensorflow")


@dataclass(frozen=True)
class Rule:
    """How a class is computed.

    Attributes:
        function: takes the :class:`~weightview.calculator.call.Call` and the node's arguments,
            gives a tensor or several.
        keeps_mask: whether the mask of the first argument is that of the output too.
    """

    function: Callable[..., Any]
    keeps_mask: bool = False


_FORWARD: dict[str, Rule] = {}
_OPS: dict[str, Rule] = {}
_SHAPES: dict[str, Callable[..., Any]] = {}
_loaded: list[str] = []


def forward(*class_names: str, keeps_mask: bool = False) -> Callable[[Function], Function]:
    """Register a forward function for layer classes."""

    def register(function: Function) -> Function:
        for name in class_names:
            assert name not in _FORWARD, f"{name} is registered twice"
            _FORWARD[name] = Rule(function, keeps_mask)
        return function

    return register


def operation(*class_names: str) -> Callable[[Function], Function]:
    """Register a function for the ops that stand in functional graphs, such as ``GetItem``."""

    def register(function: Function) -> Function:
        for name in class_names:
            assert name not in _OPS, f"the op {name} is registered twice"
            _OPS[name] = Rule(function)
        return function

    return register


def shape_rule(*class_names: str) -> Callable[[Function], Function]:
    """Register a shape rule: takes the layer and its input shapes, gives the output shape."""

    def register(function: Function) -> Function:
        for name in class_names:
            assert name not in _SHAPES, f"the shape of {name} is registered twice"
            _SHAPES[name] = function
        return function

    return register


def _load() -> None:
    if not _loaded:
        for name in LAYER_MODULES:
            importlib.import_module(f"weightview.calculator.layers.{name}")
        for name in OP_MODULES:
            importlib.import_module(f"weightview.calculator.graph_ops.{name}")
        _loaded.extend(LAYER_MODULES)


def layer_classes() -> Mapping[str, Rule]:
    """Return every layer class that can be computed."""
    _load()
    return _FORWARD


def operations() -> Mapping[str, Rule]:
    """Return every op that can be computed."""
    _load()
    return _OPS


def shape_rules() -> Mapping[str, Callable[..., Any]]:
    """Return the shape rule of every layer class that has one."""
    _load()
    return _SHAPES


def is_operation(layer: Layer) -> bool:
    """Return whether ``layer`` is an op of a functional graph and not a layer."""
    if layer.class_name in ("TFOpLambda", "SlicingOpLambda"):
        return True
    if layer.module:
        return layer.module.startswith(("keras.src.ops", "keras.ops"))
    # An .h5 file names no module: a layer's config always says whether it is trainable.
    known = layer.class_name in operations() and "trainable" not in layer.config
    return known and "dtype" not in layer.config and layer.class_name != "InputLayer"


def rule_for(layer: Layer) -> Rule | None:
    """Return how ``layer`` is computed, or None where the calculator does not know it."""
    if not layer.is_own:
        return None
    return (operations() if is_operation(layer) else layer_classes()).get(layer.class_name)


def shape_rule_for(layer: Layer) -> Callable[..., Any] | None:
    """Return the shape rule of ``layer``, or None."""
    if not layer.is_own or is_operation(layer):
        return None
    return shape_rules().get(layer.class_name)
