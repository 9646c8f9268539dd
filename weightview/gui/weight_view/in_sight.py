"""Keeping a cell in sight that was chosen elsewhere, while the window around it still settles."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect
from PySide6.QtWidgets import QAbstractItemView, QTableView


class InSight(QObject):
    """Brings a cell into the middle of a table where it is out of sight.

    It does so again whenever the table gets another size, until a hand scrolls or clicks: the
    first layout of a weight comes after the choice of its cell.
    """

    def __init__(self, table: QTableView, sight: Callable[[QModelIndex], QRect]) -> None:
        """Scroll ``table``; ``sight`` returns where a cell would be seen."""
        super().__init__(table)
        self._table, self._sight = table, sight
        self._goal = QPersistentModelIndex()
        self._is_centred = False
        for bar in (table.horizontalScrollBar(), table.verticalScrollBar()):
            bar.actionTriggered.connect(self.forget)

    def go_to(self, index: QModelIndex) -> None:
        """Bring a cell into sight and keep it there."""
        self._goal = QPersistentModelIndex(index)
        self._is_centred = False
        self.settle()

    def settle(self) -> None:
        """Look after the cell again, now that the table has another size."""
        if not self._goal.isValid():
            return
        index = self._table.model().index(self._goal.row(), self._goal.column())
        if self._is_centred or not self._sight(index).contains(self._table.visualRect(index)):
            self._is_centred = True
            self._table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def forget(self) -> None:
        """Let the table stand where a hand moves it."""
        self._goal = QPersistentModelIndex()
