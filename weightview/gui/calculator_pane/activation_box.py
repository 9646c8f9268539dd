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

from weightview.gui.theme import colors, small_font, theme

_WIDEST = 176
_BEFORE = 9
_AFTER = 22
_OWN = " · the model's own"
_OWN_SHORT = " · own"


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
        self.setFont(small_font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(40)
        self.setToolTip("The activation to calculate with (Alt+Down opens the list)")
        self.activated.connect(self._tell)
        theme().changed.connect(self._mark)

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
            view = self.view()
            view.setMinimumWidth(view.sizeHintForColumn(0) + 24)
        place = self.findData(chosen) if chosen else 0
        self.setCurrentIndex(max(0, place))
        self._mark()

    def _mark(self) -> None:
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
        if self.choice:
            mode = Qt.TextElideMode.ElideRight
            return self.fontMetrics().elidedText(self.choice, mode, room)
        texts = (f"{self._own}{_OWN}", f"{self._own}{_OWN_SHORT}", self._own)
        fitting = (text for text in texts if self.fontMetrics().horizontalAdvance(text) <= room)
        return next(fitting, self._own)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the pane: scrolling past must not change a calculation."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """Return room for the model's own activation with its remark."""
        hint = super().sizeHint()
        text = self.fontMetrics().horizontalAdvance(f"{self._own}{_OWN}")
        return QSize(min(text, _WIDEST) + _BEFORE + _AFTER + 2, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Return room for a name, cut if need be."""
        return QSize(88, super().minimumSizeHint().height())
