"""The overview: every weight with its statistics, computed in the background while it is seen."""

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from weightview.core.dead_units import count_dead_units
from weightview.core.document import Document
from weightview.core.errors import CancelledError, WeightviewError
from weightview.core.history import Change
from weightview.core.model import Weight
from weightview.core.statistics import describe_weight
from weightview.gui.background import Cancel, run
from weightview.gui.overview.sparkline import SparklineDelegate
from weightview.gui.overview.table_model import COLUMNS, OverviewModel, Role, Summary
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme, title_font

_HISTOGRAM_WIDTH = 112


class Overview(QWidget):
    """All weights; a click on a name of a column sorts, a click on a row selects the weight.

    Signals:
        refused(sentence): the file could not be read.
        weight_chosen(): the person went to a weight: now it wants to be seen.
    """

    refused = Signal(str)
    weight_chosen = Signal()

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Write to ``selection`` what the person chooses."""
        super().__init__(parent)
        self.setObjectName("overview")
        self.setAccessibleName("Overview of all weights")
        self._selection = selection
        self._document: Document | None = None
        self._missing: list[Weight] = []
        self._cancel = Cancel()
        self._is_running = False
        self._model = OverviewModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(Role.SORT)
        self._title = QLabel("All weights", self)
        self._progress = QLabel(self)
        self._progress.setObjectName("overview_progress")
        self._progress.setTextFormat(Qt.TextFormat.PlainText)
        self._table = self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 12, 2 * UNIT, UNIT)
        column.setSpacing(UNIT)
        column.addWidget(self._title)
        column.addWidget(self._progress)
        column.addWidget(self._table, 1)
        theme().changed.connect(self.restyle)
        self.restyle()

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        self.setFocusProxy(table)
        table.setObjectName("overview_table")
        table.setAccessibleName("All weights")
        table.setToolTip("A click or Return shows the weight")
        table.setModel(self._sorted)
        table.setSortingEnabled(True)
        # As in get_weights() until a column is chosen.
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setItemDelegateForColumn(2, SparklineDelegate(table))
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.clicked.connect(self._row_chosen)
        table.activated.connect(self._row_chosen)
        return table

    def set_document(self, document: Document | None) -> None:
        """Show another document's weights, or none."""
        if self._document is not None:
            self._document.values_changed.disconnect(self._values_changed)
            self._document.storage_changed.disconnect(self._begin)
        self._document = document
        if document is not None:
            document.values_changed.connect(self._values_changed)
            document.storage_changed.connect(self._begin)
        self._begin()

    def _begin(self) -> None:
        """Forget everything and compute it anew."""
        self._cancel.set()
        self._cancel = Cancel()
        weights = self._document.model.weights if self._document is not None else ()
        self._model.show(weights)
        self._missing = list(weights)
        self._fit_columns()
        self._go_on()

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        if not changes:
            self._begin()
            return
        for weight in dict.fromkeys(change.weight for change in changes):
            if weight in self._model.weights and weight not in self._missing:
                self._missing.append(weight)
        self._go_on()

    def _go_on(self) -> None:
        """Compute the next that is missing, as long as the overview is seen."""
        self._tell_progress()
        document = self._document
        if self._is_running or not self._missing or document is None or not self.isVisible():
            return
        weight, cancel = self._missing.pop(0), self._cancel
        values = document.snapshot().values
        self._is_running = True

        def work() -> Summary:
            statistics = describe_weight(values, weight, cancel.is_set)
            return Summary(statistics, count_dead_units(values, weight, cancel.is_set))

        def arrived(summary: Summary) -> None:
            self._is_running = False
            if not cancel.is_set():
                self._model.put(weight, summary)
            self._go_on()

        def failed(error: Exception) -> None:
            self._is_running = False
            if isinstance(error, CancelledError):
                self._go_on()
                return
            if not isinstance(error, WeightviewError):
                raise error
            self._missing.clear()
            self.refused.emit(str(error))

        run(self, work, arrived, failed)

    def _tell_progress(self) -> None:
        total = len(self._model.weights)
        left = len(self._missing) + self._is_running
        self._progress.setText(
            f"{total - left:,} of {total:,} read" if left else f"{total:,} weights"
        )

    def _row_chosen(self, index: QModelIndex) -> None:
        weight = self._model.weights[self._sorted.mapToSource(index).row()]
        self._selection.select_weight(weight.path, weight.layer_path)
        self.weight_chosen.emit()

    def _fit_columns(self) -> None:
        metrics = QFontMetrics(number_font(small_font().pointSizeF()))
        paths = [weight.path for weight in self._model.weights] or [""]
        shapes = [str(weight.shape) for weight in self._model.weights] or [""]
        widest = [max(map(metrics.horizontalAdvance, texts)) for texts in (paths, shapes)]
        number = metrics.horizontalAdvance("-0.00000000")
        widths = [widest[0], widest[1], _HISTOGRAM_WIDTH, *([number] * (len(COLUMNS) - 3))]
        for column, width in enumerate(widths):
            name = metrics.horizontalAdvance(COLUMNS[column].name) + 3 * UNIT
            self._table.setColumnWidth(column, max(width + 4 * UNIT, name))

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        c = colors()
        self._title.setFont(title_font())
        self._progress.setFont(small_font())
        self._progress.setStyleSheet(f"color: {c.muted};")
        self._table.setFont(number_font(small_font().pointSizeF()))
        self._table.horizontalHeader().setFont(small_font())
        self._table.verticalHeader().setDefaultSectionSize(self._table.fontMetrics().height() + 10)
        self._table.setStyleSheet(
            f"QTableView {{ background: {c.panel}; color: {c.text};"
            f" selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}"
            f"QTableView::item {{ border-bottom: 1px solid {c.hairline}; padding: 0 6px; }}"
            "QTableView { outline: 0; }"
            f"QTableView::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
            f"QHeaderView::section {{ background: {c.header}; color: {c.muted}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; padding: 4px 8px; }}"
        )
        self._fit_columns()

    def showEvent(self, event: QShowEvent) -> None:
        """Compute what is missing; hidden again, the rest waits."""
        super().showEvent(event)
        self._go_on()
