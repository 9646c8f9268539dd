"""Mistakes with normalization: epsilon, batch statistics, gamma or beta left out."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, layers_of, mistake
from weightview.calculator.mistakes.surgery import with_config
from weightview.calculator.trace import Trace
from weightview.core.model import Layer, Weight
from weightview.core.values import Array

_CLASSES = (
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "RMSNormalization",
)
_EPSILONS = (0.0, 1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12)
_DEFAULT = 1e-3


def _epsilon(layer: Layer) -> float:
    found = layer.config.get("epsilon", _DEFAULT)
    return float(found) if isinstance(found, (int, float)) else _DEFAULT


@mistake("another epsilon")
def another_epsilon(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Use an epsilon that other programs use, or none."""
    del trace
    for layer in layers_of(case.model, *_CLASSES):
        for epsilon in _EPSILONS:
            if epsilon == _epsilon(layer):
                continue
            words = f"epsilon {epsilon:g}" if epsilon else "no epsilon"
            yield Mistake(
                "another epsilon",
                f"{words} instead of {_epsilon(layer):g} in {layer.path}",
                layer.path,
                partial(
                    Case.changed, change=partial(with_config, path=layer.path, epsilon=epsilon)
                ),
            )


@mistake("epsilon outside the root")
def outside_root(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Divide by ``sqrt(variance) + epsilon``."""
    del trace
    for layer in layers_of(case.model, "BatchNormalization"):
        variance = layer.weight("moving_variance")
        if variance is None:
            continue

        yield Mistake(
            "epsilon outside the root",
            f"epsilon added after the square root in {layer.path}",
            layer.path,
            partial(_outside_root, layer=layer, variance=variance),
        )


def _outside_root(case: Case, layer: Layer, variance: Weight) -> Case:
    epsilon = _epsilon(layer)
    # With epsilon 0 in the config the layer divides by exactly this root.
    changed = case.map_weight(
        variance, lambda v: (np.sqrt(np.maximum(v.astype(np.float64), 0)) + epsilon) ** 2
    )
    return changed.changed(partial(with_config, path=layer.path, epsilon=0.0))


@mistake("batch statistics instead of moving ones")
def batch_statistics(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Take mean and variance of the input at hand, as in training."""
    for layer in layers_of(case.model, "BatchNormalization"):
        steps = [step for step in trace.steps if step.layer_path == layer.path and step.inputs]
        mean, variance = layer.weight("moving_mean"), layer.weight("moving_variance")
        if not steps or mean is None or variance is None:
            continue
        x = steps[0].inputs[0].astype(np.float64)
        x = x if trace.is_batch else x[np.newaxis]
        axis = layer.config.get("axis", -1)
        axis = (axis[0] if isinstance(axis, (list, tuple)) else axis) % x.ndim
        others = tuple(k for k in range(x.ndim) if k != axis)
        if mean.shape != (x.shape[axis],):
            continue

        yield Mistake(
            "batch statistics instead of moving ones",
            f"mean and variance of this input instead of the moving ones in {layer.path}",
            layer.path,
            partial(
                _with_statistics,
                mean=(mean, x.mean(axis=others)),
                variance=(variance, x.var(axis=others)),
            ),
        )


def _with_statistics(
    case: Case, mean: tuple[Weight, Array], variance: tuple[Weight, Array]
) -> Case:
    return case.set_weight(*mean).set_weight(*variance)


@mistake("gamma left out", "beta left out")
def parameters_left_out(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Forget the scale or the shift."""
    del trace
    for layer in layers_of(case.model, *_CLASSES):
        for role, neutral in (("gamma", 1.0), ("beta", 0.0), ("scale", 1.0)):
            weight = layer.weight(role)
            if weight is None:
                continue
            yield Mistake(
                f"{role} left out",
                f"without the {role} of {layer.path}",
                layer.path,
                partial(Case.set_weight, weight=weight, numbers=np.full(weight.shape, neutral)),
            )
