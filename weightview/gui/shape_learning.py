"""Asks TensorFlow, in the background, for the shapes that no rule of our own gives."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from weightview.core.errors import WeightviewError
from weightview.gui import background

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.core.model import Shapes

# The window comes first: TensorFlow's process starts when this has passed.
DELAY_MS = 1500


class ShapeLearning(QObject):
    """Completes the shapes of one document at a time; where TensorFlow cannot, they stay open."""

    def __init__(self, parent: QObject) -> None:
        """Start without a document."""
        super().__init__(parent)
        self._document: Document | None = None
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._delay.timeout.connect(self._ask)

    def set_document(self, document: "Document | None") -> None:
        """Complete the shapes of ``document``, if any are missing and a config could tell them."""
        from weightview.api.shapes import lacks_shapes

        self._document = document
        self._delay.stop()
        if document is not None and document.model.config and lacks_shapes(document):
            self._delay.start()

    def _ask(self) -> None:
        from weightview.api.shapes import ask_shapes

        document = self._document
        if document is None:
            return
        snapshot = document.snapshot()
        background.run(
            self,
            lambda: ask_shapes(snapshot),
            lambda shapes: self._learn(document, shapes),
            _stay_open,
        )

    def _learn(self, document: "Document", shapes: "dict[str, tuple[Shapes, Shapes]]") -> None:
        from weightview.api import learn_shapes

        if document is self._document:
            learn_shapes(document, shapes)


def _stay_open(error: Exception) -> None:
    """Leave the shapes open: why TensorFlow does not answer is told by the calculator pane."""
    if not isinstance(error, WeightviewError):
        raise error
