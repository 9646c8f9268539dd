"""A stage shown whole: every number of it in a table, its planes as pictures."""

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from weightview.core.numbers import aligned_format, exact_text, is_integer
from weightview.gui.calculator_pane.number_row import NumberRow, Scale, picture
from weightview.gui.calculator_pane.planes import Array, Index
from weightview.gui.calculator_pane.stepper import Stepper
from weightview.gui.theme import UNIT, color_of, colors, number_font, small_font, text_on, theme

AnyIndex = QModelIndex | QPersistentModelIndex
_WRAP = 8
_CELL = 24
_WIDTH, _HEIGHT = 768, 440
_AROUND = 72
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _scale(row: NumberRow) -> Scale:
    """Return what the colours of a row mean: those of its strip, else its own."""
    scale = row.scale or row.alone().scale
    assert scale is not None
    return scale


class StageTable(QAbstractTableModel):
    """One plane of an array as a table; a line is wrapped into rows of eight."""

    def __init__(self, parent: QObject) -> None:
        """Start empty."""
        super().__init__(parent)
        self._row = NumberRow("", np.zeros(0))
        self._plane = 0
        self._shown: Array = np.zeros((0, 0))
        self._limit = 0.0
        self._format = ""

    def show_plane(self, row: NumberRow, plane: int) -> None:
        """Show ``plane`` of the row's array."""
        self.beginResetModel()
        self._row, self._plane = row, plane
        self._limit = _scale(row).limit
        is_whole = is_integer(row.value.dtype)
        self._format = ".0f" if is_whole else aligned_format(row.largest)
        self._shown = row.line if row.is_line else row.planes.plane(plane)
        self.endResetModel()

    def number_index(self, row: int, column: int) -> Index | None:
        """Return the array's index of a cell, or None beyond the end of a wrapped line."""
        if self._row.is_line:
            place = row * _WRAP + column
            return self._row.index(place) if place < self._row.value.size else None
        return self._row.planes.index(self._plane, row, column)

    def place_of(self, index: Index) -> tuple[int, int]:
        """Return row and column of a number of the array."""
        if self._row.is_line:
            place = int(np.ravel_multi_index(index, self._row.value.shape)) if index else 0
            return divmod(place, _WRAP)
        return self._row.planes.place(index)[1:]

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Return the rows of the plane, or those into which the line is wrapped."""
        if parent is not None and parent.isValid():
            return 0
        if self._row.is_line:
            return -(-self._row.value.size // _WRAP)
        return int(self._shown.shape[0])

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """Return the columns of the plane, at most eight for a line."""
        if parent is not None and parent.isValid():
            return 0
        if self._row.is_line:
            return min(_WRAP, self._row.value.size)
        return int(self._shown.shape[1])

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a number as text, its tooltip with all digits, or its colours."""
        at = self.number_index(index.row(), index.column()) if index.isValid() else None
        if at is None:
            return None
        value = self._row.value[at]
        if role == Qt.ItemDataRole.DisplayRole:
            return format(float(value), self._format)
        if role == Qt.ItemDataRole.ToolTipRole:
            where = ", ".join(str(i) for i in at)
            return f"[{where}] = {exact_text(value)}"
        if role in (Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole):
            ground = color_of(float(value), self._limit)
            return ground if role == Qt.ItemDataRole.BackgroundRole else text_on(ground)
        is_alignment = role == Qt.ItemDataRole.TextAlignmentRole
        return int(_RIGHT) if is_alignment else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the place along an axis; for a wrapped line the place of the row's first."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if self._row.is_line and orientation == Qt.Orientation.Vertical:
            return section * _WRAP
        return f"+{section}" if self._row.is_line and section else section


class OutlinedCells(QStyledItemDelegate):
    """Paints a cell in its colour; the current one is outlined instead of covered."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint ground, number and outline."""
        box: QRect = option.rect
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is None:
            return
        painter.save()
        painter.fillRect(box.adjusted(0, 0, -1, -1), ground)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        painter.drawText(box.adjusted(0, 0, -6, 0), _RIGHT, index.data())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(colors().accent), 2))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.restore()


