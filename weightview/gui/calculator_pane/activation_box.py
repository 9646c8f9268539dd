"""The box that chooses a layer's activation: the model's own first, then all that Keras knows."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from weightview.gui.theme import colors, small_font

_BEFORE = 9
_AFTER = 22
_OWN = " · the model's own"
_REMARKS = (_OWN, " · model's own", " · model's", "")
_USUAL = "sigmoid"


class ActivationBox(QComboBox):
    """Activations by name.

    Signals:
        name_chosen(name): another activation was chosen, ``""`` for the model's own.
    """

    name_chosen = Signal(str)

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        """Offer ``names`` after the model's own, which comes with :meth:`set_choice`."""
        super().__init__(parent)
        self._names = names
        self._own = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(40)
        self.activated.connect(self._tell)
        self.restyle()

    @property
    def choice(self) -> str:
        """The activation chosen instead of the model's own, or ``""``."""
        return str(self.currentData() or "")

    def set_choice(self, own: str, chosen: str) -> None:
        """Show ``own`` as the model's, and ``chosen`` as the choice (``""`` for its own)."""
        if own != self._own or not self.count():
            self._own = own
            self.clear()
            self.addItem(f"{own}{_OWN}", "")
            self.insertSeparator(1)
            for name in self._names:
                self.addItem(name, name)
            self._widen_list()
        place = self.findData(chosen) if chosen else 0
        self.setCurrentIndex(max(0, place))
        self._mark()

    def restyle(self) -> None:
        """Take the fonts and colours of the theme; the headline calls this before it is placed."""
        self.setFont(small_font())
        self._widen_list()
        self._mark()

    def _widen_list(self) -> None:
        """Give the list room for its longest entry, the box being narrower."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 24)

    def _mark(self) -> None:
        said = f"Calculated with {self.choice}" if self.choice else "The activation of this layer"
        own = f"the model's own is {self._own}"
        self.setToolTip(f"{said}; {own} (Alt+Down opens the list)")
        changed = bool(self.choice)
        c = colors()
        sheet = f"QComboBox {{ color: {c.edit}; background: {c.edit_soft} }}" if changed else ""
        if self.styleSheet() != sheet:
            self.setStyleSheet(sheet)

    def _tell(self) -> None:
        self._mark()
        self.name_chosen.emit(self.choice)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the choice, said shorter where there is little room."""
        del event
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.rect().adjusted(_BEFORE, 0, -_AFTER, 0)
        c = colors()
        painter.setPen(QColor(c.edit if self.choice else c.text))
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, align, self._text_for(room.width()))

    def _text_for(self, room: int) -> str:
        """Return the choice with as full a remark as all boxes of this width have room for."""
        metrics = self.fontMetrics()
        if self.choice:
            return metrics.elidedText(self.choice, Qt.TextElideMode.ElideRight, room)
        longest = max(self._own, _USUAL, key=metrics.horizontalAdvance)
        fitting = (r for r in _REMARKS if metrics.horizontalAdvance(longest + r) <= room)
        said = self._own + next(fitting, "")
        return metrics.elidedText(said, Qt.TextElideMode.ElideRight, room)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the pane: scrolling past must not change a calculation."""
        event.ignore()

    def _width_with(self, remark: str) -> int:
        """Return the width for a usual name: boxes under one another are equally wide."""
        return self.fontMetrics().horizontalAdvance(_USUAL + remark) + _BEFORE + _AFTER + 2

    def sizeHint(self) -> QSize:
        """Return room for a usual activation with its remark in full."""
        return QSize(self._width_with(_OWN), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return room for a usual activation with its shortest remark."""
        return QSize(self._width_with(_REMARKS[-2]), super().minimumSizeHint().height())
