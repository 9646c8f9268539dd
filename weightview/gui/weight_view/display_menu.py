"""How the table's numbers look: colours that fill the cells, how many decimals and digits."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

_DECIMALS = (1, 2, 3, 4, 6, 8, 12)
_AUTO_DIGITS = (2, 3, 4, 5, 6, 8)


class DisplayMenu(QMenu):
    """The menu “Numbers”.

    Signals:
        fills_changed(fills): whether the colours fill the cells.
        decimals_chosen(count): how many decimals fixed and scientific numbers have.
        digits_chosen(count): how many digits most numbers have in ``auto``.
    """

    fills_changed = Signal(bool)
    decimals_chosen = Signal(int)
    digits_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Start with lines of colour; :meth:`show_counts` tells the rest."""
        super().__init__("Numbers", parent)
        self.setObjectName("display_menu")
        fills = QAction("Fill Cells with Their Colour", self)
        fills.setObjectName("fill_cells")
        fills.setCheckable(True)
        fills.toggled.connect(self.fills_changed)
        self.addAction(fills)
        decimals = ("decimals", "{} decimal{} in fixed and scientific", _DECIMALS)
        self._decimals = self._add_choices(*decimals, self.decimals_chosen)
        digits = ("auto_digits", "{} digit{} in auto", _AUTO_DIGITS)
        self._digits = self._add_choices(*digits, self.digits_chosen)

    def _add_choices(
        self, name: str, words: str, counts: tuple[int, ...], chosen: SignalInstance
    ) -> QActionGroup:
        self.addSeparator()
        group = QActionGroup(self)
        for count in counts:
            action = QAction(words.format(count, "" if count == 1 else "s"), self)
            action.setObjectName(f"{name}_{count}")
            action.setData(count)
            action.setCheckable(True)
            action.triggered.connect(lambda _on=False, n=count: chosen.emit(n))
            group.addAction(action)
            self.addAction(action)
        return group

    def show_counts(self, decimals: int, auto_digits: int) -> None:
        """Mark what holds."""
        for group, count in ((self._decimals, decimals), (self._digits, auto_digits)):
            for action in group.actions():
                action.setChecked(action.data() == count)
