"""Long work on widgets in pieces, so that the window answers in between."""

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

from weightview.calculator.trace import Step

PER_PIECE = 12


class Pieces(QObject):
    """Does something with each of many steps, a few in each turn of the event loop."""

    def __init__(
        self, do: Callable[[Step], None], after: Callable[[], None], parent: QObject
    ) -> None:
        """Call ``do`` with each item, and ``after`` at the end of each piece."""
        super().__init__(parent)
        self._do = do
        self._after = after
        self._items: deque[Step] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._next)

    @property
    def left(self) -> int:
        """How many items wait."""
        return len(self._items)

    def begin(self, items: Iterable[Step]) -> None:
        """Take on ``items`` in place of those that wait."""
        self._items = deque(items)
        if self._items:
            self._timer.start()
        else:
            self._timer.stop()

    def _next(self) -> None:
        for _ in range(min(PER_PIECE, len(self._items))):
            self._do(self._items.popleft())
        if not self._items:
            self._timer.stop()
        self._after()
