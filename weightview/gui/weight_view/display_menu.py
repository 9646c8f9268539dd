"""How the table's numbers look: colours that fill the cells, how many decimals."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

_DECIMALS = (1, 2, 3, 4, 6, 8, 12)
_USUAL = 3


class DisplayMenu(QMenu):
    """The menu “Numbers”.

    Signals:
        fills_changed(fills): whether the colours fill the cells.
        decimals_chosen(count): how many decimals fixed and scientific numbers have.
    """

    fills_changed = Signal(bool)
    decimals_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Start with lines of colour and three decimals."""
        super().__init__("Numbers", parent)
        self.setObjectName("display_menu")
        fills = QAction("Fill Cells with Their Colour", self)
        fills.setObjectName("fill_cells")
        fills.setCheckable(True)
        fills.toggled.connect(self.fills_changed)
        self.addAction(fills)
        self.addSeparator()
        group = QActionGroup(self)
        for count in _DECIMALS:
            action = QAction(f"{count} decimal{'' if count == 1 else 's'}", self)
            action.setObjectName(f"decimals_{count}")
            action.setCheckable(True)
            action.setChecked(count == _USUAL)
            action.triggered.connect(lambda _on=False, n=count: self.decimals_chosen.emit(n))
            group.addAction(action)
            self.addAction(action)
