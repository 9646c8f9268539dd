"""Opening a window from Python."""

from importlib import import_module
from pathlib import Path
from typing import Any

from weightview.core.document import Document


def show(model: Any) -> None:
    """Show a model in a window, and return when the window is closed.

    Args:
        model: a file's path, a document, or a live Keras model. A live model takes over each
            edit made in the window at once; keras is not imported by us.

    Raises:
        OpenError: the file or the model cannot be opened.
    """
    from weightview.api.documents import open_document
    from weightview.api.live import document_of, follow

    if isinstance(model, (str, Path)):
        document = open_document(model)
    elif isinstance(model, Document):
        document = model
    else:
        document = document_of(model)
        follow(document, model)
    # The window stands above the public interface, so its name must not be imported here.
    import_module("weightview.gui.application").show(document)
