"""The list below the search field: names at the left, facts at the right, headings between."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from weightview.gui.search.entries import Entry
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

_ROWS_SHOWN = 14
_ENTRY = Qt.ItemDataRole.UserRole


class ResultList(QListWidget):
    """Entries to choose from; a plain text among them is a heading.

    Signals:
        picked(entry): an entry was clicked.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start closed."""
        super().__init__(parent)
        self.setObjectName("search_results")
        self.setAccessibleName("What was found")
        # A tool tip's window takes no focus: typing goes on while the list is open.
        self.setWindowFlags(Qt.WindowType.ToolTip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_RowDelegate(self))
        self.itemClicked.connect(self._clicked)
        self.itemEntered.connect(self._entered)
        self._is_moved = False
        theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def entry(self) -> Entry | None:
        """The entry that Return would choose."""
        item = self.currentItem()
        return None if item is None or self.isHidden() else item.data(_ENTRY)

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines, while the list is open."""
        return () if self.isHidden() else tuple(self.item(i).text() for i in range(self.count()))

    def fill(self, rows: Sequence[Entry | str]) -> None:
        """Show ``rows``; the first entry is the current one, or that to which the person moved."""
        before = self.entry if self._is_moved else None
        self._is_moved = False
        self.clear()
        chosen = None
        for place, row in enumerate(rows):
            item = QListWidgetItem(row if isinstance(row, str) else row.text)
            if isinstance(row, str):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            else:
                item.setData(_ENTRY, row)
                if chosen is None or row == before:
                    chosen = place
                    self._is_moved = row == before
            self.addItem(item)
        self.setCurrentRow(-1 if chosen is None else chosen)
        if not self._is_moved:
            self.scrollToTop()  # to the heading above the current one

    def step(self, by: int) -> None:
        """Make the next entry (1) or the one before (-1) the current one, past headings."""
        row = self.currentRow() + by
        while 0 <= row < self.count():
            if self.item(row).data(_ENTRY) is not None:
                self.setCurrentRow(row)
                self._is_moved = True
                return
            row += by

    def fit(self, width: int) -> None:
        """Take the room that the rows need, at least ``width``."""
        rows = min(self.count(), _ROWS_SHOWN)
        self.resize(max(width, 60 * UNIT), rows * self.sizeHintForRow(0) + UNIT)

    def _clicked(self, item: QListWidgetItem) -> None:
        if (entry := item.data(_ENTRY)) is not None:
            self.picked.emit(entry)

    def _entered(self, item: QListWidgetItem) -> None:
        if item.data(_ENTRY) is not None:
            self.setCurrentItem(item)
            self._is_moved = True

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"QListWidget {{ background: {c.panel}; border: 1px solid {c.hairline};"
            " padding: 3px; outline: none; }"
        )


class _RowDelegate(QStyledItemDelegate):
    """Paints one line: the name cut in the middle where it is long, the facts whole."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one line and its margins."""
        del index
        return QSize(0, option.fontMetrics.height() + UNIT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the ground of the current one, then name and facts."""
        c = colors()
        row: QRect = option.rect
        state = option.state
        entry = index.data(_ENTRY)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent_soft))
            painter.drawRoundedRect(row, 4, 4)
        room = row.adjusted(UNIT - 2, 0, 2 - UNIT, 0)
        if entry is None:
            painter.setFont(small_font())
            painter.setPen(QColor(c.muted))
            _draw(painter, room, index.data(), Qt.AlignmentFlag.AlignLeft)
        else:
            facts = number_font(small_font().pointSizeF())
            width = QFontMetrics(facts).horizontalAdvance(entry.facts)
            painter.setFont(facts)
            painter.setPen(QColor(c.muted))
            _draw(painter, room, entry.facts, Qt.AlignmentFlag.AlignRight)
            painter.setFont(option.font)
            painter.setPen(QColor(c.text))
            room.setRight(room.right() - width - 2 * UNIT)
            _draw(painter, room, entry.name, Qt.AlignmentFlag.AlignLeft)
        painter.restore()


def _draw(painter: QPainter, room: QRect, text: str, side: Qt.AlignmentFlag) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
