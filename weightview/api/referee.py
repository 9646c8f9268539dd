"""TensorFlow as the referee: how far the calculator and Keras differ, call by call."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weightview.calculator.trace import Masked, Step, Trace
from weightview.core.document import Document, Snapshot
from weightview.core.errors import CalculationError, WorkerError
from weightview.core.values import Array

if TYPE_CHECKING:
    from weightview.worker.client import Worker

TOLERANCE = 1e-4
"""Both compute in float32 (2^-24 = 6e-8 a step) and add up in another order; a sum of n numbers may
differ by about n times that, and later layers carry it on."""

LOW_TOLERANCE = 1e-2
"""For layers that compute in float16 (5e-4 a step), bfloat16 (4e-3) or with quantised weights."""

SMALLEST_SCALE = 1e-3
"""Outputs smaller than this are compared with it instead of with themselves: the difference of two
near zeros says nothing."""


@dataclass(frozen=True)
class Verdict:
    """What TensorFlow says about one call of one layer.

    Attributes:
        layer_path: the layer, ``outer/inner``.
        node: which call of that layer, from 0.
        absolute: the largest absolute difference of any output, or None.
        relative: ``absolute`` divided by the largest magnitude of TensorFlow's output (at least
            ``SMALLEST_SCALE``), or None.
        agrees: whether ``relative`` is within the tolerance; None where it was not checked.
        reason: why it was not checked, or what is odd about the difference; else ``""``.
    """

    layer_path: str
    node: int
    absolute: float | None = None
    relative: float | None = None
    agrees: bool | None = None
    reason: str = ""

    @property
    def sentence(self) -> str:
        """A few words for the pane: ``agrees to 2e-7``, ``differs by 0.3``, ``not checked: …``."""
        if self.agrees is None:
            return f"not checked: {self.reason}"
        if not self.agrees:
            return f"differs: {self.reason}" if self.reason else f"differs by {self.absolute:.2g}"
        if not self.relative:
            return "agrees exactly"
        return f"agrees to {self.relative:.0e}".replace("e-0", "e-")


def check_with_tensorflow(
    document: Document | Snapshot,
    inputs: Any,
    *,
    trace: Trace | None = None,
    worker: "Worker | None" = None,
) -> tuple[Verdict, ...]:
    """Compare each layer's output with what the Keras of the file's generation computes.

    The model is built from the vetted config in TensorFlow's process and given the document's
    numbers, edits included. Blocks until the answer is there.

    Args:
        document: the document, or a snapshot of it (from any thread).
        inputs: as for :func:`weightview.propagate`.
        trace: what :func:`weightview.propagate` gave for the same document and input without any
            option; computed here where it is None.
        worker: TensorFlow's process; None for the one that the whole process shares.

    Returns:
        One verdict per step of the trace, in its order. Where TensorFlow is absent, refuses the
        model or cannot build it, the verdicts are "not checked" with the reason.

    Raises:
        InputError: the numbers do not fit the model's input.
        CalculationError: the file does not tell how the layers are connected.
        CancelledError: the worker's ``cancel()`` was called meanwhile.
    """
    from weightview.api.calculation import propagate
    from weightview.worker.client import shared_worker
    from weightview.worker.vetting import RefusedError

    snapshot = document.snapshot() if isinstance(document, Document) else document
    referee = worker or shared_worker()
    if trace is None:
        trace = propagate(snapshot, inputs, worker=referee)
    arrays = [_with_batch(array, trace) for array in trace.inputs]
    try:
        calls = referee.layer_outputs(snapshot.model, snapshot.values, arrays).outputs
    except RefusedError as error:
        return tuple(_not_checked(step, str(error)) for step in trace.steps)
    except WorkerError as error:
        if referee.state == "dead":
            return tuple(_not_checked(step, str(error)) for step in trace.steps)
        return _layer_by_layer(snapshot, trace, referee, str(error))
    return tuple(_verdict(snapshot, trace, step, calls) for step in trace.steps)


def _with_batch(array: Array, trace: Trace) -> Array:
    return array if trace.is_batch else array[np.newaxis]


def _not_checked(step: Step, reason: str) -> Verdict:
    return Verdict(step.layer_path, step.node, reason=reason)


def _verdict(
    snapshot: Snapshot,
    trace: Trace,
    step: Step,
    calls: Mapping[tuple[str, int], tuple[Array, ...] | None],
) -> Verdict:
    if step.computed_by != "numpy":
        return _not_checked(step, _why_not_ours(step))
    key = (step.layer_path, step.node)
    if key not in calls:
        return _not_checked(step, "TensorFlow did not pass through this layer")
    theirs = calls[key]
    if theirs is None:
        return _not_checked(step, "TensorFlow's output is too large to be handed over")
    return compare(step, theirs, is_batch=trace.is_batch, tolerance=_tolerance(snapshot, step))


def _why_not_ours(step: Step) -> str:
    if step.computed_by == "tensorflow":
        return "computed by TensorFlow itself"
    return step.reason


def _tolerance(snapshot: Snapshot, step: Step) -> float:
    """Return the tolerance for a step: a low-precision layer before it counts as well."""
    del step
    low = ("float16", "bfloat16", "int8", "int4", "float8", "quantized")
    names = {layer.dtype for layer in snapshot.model.walk()}
    stored = {weight.dtype.name for weight in snapshot.model.weights}
    is_low = any(word in name for name in names | stored for word in low)
    return LOW_TOLERANCE if is_low else TOLERANCE


def compare(
    step: Step, theirs: tuple[Array, ...], *, is_batch: bool, tolerance: float = TOLERANCE
) -> Verdict:
    """Return how far the outputs of ``step`` are from TensorFlow's.

    Args:
        step: a step that was computed by the calculator.
        theirs: TensorFlow's outputs, with the batch axis.
        is_batch: whether the step's outputs have it too.
        tolerance: the largest relative difference that counts as agreement.
    """
    path, node = step.layer_path, step.node
    if len(step.outputs) != len(theirs):
        reason = f"{len(step.outputs)} outputs here, {len(theirs)} from TensorFlow"
        return Verdict(path, node, agrees=False, reason=reason)
    absolute = relative = 0.0
    for ours, given in zip(step.outputs, theirs, strict=True):
        other = given
        if not is_batch and given.shape == (1, *ours.shape):
            other = given[0]
        if ours.shape != other.shape:
            reason = f"the shape {ours.shape} here, {other.shape} from TensorFlow"
            return Verdict(path, node, agrees=False, reason=reason)
        difference, ratio = _difference(ours, other)
        absolute, relative = max(absolute, difference), max(relative, ratio)
    return Verdict(path, node, absolute, relative, relative <= tolerance)


def _difference(ours: Array, theirs: Array) -> tuple[float, float]:
    """Return the largest absolute difference and the same relative to TensorFlow's numbers."""
    if not ours.size:
        return 0.0, 0.0
    if ours.dtype.hasobject or theirs.dtype.hasobject or ours.dtype.kind in "SU":
        is_equal = np.array_equal(ours.astype(str), theirs.astype(str))
        return (0.0, 0.0) if is_equal else (math.inf, math.inf)
    mine, other = ours.astype(np.float64), theirs.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(mine - other)
        # Two infinities of one sign are equal, and so are two NaN: their difference is NaN.
        apart[(mine == other) | (np.isnan(mine) & np.isnan(other))] = 0.0
    apart[np.isnan(apart)] = math.inf
    largest = float(apart.max())
    finite = np.abs(other[np.isfinite(other)])
    scale = max(float(finite.max()) if finite.size else 0.0, SMALLEST_SCALE)
    return largest, largest / scale


