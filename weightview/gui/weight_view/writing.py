"""How the numbers of the table are written: what the person chose, kept for the next start."""

from PySide6.QtCore import QObject, Signal

from weightview.core.numbers import Notation
from weightview.gui.settings import Settings
from weightview.gui.weight_view.display_menu import DisplayMenu
from weightview.gui.weight_view.switches import Switches
from weightview.gui.weight_view.table_model import WeightTableModel

_NOTATIONS: dict[str, Notation] = {
    "auto": "auto",
    "fixed": "fixed",
    "full": "full",
    "scientific": "scientific",
}


class Writing(QObject):
    """Lets the switches and the menu “Numbers” decide how a table's numbers are written.

    Signals:
        changed(): they are written otherwise.
    """

    changed = Signal()

    def __init__(self, model: WeightTableModel, switches: Switches, menu: DisplayMenu) -> None:
        """Write as the person chose the last time."""
        super().__init__(switches)
        self._model, self._switches, self._menu = model, switches, menu
        self._settings = Settings()
        notation = _NOTATIONS.get(self._settings.notation, "auto")
        switches.set_notation(notation)
        model.set_notation(notation, self._settings.digits("decimals"))
        model.set_auto_digits(self._settings.digits("auto_digits") or model.auto_digits)
        switches.notation_chosen.connect(self._choose)
        menu.decimals_chosen.connect(self._choose_decimals)
        menu.digits_chosen.connect(self._choose_digits)
        self._tell()

    def _tell(self) -> None:
        self._menu.show_counts(self._model.decimals, self._model.auto_digits)
        self.changed.emit()

    def _choose(self, key: str) -> None:
        self._settings.notation = key
        self._switches.set_notation(key)
        self._model.set_notation(_NOTATIONS[key])
        self._tell()

    def _choose_decimals(self, count: int) -> None:
        self._settings.set_digits("decimals", count)
        self._model.set_notation(self._model.notation, count)
        # Decimals that are not seen would be no answer to choosing them.
        self._choose("fixed" if self._model.notation in ("auto", "full") else self._model.notation)

    def _choose_digits(self, count: int) -> None:
        self._settings.set_digits("auto_digits", count)
        self._model.set_auto_digits(count)
        self._choose("auto")
