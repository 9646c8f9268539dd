"""Carrying an input through a document's model, and deriving one number of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from weightview.calculator.trace import Derivation, Index, Trace
from weightview.core.document import Document, Snapshot
from weightview.core.errors import WorkerError
from weightview.core.model import Layer

if TYPE_CHECKING:
    from weightview.calculator import Elsewhere
    from weightview.calculator.trace import Masked
    from weightview.core.values import Array
    from weightview.worker.client import Worker


def propagate(  # noqa: PLR0913 - the public interface, all but two with a default
    document: Document | Snapshot,
    inputs: Any,
    activations: Mapping[str, str] | None = None,
    without_bias: Collection[str] = (),
    skip: Collection[str] = (),
    dtype: str = "float32",
    worker: "Worker | None" = None,
    *,
    elsewhere: bool = True,
    progress: Callable[[float, str], None] | None = None,
) -> Trace:
    """Carry ``inputs`` through the model, layer by layer, and return every stage of every layer.

    Args:
        document: the document, edits included, or a snapshot of it (from any thread).
        inputs: one sample (the model's input shape without the batch axis) or a batch (with it),
            told apart by rank; for a model with several inputs a list or a dict of them.
        activations: the Keras name of an activation by layer path, in place of the model's own.
        without_bias: paths of layers whose bias is left out.
        skip: paths of layers that hand their input on.
        dtype: ``float32``, as Keras computes, or ``float64``.
        worker: computes the layers that the calculator does not know; None for the one that the
            whole process shares. It is started only when such a layer is met.
        elsewhere: False to leave such layers uncomputed rather than to wait for TensorFlow.
        progress: called now and then with the finished share and the layer's path; raising
            ``CancelledError`` in it ends the calculation.

    Returns:
        A trace in the form of the input: with a batch axis for a batch, without for a sample.

    Raises:
        InputError: the numbers do not fit the model's input, or an option does not fit.
        WeightNotFoundError: an option names a layer that the model does not have.
        CalculationError: the file does not tell how the layers are connected.
    """
    from weightview import calculator

    snapshot = document.snapshot() if isinstance(document, Document) else document
    return calculator.propagate(
        snapshot.model,
        snapshot.values,
        inputs,
        activations=activations,
        without_bias=without_bias,
        skip=skip,
        dtype=dtype,
        elsewhere=_Elsewhere(snapshot, worker) if elsewhere else None,
        progress=progress,
    )


def elsewhere_of(snapshot: Snapshot, worker: "Worker | None" = None) -> "Elsewhere":
    """Return what computes the layers that the calculator does not know.

    Args:
        snapshot: the document at one moment.
        worker: TensorFlow's process; None for the one that the whole process shares, which is
            started only when such a layer is met.
    """
    return _Elsewhere(snapshot, worker)


class _Elsewhere:
    """Computes a layer by TensorFlow, for the calculator."""

    def __init__(self, snapshot: Snapshot, worker: "Worker | None") -> None:
        self._snapshot = snapshot
        self._worker = worker

    def __call__(
        self, layer: Layer, arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> "tuple[Array | Masked, ...]":
        """Return the layer's outputs.

        Raises:
            WorkerError: TensorFlow cannot compute it, with the reason.
        """
        from weightview.worker.client import shared_worker

        worker = self._worker or shared_worker()
        if worker.state == "dead":
            raise WorkerError(worker.sentence)
        snapshot = self._snapshot
        return worker.call_layer(snapshot.model, snapshot.values, layer, arguments, keywords)


def derive(
    trace: Trace, layer_path: str, index: int | Index, stage: str = "output", node: int = 0
) -> Derivation:
    """Return how one number of a trace came about: its terms, bias, formula.

    Args:
        trace: what :func:`propagate` returned.
        layer_path: the layer, ``outer/inner``.
        index: the cell within the stage, in the form of the trace.
        stage: the stage's name; ``output`` is the last one of each step.
        node: which call of a shared layer, from 0.

    Raises:
        KeyError: the trace has no such layer, call or stage.
        IndexError: the stage has no such number.
        CalculationError: the layer was not computed.
    """
    from weightview import calculator

    return calculator.derive(trace, layer_path, index, stage, node)
