"""Opening and saving documents."""

from pathlib import Path

from weightview.core import document as documents
from weightview.core.document import Document, Snapshot
from weightview.core.values import Storage


def open_document(path: Path | str, *, architecture: Path | str | None = None) -> Document:
    """Open a saved model: its config and the places of its weights are read, no weight data.

    Args:
        path: a file or model folder in any of the formats; recognised by content.
        architecture: for a file of weights alone, the model they belong to: the ``.json`` that
            ``model.to_json()`` wrote, or a whole model of the same shapes.

    Returns:
        A document; what was odd about the file stands in its ``warnings``.

    Raises:
        OpenError: the file cannot be opened; the sentence says why.
        UnknownFormatError: no format recognises its content.
    """
    from weightview.calculator import infer_shapes
    from weightview.formats import load

    opened = load(Path(path), architecture=None if architecture is None else Path(architecture))
    infer_shapes(opened.model)
    return Document(opened.model, opened.storage, opened.warnings)


def save(snapshot: Snapshot, target: Path | str) -> Storage:
    """Write a snapshot to ``target`` in its own format; may run in another thread.

    Returns:
        The storage of the written file, for :meth:`Document.saved_to`.

    Raises:
        SaveError: the target cannot be written; what was there is still there.
        FileChangedError: another program changed the opened file meanwhile.
    """
    return documents.write(snapshot, Path(target))
