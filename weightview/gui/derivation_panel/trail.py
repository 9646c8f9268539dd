"""The trail of numbers that were followed one from another, each a link back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from weightview.gui.derivation_panel.account import name_of
from weightview.gui.plain_text import tip
from weightview.gui.selection import NumberAddress
from weightview.gui.theme import colors, small_font, theme

_SHOWN = 4


class Trail(QWidget):
    """Links to the numbers from which the present one was reached.

    Signals:
        chosen(place): a link was clicked; its place in the trail.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Start empty and hidden."""
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.setObjectName("derivation_trail")
        self.setAccessibleName("Numbers followed so far")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)
        theme().changed.connect(self._restyle)

    def set_addresses(self, addresses: tuple[NumberAddress, ...]) -> None:
        """Show the last of ``addresses`` as links, the oldest first."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        first = max(0, len(addresses) - _SHOWN)
        for place in range(first, len(addresses)):
            self._row.addWidget(self._link(place, addresses[place]))
            arrow = QLabel("›", self)
            arrow.setEnabled(False)
            self._row.addWidget(arrow)
        self._row.addStretch()
        self.setVisible(bool(addresses))

    def _link(self, place: int, address: NumberAddress) -> QPushButton:
        name = name_of(address)
        link = QPushButton(name.replace("&", "&&"), self)
        link.setFont(small_font())
        link.setFlat(True)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setObjectName(f"derivation_trail_{place}")
        link.setAccessibleName(f"Back to {name}")
        link.setToolTip(tip(f"Back to {name} (Alt+Left for the last)"))
        link.setStyleSheet(_sheet())
        link.clicked.connect(lambda: self.chosen.emit(place))
        return link

    def _restyle(self) -> None:
        for link in self.findChildren(QPushButton):
            link.setStyleSheet(_sheet())


def _sheet() -> str:
    c = colors()
    return (
        f"QPushButton {{ border: none; color: {c.accent}; background: transparent; padding: 0;"
        f" min-height: 0 }} QPushButton:hover, QPushButton:focus {{ text-decoration: underline }}"
    )
