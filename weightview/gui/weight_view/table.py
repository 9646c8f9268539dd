"""The weight as a table: quick at any size, its bias always in sight."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLabel,
    QMenu,
    QWidget,
)
from shiboken6 import isValid

from weightview.core.numbers import AUTO_DIGITS
from weightview.gui.theme import colors, number_font, small_font, theme
from weightview.gui.weight_view.cell_delegate import (
    PADDING,
    RULE,
    CellDelegate,
    CellStyle,
    Digits,
    digits_of,
)
from weightview.gui.weight_view.in_sight import InSight
from weightview.gui.weight_view.pinned_bias import Grid, PinnedBias
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.table_model import AnyIndex, WeightTableModel
from weightview.gui.weight_view.value_drag import ValueDragging

_SAMPLED_CELLS = 24
_FULL_CHARACTERS, _AUTO_CHARACTERS = 13, 8
_HEIGHT_EXTRA = 11


class WeightTable(Grid):
    """The table.

    Signals:
        cell_chosen(path, index): the person went to a cell.
        cell_hovered(path, index): the pointer is over a cell; index None when it left.
        range_chosen(): more or fewer cells are selected.
        copy_asked(), paste_asked(), clear_asked(): by key.
    """

    cell_chosen = Signal(str, object)
    cell_hovered = Signal(str, object)
    range_chosen = Signal()
    copy_asked = Signal()
    paste_asked = Signal()
    clear_asked = Signal()

    def __init__(self, model: WeightTableModel, parent: QWidget | None = None) -> None:
        """Show ``model``."""
        super().__init__(parent)
        self.setObjectName("weight_table")
        self.setAccessibleName("Weight table")
        self.setToolTip("The numbers of the weight (Ctrl+G goes to a cell)")
        self._model = model
        self._is_following = False
        self._style = CellStyle()
        self._menu: QMenu | None = None
        self._delegate = CellDelegate(self, self._style)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._corner = QLabel(self)
        self._corner.setTextFormat(Qt.TextFormat.PlainText)
        self._corner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._corner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pinned = PinnedBias(self, self._style)
        self._in_sight = InSight(self, self._sight)
        for grid in (self, self._pinned):
            grid.dragging = ValueDragging(grid, model)
        self._is_ready = True
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._place_pinned)
        self.horizontalScrollBar().valueChanged.connect(self._place_pinned)
        model.modelReset.connect(self.measure)
        model.dataChanged.connect(self._grow)
        self.restyle()
        theme().changed.connect(self.restyle)

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._model.sheet

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        c = colors()
        self._corner.setFont(small_font())
        self._corner.setStyleSheet(
            f"background: {c.header}; color: {c.muted};"
            f" border-right: 1px solid {c.hairline}; border-bottom: 1px solid {c.hairline};"
        )
        sheet = (
            f"QTableView {{ background: {c.panel}; selection-background-color: {c.accent_soft}; }}"
        )
        self.setStyleSheet(
            sheet + f"QTableCornerButton::section {{ background: {c.header}; border: none; }}"
        )
        for grid in (self, self._pinned):
            grid.column_header.setFont(small_font())
            grid.row_header.setFont(small_font())
        self.measure()

    def set_menu(self, menu: QMenu) -> None:
        """Open ``menu`` by the right button or the menu key."""
        self._menu = menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a cell; nothing moves away under the hand."""
        self._in_sight.forget()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the cells."""
        if self._menu is not None:
            self._menu.popup(event.globalPos())

    def set_fills(self, fills: bool) -> None:
        """Let the colours fill the cells, or lie under the numbers."""
        self._style.fills = fills
        self.viewport().update()
        self._pinned.viewport().update()

    def mark_sections(self, row: int, column: int) -> None:
        """Mark the row or column of a unit that is selected elsewhere; -1 for none."""
        self.row_header.marked, self.column_header.marked = row, column
        self.row_header.viewport().update()
        self.column_header.viewport().update()

    def measure(self) -> None:
        """Give rows and columns the size their numbers need, all the same."""
        sheet = self.sheet
        metrics = QFontMetricsF(number_font())
        height = int(metrics.height()) + _HEIGHT_EXTRA
        self._style.digits = self._measured_digits()
        characters = self._style.digits.characters
        width = int(metrics.horizontalAdvance("0") * characters) + 2 * PADDING + 1
        self._style.ruled_row = (
            sheet.bias.top if sheet and sheet.bias and sheet.has_bias_rows else -1
        )
        self._style.ruled_column = (
            sheet.bias.left if sheet and sheet.bias and sheet.has_bias_columns else -1
        )
        self._corner.setText(self._model.corner_text())
        for grid in (self, self._pinned):
            grid.row_header.corner = self._corner.text()
            columns, rows = grid.column_header, grid.row_header
            columns.ruled, rows.ruled = self._style.ruled_column, self._style.ruled_row
            rows.setMinimumSectionSize(height)
            rows.setDefaultSectionSize(height)
            columns.setDefaultSectionSize(max(width, columns.widest_name()))
            if self._style.ruled_row >= 0:
                rows.resizeSection(self._style.ruled_row, height + RULE)
            if self._style.ruled_column >= 0:
                columns.resizeSection(self._style.ruled_column, columns.defaultSectionSize() + RULE)
        self.updateGeometry()
        self.updateGeometries()

    def _measured_digits(self) -> Digits:
        sheet = self.sheet
        if sheet is None:
            return Digits()
        before, after = 1, 0
        rows = range(min(_SAMPLED_CELLS, sheet.rows))
        columns = range(min(_SAMPLED_CELLS, sheet.columns))
        extra = (sheet.rows - 1,) if sheet.has_bias_rows else ()
        for row in (*rows, *extra):
            for column in columns:
                look = self._model.look(row, column)
                if look is not None:
                    left, right = digits_of(look.text)
                    before, after = max(before, left), max(after, right)
        least = self._least_characters(sheet)
        return Digits(max(before, least - after), after)

    def _least_characters(self, sheet: Sheet) -> int:
        """Return how many characters a number may have that was not among those measured."""
        if sheet.main.weight.dtype.kind not in "fV":
            return 0
        if self._model.notation == "full":
            return _FULL_CHARACTERS
        is_all = max(sheet.rows, sheet.columns) <= _SAMPLED_CELLS
        characters = _AUTO_CHARACTERS + max(0, self._model.auto_digits - AUTO_DIGITS)
        return characters if self._model.notation == "auto" and not is_all else 0

    def _grow(self) -> None:
        """Give numbers that an edit made longer the room they need; none gets narrower by it."""
        now, needed = self._style.digits, self._measured_digits()
        if needed.before > now.before or needed.after > now.after:
            self.measure()

    def content_size(self) -> QSize:
        """Return the size at which everything is in sight; bounded, for large tables."""
        limit = 1 << 16
        width = min(limit, self.row_header.sizeHint().width() + self.column_header.length())
        height = min(limit, self.column_header.sizeHint().height() + self.row_header.length())
        return QSize(width, height)

    def show_cell(self, path: str, index: Index | None) -> None:
        """Outline a cell that was chosen elsewhere and bring it into sight."""
        sheet = self.sheet
        found = None if sheet is None or index is None else sheet.cell(path, index)
        self._is_following = True
        try:
            if found is None:
                self.selectionModel().clear()
            else:
                target = self._model.index(*found)
                if target != self.currentIndex():
                    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                    self._in_sight.go_to(target)  # before Qt brings it just inside the edge
                    self.selectionModel().setCurrentIndex(target, flags)
        finally:
            self._is_following = False
        self.viewport().update()

    def _sight(self, index: QModelIndex) -> QRect:
        """Return where a cell is seen: not under the pinned bias, unless it is one."""
        area, pinned, sheet = self.viewport().rect(), self._pinned, self.sheet
        if sheet is None or not pinned.isVisible():
            return area
        if sheet.part_at(index.row(), index.column()) is sheet.bias:
            return area
        if sheet.has_bias_columns:
            return area.adjusted(0, 0, -pinned.width(), 0)
        return area.adjusted(0, 0, 0, -pinned.height())

    def scrollTo(
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll as every table, and on where the pinned bias covers the cell."""
        super().scrollTo(index, hint)
        if not self._is_ready:
            return
        place = self._model.index(index.row(), index.column())
        beyond = self.visualRect(place).bottomRight() - self._sight(place).bottomRight()
        for bar, pixels in (
            (self.horizontalScrollBar(), beyond.x()),
            (self.verticalScrollBar(), beyond.y()),
        ):
            if pixels > 0:
                bar.setValue(bar.value() + pixels)

    def show_start(self, *, rows: bool, columns: bool) -> None:
        """Go to the first row or column, where the table was sorted."""
        for bar, is_wanted in (
            (self.verticalScrollBar(), rows),
            (self.horizontalScrollBar(), columns),
        ):
            if is_wanted:
                self._in_sight.forget()
                bar.setValue(bar.minimum())

    def end_editing(self, *, keeps_refused: bool = False) -> bool:
        """Store what is being typed into a cell and close its line.

        Args:
            keeps_refused: leave the line open where the cell cannot hold what is typed.

        Returns:
            Whether something was being typed.
        """
        is_typing = False
        for grid in (self, self._pinned):
            if (editor := grid.open_editor()) is None:
                continue
            is_typing = True
            grid.commitData(editor)
            if isValid(editor) and not (keeps_refused and editor.is_refused):
                grid.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        return is_typing

    def finish_typing(self) -> bool:
        """Store what is being typed; return False where it is refused and stays in its line."""
        self.end_editing(keeps_refused=True)
        return self.open_editor() is None and self._pinned.open_editor() is None

    def look_at(self, path: str, index: Index) -> None:
        """Bring a cell into the middle without selecting it."""
        found = self.sheet.cell(path, index) if self.sheet is not None else None
        if found is not None:
            middle = QAbstractItemView.ScrollHint.PositionAtCenter
            self.scrollTo(self._model.index(*found), middle)

    def show_hover(self, path: str, index: Index | None) -> None:
        """Outline the cell the pointer is over in another view."""
        sheet = self.sheet
        hovered = None if sheet is None or index is None else sheet.cell(path, index)
        if hovered != self._style.hovered:
            self._style.hovered = hovered
            self.viewport().update()
            self._pinned.viewport().update()

    def selected_block(self) -> tuple[range, range] | None:
        """Return the rows and columns that are selected, or None."""
        ranges = self.selectionModel().selection().toList()
        if not ranges:
            return None
        rows = range(min(r.top() for r in ranges), max(r.bottom() for r in ranges) + 1)
        return rows, range(min(r.left() for r in ranges), max(r.right() for r in ranges) + 1)

    def _place_pinned(self) -> None:
        self._pinned.place(self, self.sheet)
        is_right = self.sheet is not None and self.sheet.has_bias_columns
        is_covered = is_right and self._pinned.isVisible()
        self._delegate.covered = self._pinned.width() if is_covered else 0

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return the size at which everything is in sight."""
        return self.content_size()

    def minimumSizeHint(self) -> QSize:
        """Return room for a header and a few rows."""
        size = self.content_size()
        return QSize(min(size.width(), 200), min(size.height(), 120))

    def updateGeometries(self) -> None:
        """Lay out headers, then the corner's words and the pinned bias."""
        super().updateGeometries()
        if not self._is_ready:  # Qt asks before the pieces are made
            return
        width, height = self.row_header.width(), self.column_header.height()
        self._corner.setGeometry(0, 0, width, height)
        self._corner.raise_()
        self._place_pinned()
        self._in_sight.settle()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Tell which cell is chosen."""
        super().currentChanged(current, previous)
        if not self._is_ready:
            return
        for header in (self.row_header, self.column_header, self._pinned.row_header):
            header.viewport().update()
        found = self._model.address(current.row(), current.column()) if current.isValid() else None
        if found is not None and not self._is_following:
            self.cell_chosen.emit(found[0].path, found[1])

    def selectionChanged(self, selected, deselected) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Tell that other cells are selected."""
        super().selectionChanged(selected, deselected)
        self.range_chosen.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell the pointer is over."""
        super().mouseMoveEvent(event)
        self._hover_at(event.position().toPoint())

    def _hover_at(self, place: QPoint) -> None:
        index = self.indexAt(place)
        found = self._model.address(index.row(), index.column()) if index.isValid() else None
        if found is None:
            self.cell_hovered.emit("", None)
        else:
            self.cell_hovered.emit(found[0].path, found[1])

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.cell_hovered.emit("", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste and clear by key; the rest as every table."""
        for keys, signal in (
            (QKeySequence.StandardKey.Copy, self.copy_asked),
            (QKeySequence.StandardKey.Paste, self.paste_asked),
            (QKeySequence.StandardKey.Delete, self.clear_asked),
        ):
            if event.matches(keys):
                signal.emit()
                return
        if event.key() == Qt.Key.Key_Backspace:
            self.clear_asked.emit()
            return
        # The Return that closes an editor arrives here too.
        is_idle = self.state() != QAbstractItemView.State.EditingState
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and is_idle and self.currentIndex().isValid():
            self.edit(self.currentIndex())
            return
        super().keyPressEvent(event)