class PlanePicture(QWidget):
    """One plane as a picture, as large as fits; a click chooses a number.

    Signals:
        chosen(row, column): a cell of the plane.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self._image = QImage()
        self._cell: tuple[int, int] | None = None
        self.setMinimumSize(192, 192)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The numbers as a picture")
        self.setToolTip("Click a place to choose its number")

    def set_image(self, image: QImage, cell: tuple[int, int] | None) -> None:
        """Show a plane, ``cell`` (row, column) outlined."""
        self._image, self._cell = image, cell
        self.update()

    def _box(self) -> QRect:
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        longest = max(self._image.width(), self._image.height(), 1)
        size = size.boundedTo(QSize(longest * _CELL, longest * _CELL))
        return QRect(0, 0, max(1, size.width()), max(1, size.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plane and outline its chosen cell."""
        del event
        if self._image.isNull():
            return
        painter = QPainter(self)
        box = self._box()
        smaller = box.width() < self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
        painter.drawImage(box, self._image)
        if self._cell is not None:
            row, column = self._cell
            wide, high = box.width() / self._image.width(), box.height() / self._image.height()
            painter.setPen(QPen(QColor(colors().accent), 2))
            painter.drawRect(
                QRect(int(column * wide), int(row * high), max(4, int(wide)), max(4, int(high)))
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the number under the pointer."""
        box, point = self._box(), event.position().toPoint()
        if box.contains(point) and not self._image.isNull():
            row = point.y() * self._image.height() // box.height()
            self.chosen.emit(row, point.x() * self._image.width() // box.width())

    def sizeHint(self) -> QSize:
        """Return a middling square."""
        return QSize(288, 288)


class WholeStage(QDialog):
    """A window with all numbers of one stage; it follows each new calculation.

    Signals:
        number_chosen(index): a number was clicked.
    """

    number_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start empty; see :meth:`show_row`."""
        super().__init__(parent)
        self.setObjectName("whole_stage")
        self._row = NumberRow("", np.zeros(0))
        self._index: Index | None = None
        self.facts = QLabel(self)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.plane = Stepper("plane", "Which plane is shown", self)
        self.plane.value_changed.connect(self._show_plane)
        self.picture = PlanePicture(self)
        self.picture.chosen.connect(self._choose)
        self.table = QTableView(self)
        self.numbers = StageTable(self)
        self.table.setModel(self.numbers)
        self.table.setItemDelegate(OutlinedCells(self.table))
        self.table.setObjectName("whole_stage_table")
        self.table.setAccessibleName("All numbers of the stage")
        self.table.setToolTip("Click a number to see how it came about")
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.selectionModel().currentChanged.connect(self._current_changed)
        head = QHBoxLayout()
        head.addWidget(self.facts, 1)
        head.addWidget(self.plane)
        body = QHBoxLayout()
        body.setSpacing(2 * UNIT)
        body.addWidget(self.picture, 1)
        body.addWidget(self.table, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, 2 * UNIT)
        column.addLayout(head)
        column.addLayout(body, 1)
        theme().changed.connect(self._restyle)
        self._restyle()

    def show_row(self, title: str, row: NumberRow, index: Index | None) -> None:
        """Show all numbers of ``row``, the one at ``index`` outlined."""
        self.setWindowTitle(title)
        same = row.value.shape == self._row.value.shape
        self._row, self._index = row, index
        planes = 1 if row.is_line else row.planes.count
        plane = self.plane.value if same else 0
        if index is not None and not row.is_line:
            plane = row.planes.place(index)[0]
        self.plane.set_count(planes, plane)
        self.plane.setVisible(planes > 1)
        self.picture.setVisible(not row.is_line)
        shape = " × ".join(str(n) for n in row.value.shape)
        said = [row.tip or row.label, f"{row.value.size:,} numbers ({shape})"]
        self.facts.setText(" · ".join(part for part in (*said, _scale(row).sentence) if part))
        self._show_plane()

    def fit(self) -> None:
        """Take the size that the numbers need, within bounds."""
        rows = self.numbers.rowCount()
        height = _AROUND + (rows + 1) * _CELL if self._row.is_line else _HEIGHT
        self.resize(_WIDTH, min(_HEIGHT, height))

    def _show_plane(self) -> None:
        plane = self.plane.value
        scroll = self.table.verticalScrollBar().value(), self.table.horizontalScrollBar().value()
        self.table.selectionModel().blockSignals(True)
        self.numbers.show_plane(self._row, plane)
        place = self._place(plane)
        if place is not None:
            self.table.setCurrentIndex(self.numbers.index(*place))
        self.table.selectionModel().blockSignals(False)
        self.table.verticalScrollBar().setValue(scroll[0])
        self.table.horizontalScrollBar().setValue(scroll[1])
        if not self._row.is_line:
            made = picture(self._row.planes.plane(plane), _scale(self._row).limit)
            self.picture.set_image(made, place)

    def _place(self, plane: int) -> tuple[int, int] | None:
        if self._index is None or len(self._index) != self._row.value.ndim:
            return None
        if not self._row.is_line and self._row.planes.place(self._index)[0] != plane:
            return None
        return self.numbers.place_of(self._index)

    def _current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._choose(current.row(), current.column())

    def _choose(self, row: int, column: int) -> None:
        index = self.numbers.number_index(row, column)
        if index is not None and index != self._index:
            self._index = index
            self.number_chosen.emit(index)
            if not self._row.is_line:
                plane = self.plane.value
                made = picture(self._row.planes.plane(plane), _scale(self._row).limit)
                self.picture.set_image(made, (row, column))

    def _restyle(self) -> None:
        self.facts.setFont(small_font())
        self.facts.setStyleSheet(f"color: {colors().muted}")
        c = colors()
        self.setStyleSheet(
            f"QTableView {{ background: {c.window}; border: none }}"
            f"QHeaderView::section, QTableCornerButton::section {{ background: {c.window};"
            f" color: {c.muted}; border: none; padding: 0 6px }}"
        )
        self.table.setFont(number_font(small_font().pointSizeF()))
        width = self.table.fontMetrics().horizontalAdvance("-0.00000000") + 8
        self.table.horizontalHeader().setDefaultSectionSize(width)
        self.table.verticalHeader().setDefaultSectionSize(_CELL)
        if self._row.value.size:
            self._show_plane()
