"""What is computed for the picture that is shown: at once where small, else in the background."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.gui.background import Latest
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.picture import AT_ONCE_CELLS


class MosaicWork(QObject):
    """One kind of answer about a mosaic, of which only the newest counts.

    Signals:
        arrived(): there is another answer.
        unreadable(sentence): the file could not be read.
    """

    arrived = Signal()
    unreadable = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start without a mosaic."""
        super().__init__(parent)
        self._mosaic: Mosaic | None = None
        self._latest = Latest(self)

    def _answer(
        self,
        weight: Weight,
        mosaic: Mosaic,
        work: Callable[[], Any],
        take: Callable[[Any], None],
    ) -> None:
        """Hand what ``work`` returns to ``take``, unless another mosaic is shown by then."""

        def arrived(answer: Any) -> None:
            if mosaic is self._mosaic:
                take(answer)
                self.arrived.emit()

        if weight.size > AT_ONCE_CELLS:
            self._latest.request(work, arrived, self._failed)
            return
        try:
            arrived(work())
        except WeightviewError as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))
