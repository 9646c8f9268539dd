"""The headline of a strip: a layer's name, its activation, and what TensorFlow says of it."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from weightview.gui.calculator_pane.activation_box import ActivationBox
from weightview.gui.plain_text import tip
from weightview.gui.theme import UNIT, colors, small_font, theme

VerdictKind = Literal["agrees", "differs", "quiet"]
_LEAST_HEIGHT = 32
_MARK = 14
_NAME_CHARACTERS = 22
_USUAL_VERDICT = "✓ exact"


@dataclass(frozen=True)
class Agreement:
    """What TensorFlow said of one step.

    Attributes:
        kind: whether it agrees, differs, or was not asked.
        text: a few characters for the header: ``✓ 1e-7``.
        sentence: what it means, for the tooltip, or in red under the header where it differs.
    """

    kind: VerdictKind = "quiet"
    text: str = ""
    sentence: str = ""


class StepHeader(QWidget):
    """The painted headline of a strip; a click folds the strip.

    Signals:
        clicked(): the headline was clicked, or Space pressed on it.
        all_clicked(): the same with Shift: what is done is meant for every layer.
        skip_clicked(skipped): the layer is to be left out, or to take part again.
    """

    clicked = Signal()
    all_clicked = Signal()
    skip_clicked = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self._name = ""
        self._facts = ""
        self._folded = False
        self._skipped = False
        self.can_skip = True
        self._agreement = Agreement()
        theme().changed.connect(self._restyle)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.box: ActivationBox | None = None
        self._restyle()

    def set_texts(self, name: str, facts: str) -> None:
        """Show the layer's ``name`` and, quieter, the ``facts`` about it."""
        if (name, facts) != (self._name, self._facts):
            self._name, self._facts = name, facts
            self.setAccessibleName(f"{name}, {facts}")
            self._explain()
            self._place_box()
            self.update()

    def _explain(self) -> None:
        said = [f"{self._name}: {self._facts}", self._agreement.sentence]
        told = [*filter(None, said), "Click or Space folds the layer, with Shift all layers"]
        self.setToolTip(tip("\n".join(told)))

    def set_folded(self, folded: bool) -> None:
        """Turn the mark that says whether the stages are hidden."""
        self._folded = folded
        self.update()

    def set_skipped(self, skipped: bool) -> None:
        """Strike the name through: the layer is left out."""
        if skipped != self._skipped:
            self._skipped = skipped
            self.update()

    def set_agreement(self, agreement: Agreement) -> None:
        """Show what TensorFlow said."""
        if agreement != self._agreement:
            self._agreement = agreement
            self._place_box()
            self._explain()
            self.update()

    def add_box(self, box: ActivationBox) -> None:
        """Put the activation box at the right."""
        self.box = box
        box.show()
        self._place_box()

    def _place_box(self) -> None:
        """Give the box what a usual name leaves, so that the boxes of all strips are one column."""
        if self.box is None:
            return
        named = _NAME_CHARACTERS * QFontMetrics(small_font()).averageCharWidth()
        right = self.width() - self._verdict_width()
        hint = self.box.sizeHint()
        width = max(self.box.minimumSizeHint().width(), min(hint.width(), right - named))
        top = (self.height() - hint.height()) // 2
        self.box.setGeometry(right - width, top, width, hint.height())

    def _verdict_font(self) -> QFont:
        font = small_font()
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _verdict_width(self) -> int:
        metrics = QFontMetrics(self._verdict_font())
        texts = (_USUAL_VERDICT, self._agreement.text)
        return max(map(metrics.horizontalAdvance, texts)) + UNIT

    def _restyle(self) -> None:
        self.setFixedHeight(max(_LEAST_HEIGHT, self.fontMetrics().height() + 2 * UNIT))
        if self.box is not None:
            self.box.restyle()
        self._place_box()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, the facts and the verdict; a line under the name shows the focus."""
        del event
        painter = QPainter(self)
        c = colors()
        right = self.width()
        if self._agreement.text:
            right -= self._verdict_width()
            kinds = {"agrees": c.agree, "differs": c.error, "quiet": c.muted}
            painter.setFont(self._verdict_font())
            painter.setPen(QColor(kinds[self._agreement.kind]))
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), align, self._agreement.text)
        if self.box is not None:
            right = self.box.geometry().left() - UNIT
        self._paint_name(painter, right)
        if self.hasFocus():
            painter.setPen(QColor(c.accent))
            painter.drawLine(
                0, self.height() - 3, min(right, self._name_width()), self.height() - 3
            )

    def _name_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        font.setStrikeOut(self._skipped)
        return font

    def _name_width(self) -> int:
        return QFontMetrics(self._name_font()).horizontalAdvance(self._name)

    def _paint_name(self, painter: QPainter, right: int) -> None:
        c = colors()
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._name_font())
        metrics = painter.fontMetrics()
        room = right - _MARK
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        width = metrics.horizontalAdvance(name)
        around, slash, own = name.rpartition("/")
        start = metrics.horizontalAdvance(around + slash)
        painter.setPen(QColor(c.muted))
        painter.drawText(QRect(0, 0, start + 2, self.height()), align, around + slash)
        painter.setPen(QColor(c.edit if self._skipped else c.text))
        painter.drawText(QRect(start, 0, width - start + 2, self.height()), align, own)
        painter.setPen(QColor(c.muted))
        painter.setFont(small_font())
        left = width + UNIT
        shown = _fitting(self._facts, painter.fontMetrics(), max(0, right - left - _MARK))
        painter.drawText(QRect(left, 1, right - left, self.height()), align, shown)
        left += painter.fontMetrics().horizontalAdvance(shown) + (6 if shown else 0)
        chevron = "▸" if self._folded else "▾"
        painter.drawText(QRect(left, 0, _MARK, self.height()), align, chevron)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the box along."""
        super().resizeEvent(event)
        self._place_box()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold the layer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._tell(event.modifiers())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold or unfold the layer by Space."""
        if event.key() == Qt.Key.Key_Space:
            self._tell(event.modifiers())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the layer."""
        menu = self.make_menu()
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """Return the menu of the layer; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fold = menu.addAction("Unfold" if self._folded else "Fold")
        fold.triggered.connect(self.clicked)
        every = menu.addAction("Unfold All" if self._folded else "Fold All")
        every.triggered.connect(self.all_clicked)
        if self.can_skip:
            menu.addSeparator()
            skip = menu.addAction("Calculate Without This Layer")
            skip.setCheckable(True)
            skip.setChecked(self._skipped)
            skip.toggled.connect(self.skip_clicked)
        return menu

    def _tell(self, modifiers: Qt.KeyboardModifier) -> None:
        for_all = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        (self.all_clicked if for_all else self.clicked).emit()


def _fitting(facts: str, metrics: QFontMetrics, room: int) -> str:
    """Return as many of the facts, from the first on, as there is room for.

    Half a fact tells less than none (``BatchNormalizatio…``); the tooltip tells them all.
    """
    while metrics.horizontalAdvance(facts) > room:
        facts = facts.rpartition(", ")[0]
    return facts if room > 0 else ""