def _layer_by_layer(
    snapshot: Snapshot, trace: Trace, referee: "Worker", reason: str
) -> tuple[Verdict, ...]:
    """Check single layers with the calculator's own inputs: Keras cannot build the whole model."""
    verdicts = []
    for step in trace.steps:
        if step.computed_by != "numpy":
            verdicts.append(_not_checked(step, _why_not_ours(step)))
            continue
        try:
            theirs = _alone(snapshot, trace, step, referee)
        except (WorkerError, CalculationError) as error:
            why = reason if referee.state in ("dead", "absent") else str(error)
            verdicts.append(_not_checked(step, why))
            continue
        tolerance = _tolerance(snapshot, step)
        verdicts.append(compare(step, theirs, is_batch=trace.is_batch, tolerance=tolerance))
    return tuple(verdicts)


def _alone(snapshot: Snapshot, trace: Trace, step: Step, referee: "Worker") -> tuple[Array, ...]:
    """Return what TensorFlow's layer gives for the inputs of ``step``.

    Raises:
        WorkerError: it cannot be built or called.
        CalculationError: the graph has no such call.
    """
    from weightview.api.graphs import arguments_of

    layer = snapshot.model.layer(step.layer_path)
    if layer.graph is not None or layer.class_name == "InputLayer":
        raise WorkerError("its layers are checked one by one")
    masks = step.masks or (None,) * len(step.inputs)
    tensors = [
        _with_batch(array, trace)
        if mask is None
        else Masked(_with_batch(array, trace), _with_batch(mask, trace))
        for array, mask in zip(step.inputs, masks, strict=True)
    ]
    arguments, keywords = arguments_of(snapshot.model, layer, step.node, tensors)
    outputs = referee.call_layer(snapshot.model, snapshot.values, layer, arguments, keywords)
    return tuple(output.array if isinstance(output, Masked) else output for output in outputs)
