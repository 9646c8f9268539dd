"""Opening and saving documents."""

from collections.abc import Callable
from pathlib import Path

from weightview.core import document as documents
from weightview.core.document import Document, Snapshot
from weightview.core.errors import SaveError
from weightview.core.model import Model
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


def obstacle_to_conversion(model: Model, target: Path | str) -> str | None:
    """Return why a model cannot be written in the format of a file's name; None where it can.

    Args:
        model: the model.
        target: the file; its name tells the format: ``.keras``, ``.h5``, ``.weights.h5``,
            ``.npz`` or ``.safetensors``.
    """
    from weightview.formats.conversion.choices import kind_of, obstacle

    kind = kind_of(Path(target))
    if kind is None:
        return "its name does not end in .keras, .h5, .weights.h5, .npz or .safetensors."
    return obstacle(model, kind) or None


def convert(
    document: Document | Snapshot,
    target: Path | str,
    *,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write a document, edits included, to ``target`` in the format that its name tells.

    Whole models go between ``.keras`` and ``.h5``, weights to ``.weights.h5``, ``.npz`` and
    ``.safetensors``; only where nothing is lost. The document goes on with its own file.

    Args:
        document: the document, or a snapshot of it (from any thread).
        target: the file.
        progress: as for :func:`save`.

    Raises:
        SaveError: something would be lost, or the target cannot be written; nothing was written.
        CancelledError: raised by ``progress``; nothing was written.
    """
    from weightview.formats.atomic import telling_progress
    from weightview.formats.conversion import choices

    path = Path(target)
    snapshot = document.snapshot() if isinstance(document, Document) else document
    kind = choices.kind_of(path)
    if kind is None:
        raise SaveError(path, obstacle_to_conversion(snapshot.model, path) or "unknown format.")
    with telling_progress(progress):
        choices.convert(snapshot, path, kind)


def save(
    snapshot: Snapshot,
    target: Path | str,
    *,
    keep_backup: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Storage:
    """Write a snapshot to ``target`` in its own format; may run in another thread.

    Args:
        snapshot: the document at one moment.
        target: the file.
        keep_backup: whether what ``target`` is now stays beside it, as ``target.bak``.
        progress: called with the share that is written, from 0 to 1; raising ``CancelledError``
            in it ends the save, as long as no file has its name.

    Returns:
        The storage of the written file, for :meth:`Document.saved_to`.

    Raises:
        SaveError: the target cannot be written; what was there is still there.
        FileChangedError: another program changed the opened file meanwhile.
        CancelledError: raised by ``progress``; what was there is still there.
    """
    from weightview.formats.atomic import telling_progress

    path = Path(target)
    if keep_backup:
        from weightview.formats import backup

        backup.keep_backup(path)
    with telling_progress(progress):
        return documents.write(snapshot, path)
