"""The pieces of the weight view, and the room that each of them gets."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.axes_bar import AxesBar
from weightview.gui.weight_view.change_bar import ChangeBar
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.find_bar import FindBar
from weightview.gui.weight_view.heading import Heading
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.order_bar import OrderBar
from weightview.gui.weight_view.panes import Panes
from weightview.gui.weight_view.switches import Switches
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel

_UNBOUNDED = 16777215  # QWIDGETSIZE_MAX
_LEAST_PANES = 15 * UNIT
_SHARE = 0.72


class WeightFrame(QWidget):
    """Heading and switches above, table and image, lines below; nothing is shown in them yet.

    The lines that come and go stand below, so that no cell moves away from under the pointer.
    Its maximum height follows what is shown, so that what stands below comes up close.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make the pieces and set them under one another."""
        super().__init__(parent)
        self._heading = Heading(self)
        self._switches = Switches(self)
        self._axes = AxesBar(self)
        self._find = FindBar(self)
        self._change = ChangeBar(self)
        self._order = OrderBar(self)
        self._model = WeightTableModel(self)
        self._table = WeightTable(self._model, self)
        self._image = WeightImage(self)
        self._color_bar = ColorBar(self)
        self._panes = Panes(self._table, self._image, self._color_bar, self)
        self._empty = QLabel("Select a weight in the tree.", self)
        self._empty.setObjectName("no_weight")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 12, 2 * UNIT, UNIT)
        column.setSpacing(UNIT)
        for part in (self._empty, *self._parts_above()):
            column.addWidget(part)
        column.addWidget(self._panes, 1)
        for part in self._parts_below():
            column.addWidget(part)
        column.addStretch(0)
        for line in (self._find, self._change):
            line.shown.connect(self._bound)
        theme().changed.connect(self.restyle)
        self.restyle()

    def _parts_above(self) -> tuple[QWidget, ...]:
        return (self._heading, self._switches, self._axes)

    def _parts_below(self) -> tuple[QWidget, ...]:
        return (self._order, self._find, self._change)

    def _bound(self) -> None:
        """Be no higher than what is shown."""
        height = self._panes.natural_height() if self._model.sheet is not None else None
        self._panes.setMaximumHeight(_UNBOUNDED if height is None else height)
        self._panes.updateGeometry()
        around = self._height_around()
        self.setMaximumHeight(_UNBOUNDED if height is None else around + height)
        self.setMinimumHeight(0 if height is None else self._least_height(around, height))
        self._panes.place()

    def _least_height(self, around: int, height: int) -> int:
        """Return the height at which no line beside the panes is cut, if what is around has it."""
        parent = self.parentWidget()
        room = 0 if parent is None else int(parent.height() * _SHARE)
        return min(around + min(height, _LEAST_PANES), room)

    def _height_around(self) -> int:
        """Return how high everything above and below the panes is, with the gaps and margins."""
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        total = margins.top() + margins.bottom()
        for part in (*self._parts_above(), *self._parts_below()):
            if not part.isHidden():
                hint = part.heightForWidth(width) if part.hasHeightForWidth() else -1
                total += max(hint, part.minimumSizeHint().height()) + layout.spacing()
        return total

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        self._empty.setFont(small_font())
        self._empty.setStyleSheet(f"color: {colors().muted};")
        self._table.measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._bound()
