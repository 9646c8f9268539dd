"""Mistakes with activations: forgotten, applied twice, over the wrong axis, of another Keras."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from weightview.calculator.mistakes.case import Case, Mistake, mistake
from weightview.calculator.mistakes.surgery import can_insert, insert_after, made_layer
from weightview.calculator.trace import Step, Trace
from weightview.core.model import Layer

_IDENTITY = ("", "linear")
_KEEPS_TWICE = ("relu", "relu6", *_IDENTITY)  # applying these again changes nothing
_OVER_AXIS = ("softmax", "log_softmax", "sparsemax")
_OF_OTHER_GENERATION = ("hard_sigmoid",)


def _activated(case: Case, trace: Trace) -> Iterator[tuple[Layer, Step]]:
    """Yield each layer that has an activation worth the name, once."""
    seen: set[str] = set()
    for step in trace.steps:
        if step.layer_path in seen or step.own_activation in _IDENTITY:
            continue
        seen.add(step.layer_path)
        yield case.model.layer(step.layer_path), step


@mistake("activation forgotten")
def forgotten(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Leave the activation out, in one layer or in all."""
    found = list(_activated(case, trace))
    for layer, step in found:
        yield Mistake(
            "activation forgotten",
            f"without {step.own_activation} in {layer.path}",
            layer.path,
            partial(Case.activated, names={layer.path: "linear"}),
        )
    if len(found) > 1:
        names = {layer.path: "linear" for layer, _ in found}
        yield Mistake(
            "activation forgotten",
            "without any activation",
            "",
            partial(Case.activated, names=names),
        )


@mistake("activation applied twice")
def twice(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Apply the activation once more to what the layer gave."""
    for layer, step in _activated(case, trace):
        name = step.own_activation
        if name in _KEEPS_TWICE or not can_insert(case.model, layer.path):
            continue
        extra = made_layer(layer, "again", "Activation", activation=name)
        yield Mistake(
            "activation applied twice",
            f"{name} applied twice in {layer.path}",
            layer.path,
            partial(Case.changed, change=partial(insert_after, path=layer.path, layer=extra)),
        )


@mistake("softmax over the wrong axis")
def over_wrong_axis(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Take softmax over another axis than the last."""
    for layer, step in _activated(case, trace):
        if step.own_activation not in _OVER_AXIS or not can_insert(case.model, layer.path):
            continue
        rank = step.outputs[0].ndim + (0 if trace.is_batch else 1)
        for axis in range(1 if rank > 2 else 0, rank - 1):  # noqa: PLR2004 - batch and vector
            extra = made_layer(layer, f"axis_{axis}", "Softmax", axis=axis)
            where = "the batch" if axis == 0 else f"axis {axis}"
            yield Mistake(
                "softmax over the wrong axis",
                f"softmax over {where} instead of the last axis in {layer.path}",
                layer.path,
                partial(_over_axis, layer=layer, extra=extra),
            )


def _over_axis(case: Case, layer: Layer, extra: Layer) -> Case:
    plain = case.activated({layer.path: "linear"})
    return plain.changed(partial(insert_after, path=layer.path, layer=extra))


@mistake("hard_sigmoid of the other generation")
def of_other_generation(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Use the hard_sigmoid of Keras 3 for a file of Keras 2, and the other way round."""
    old = case.model.generation is not None and case.model.generation < 3  # noqa: PLR2004
    for layer in case.model.walk():
        for entry in ("activation", "recurrent_activation"):
            if layer.config.get(entry) not in _OF_OTHER_GENERATION:
                continue
            formula = "relu6(x + 3) / 6 of Keras 3" if old else "clip(0.2 x + 0.5) of Keras 2"
            yield Mistake(
                "hard_sigmoid of the other generation",
                f"hard_sigmoid as {formula} in {layer.path}",
                layer.path,
                partial(Case.changed, change=partial(replace, generation=3 if old else 2)),
            )
    del trace
