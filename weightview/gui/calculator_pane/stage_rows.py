"""The rows of a strip: the stages of a call, those of an inner layer under its name."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from weightview.calculator.trace import Stage, Step
from weightview.core.errors import CalculationError
from weightview.core.model import Generation, Layer
from weightview.core.numbers import shorten
from weightview.gui.calculator_pane.bias_box import BIAS_LABEL
from weightview.gui.calculator_pane.number_row import NumberRow

_SHORT_FORMULA = 12
_NO_NUMBERS = np.zeros(0)
_LEADING_STAGES = ("scores", "attention", "weights", "mask")
_OTHER_QUANTITIES = ("attention_weights", "masked")
"""Shares of one beside scores of any size, and -1e9 in place of a number: a scale of their own."""

_BOTH = "both"
_BOTH_WAYS = ("forward", "backward")


def stage_rows(layer: Layer, step: Step, *, bias_kept: bool) -> list[tuple[str, NumberRow]]:
    """Return the rows of a call with the stages' names, ``""`` for a row that is no stage.

    Args:
        layer: the layer that is called.
        step: the call.
        bias_kept: whether the bias takes part; else a row says that it is left out.
    """
    inner = inner_layers(layer)
    parts = [_part(stage, inner) for stage in step.stages]
    formulas = Counter(zip(parts, (stage.formula for stage in step.stages), strict=True))
    rows: list[tuple[str, NumberRow]] = []
    previous = ""
    for part, stage in zip(parts, step.stages, strict=True):
        if part != previous and inner:
            rows.append(("", _heading(part, inner)))
        previous = part
        is_clear = formulas[part, stage.formula] == 1
        rows.append((stage.name, _row(layer, stage, part, is_clear=is_clear)))
    has_bias_row = any(row.label == BIAS_LABEL for _, row in rows)
    if not bias_kept and not has_bias_row:
        left_out = NumberRow(BIAS_LABEL, _NO_NUMBERS, note="left out")
        rows.insert(min(1, len(rows)), ("", left_out))
    return rows


def inner_layers(layer: Layer) -> Mapping[str, Layer]:
    """Return the layers whose stages stand among those of ``layer``, by the parts' names."""
    if layer.class_name == "Bidirectional":
        found = {way: layer.inner(f"{way}_layer") for way in _BOTH_WAYS}
    else:
        found = {"": layer.inner("layer")} if layer.class_name == "TimeDistributed" else {}
    return {part: inner for part, inner in found.items() if inner is not None}


def own_inside(layers: Sequence[Layer], generation: Generation | None) -> str:
    """Return the activation that the model gives the first of ``layers``, ``""`` without one."""
    from weightview.calculator.call import own_activation

    try:
        own = own_activation(layers[0], generation)
    except CalculationError:
        return ""
    return own.name if own is not None else ""


def _part(stage: Stage, inner: Mapping[str, Layer]) -> str:
    """Return to which inner layer a stage belongs, by name; ``both`` for what merges them."""
    way = stage.name.partition("_")[0]
    if way in inner:
        return way
    return _BOTH if _BOTH_WAYS[0] in inner else "at each time step" if inner else ""


def _heading(part: str, inner: Mapping[str, Layer]) -> NumberRow:
    if part == _BOTH:
        return NumberRow("both", _NO_NUMBERS, note="forward and backward, merged", is_heading=True)
    layer = inner.get(part) or inner[""]
    units = layer.config.get("units")
    told = [shorten(layer.class_name), *([f"{units} units"] if units else [])]
    said = ", ".join([*told, part])
    return NumberRow(shorten(layer.name, 40), _NO_NUMBERS, layer.path, note=said, is_heading=True)


def _row(layer: Layer, stage: Stage, part: str, *, is_clear: bool) -> NumberRow:
    """Return a stage as a row, labelled by its formula where that is short and clear."""
    leading = any(word in stage.name for word in _LEADING_STAGES)
    leading |= layer.config.get("data_format") == "channels_first"
    name = stage.name.removeprefix(f"{part}_").replace("_", " ")
    is_short = 0 < len(stage.formula) <= _SHORT_FORMULA
    label = stage.formula if is_short and is_clear else name
    tip = f"{name}: {stage.formula}" if stage.formula else name
    row = NumberRow(label, np.asarray(stage.value), tip, leading, called=stage.called)
    return row.alone() if any(word in stage.name for word in _OTHER_QUANTITIES) else row
