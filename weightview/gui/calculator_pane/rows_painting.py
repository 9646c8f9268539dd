"""Paints rows of numbers where their layout says: labels, cells, pictures, what does not fit."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from weightview.gui.calculator_pane.number_row import NumberRow, picture
from weightview.gui.calculator_pane.rows_layout import CELL_PADDING, RowsLayout
from weightview.gui.theme import UNIT, colors, diverging, number_font, small_font, text_on

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowsPainting:
    """One painting of rows; a row is named by its place."""

    def __init__(
        self, painter: QPainter, layout: RowsLayout, pictures: dict[tuple[int, int], QImage]
    ) -> None:
        """Paint by ``layout``; ``pictures``, by row and plane, are kept from one to the next."""
        self._painter = painter
        self._layout = layout
        self._pictures = pictures

    def paint_label(self, row: int, given: NumberRow) -> None:
        """Paint what a row is called, and how many numbers of a line lie before the first cell."""
        self._quiet()
        painter, box = self._painter, self._layout.label_box(row)
        metrics = QFontMetrics(small_font())
        first = self._layout.cells.first
        if given.is_line and first:
            mark = f"{first}‹"
            painter.drawText(box, _RIGHT, mark)
            box.setWidth(box.width() - metrics.horizontalAdvance(mark) - 4)
        if given.is_line:
            shown = metrics.elidedText(given.label, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, _LEFT, shown)
        else:
            shape = "×".join(str(n) for n in given.value.shape)
            painter.drawText(box, _LEFT | Qt.TextFlag.TextWordWrap, f"{given.label}\n{shape}")

    def paint_numbers(self, row: int, given: NumberRow, limit: float) -> None:
        """Paint the numbers of a row; ``limit`` is the magnitude that gets the full colour."""
        if given.is_heading:
            self._paint_heading(row, given)
        elif not given.value.size:
            self._quiet()
            self._painter.drawText(self._layout.note_box(row), _LEFT, given.note)
        elif given.is_line:
            self._paint_cells(row, given, limit)
        else:
            self._paint_pictures(row, given, limit)

    def _paint_heading(self, row: int, given: NumberRow) -> None:
        painter, box = self._painter, self._layout.row_box(row)
        font = small_font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colors().text))
        painter.drawText(box, _LEFT, given.label)
        box.setLeft(box.left() + QFontMetrics(font).horizontalAdvance(given.label) + UNIT)
        self._quiet()
        painter.drawText(box, _LEFT, given.note)

    def _paint_cells(self, row: int, given: NumberRow, limit: float) -> None:
        painter, cells = self._painter, self._layout.cells
        line = given.line[cells.first : cells.first + cells.count]
        grounds = diverging(np.zeros(len(line)) if given.is_text else line, limit)
        painter.setFont(number_font(small_font().pointSizeF()))
        for column, text in enumerate(cells.texts[row]):
            box = self._layout.cell_box(row, column)
            ground = QColor(*(int(part) for part in grounds[column, :3]))
            painter.fillRect(box, ground)
            painter.setPen(text_on(ground))
            painter.drawText(box.adjusted(0, 0, -CELL_PADDING // 2, 0), _RIGHT, text)
        self._paint_count(row, given.value.size - cells.first - cells.count)

    def _paint_pictures(self, row: int, given: NumberRow, limit: float) -> None:
        painter, planes = self._painter, given.planes
        shown = 0
        for number in range(planes.count):
            box = self._layout.picture_box(row, number)
            if box.isEmpty():
                break
            if (row, number) not in self._pictures:
                self._pictures[row, number] = picture(planes.plane(number), limit)
            image = self._pictures[row, number]
            smaller = box.width() < image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
            painter.drawImage(box, image)
            shown += 1
        self._paint_count(row, planes.count - shown)

    def _paint_count(self, row: int, hidden: int) -> None:
        if hidden > 0:
            self._quiet()
            self._painter.drawText(self._layout.row_box(row), _RIGHT, f"+{hidden:,}")

    def _quiet(self) -> None:
        self._painter.setFont(small_font())
        self._painter.setPen(QColor(colors().muted))
