"""Shapes that only TensorFlow knows, for layers that the calculator has no rule for."""

from typing import TYPE_CHECKING

from weightview.core.document import Document, Snapshot
from weightview.core.model import Shape, Shapes

if TYPE_CHECKING:
    from weightview.worker.client import Worker


def ask_shapes(
    snapshot: Snapshot, worker: "Worker | None" = None
) -> dict[str, tuple[Shapes, Shapes]]:
    """Return input and output shape by layer path, as Keras works them out; from any thread.

    Raises:
        WorkerError: TensorFlow is absent, or cannot build the model.
        CancelledError: the request was cancelled.
    """
    from weightview.worker.client import shared_worker

    found = (worker or shared_worker()).layer_shapes(snapshot.model, snapshot.values)
    return dict(found)


def lacks_shapes(document: Document) -> bool:
    """Return whether any layer's shape is not known yet."""
    return any(layer.output_shape is None for layer in document.model.walk() if layer.role == "")


def learn_shapes(
    document: Document, shapes: dict[str, tuple[Shapes, Shapes]] | None = None
) -> None:
    """Fill in the shapes that are not known yet, and tell it by ``document.shapes_changed``.

    Args:
        document: the document, whose thread this must be.
        shapes: what :func:`ask_shapes` returned; None to ask now and wait.

    Raises:
        WorkerError: TensorFlow is absent, or cannot build the model.
        CancelledError: the request was cancelled.
    """
    found = ask_shapes(document.snapshot()) if shapes is None else shapes
    learned = False
    for layer in document.model.walk():
        if layer.path not in found:
            continue
        before, after = found[layer.path]
        if layer.input_shape is None and before is not None:
            layer.input_shape, learned = before, True
        if layer.output_shape is None and after is not None:
            layer.output_shape, learned = after, True
    model = document.model
    if model.graph is not None:
        by_name = {layer.name: layer for layer in model.layers}
        ends: list[Shape | None] = []
        for ref in model.graph.outputs:
            layer_at_end = by_name.get(ref.layer)
            shape = layer_at_end.output_shape if layer_at_end is not None else None
            if shape and isinstance(shape[0], tuple):
                shape = shape[ref.tensor] if ref.tensor < len(shape) else None
            ends.append(shape)  # type: ignore[arg-type]  # one of several was picked above
        if model.output_shape is None and ends and all(end is not None for end in ends):
            model.output_shape = ends[0] if len(ends) == 1 else tuple(e for e in ends if e)
    if learned:
        document.shapes_changed.emit()
