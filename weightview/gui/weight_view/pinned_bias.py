"""The bias pinned to the edge of the table while its own place is out of sight."""

from typing import cast

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from weightview.gui.theme import colors
from weightview.gui.weight_view.cell_delegate import CellDelegate, CellStyle
from weightview.gui.weight_view.cell_editor import CellEditor
from weightview.gui.weight_view.headers import WeightHeader
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.value_drag import ValueDragging


class Grid(QTableView):
    """What the table and its pinned bias have in common."""

    _is_ready = False
    dragging: ValueDragging | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a model."""
        super().__init__(parent)
        self.setHorizontalHeader(WeightHeader(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(WeightHeader(Qt.Orientation.Vertical, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    @property
    def column_header(self) -> WeightHeader:
        """The names of the columns."""
        return cast(WeightHeader, self.horizontalHeader())

    @property
    def row_header(self) -> WeightHeader:
        """The names of the rows."""
        return cast(WeightHeader, self.verticalHeader())

    def open_editor(self) -> CellEditor | None:
        """Return the line in which the number of a cell is being typed, or None."""
        if self.state() != QAbstractItemView.State.EditingState:
            return None
        editors = self.viewport().findChildren(CellEditor)
        return next((editor for editor in editors if editor.isVisibleTo(self)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, then the outline of the selected one over them."""
        super().paintEvent(event)
        current = self.currentIndex()
        if not current.isValid():
            return
        delegate = cast(CellDelegate, self.itemDelegate())
        rect = delegate.outline_rect(self.visualRect(current), current)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(colors().accent), 2))
        painter.drawRect(rect.adjusted(1, 1, 0, 0))
        if self.dragging is not None:
            self.dragging.paint(painter, rect)


class PinnedBias(Grid):
    """A second look at the model of a table, scrolled to its bias, over the table's edge."""

    def __init__(self, table: Grid, style: CellStyle) -> None:
        """Lie over ``table``, hidden until it is placed."""
        super().__init__(table)
        self.setObjectName("pinned_bias")
        self.setAccessibleName("Bias")
        self.setModel(table.model())
        self.setItemDelegate(CellDelegate(self, style))
        self.setSelectionModel(table.selectionModel())
        self.setFocusProxy(table)
        self.setAutoScroll(False)  # the cell that is gone to in the table is not for here
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hide()

    def place(self, table: Grid, sheet: Sheet | None) -> None:
        """Stand at the table's edge, if the bias of ``sheet`` is out of sight."""
        bias = sheet.bias if sheet is not None else None
        if sheet is None or bias is None:
            self.hide()
            return
        area = table.viewport().geometry()
        if sheet.has_bias_rows:
            size = sum(table.rowHeight(row) for row in range(bias.top, sheet.rows))
            last = sheet.rows - 1
            is_hidden = table.rowViewportPosition(last) + table.rowHeight(last) > area.height()
            head = table.row_header.width()
            top = area.bottom() + 1 - size
            rect = QRect(area.left() - head, top, area.width() + head, size)
            self.column_header.hide()
            self.row_header.show()
            self.row_header.setFixedWidth(head)
        else:
            size = sum(table.columnWidth(column) for column in range(bias.left, sheet.columns))
            last = sheet.columns - 1
            is_hidden = table.columnViewportPosition(last) + table.columnWidth(last) > area.width()
            head = table.column_header.height()
            left = area.right() + 1 - size
            rect = QRect(left, area.top() - head, size, area.height() + head)
            self.row_header.hide()
            self.column_header.show()
            self.column_header.setFixedHeight(head)
        self.setVisible(is_hidden)
        if is_hidden:
            self.setGeometry(rect)
            self.raise_()
            self._scroll_along(table, sheet)

    def _scroll_along(self, table: Grid, sheet: Sheet) -> None:
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if sheet.has_bias_rows:
            down.setValue(down.maximum())
            across.setValue(table.horizontalScrollBar().value())
        else:
            across.setValue(across.maximum())
            down.setValue(table.verticalScrollBar().value())
