"""The table of the overview: columns as wide as what they hold, the names get the rest."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from weightview.gui.double_click import swallow_rest
from weightview.gui.overview.cells import PADDING, OverviewDelegate
from weightview.gui.overview.columns import COLUMNS, HISTOGRAM, NAME, SHAPE
from weightview.gui.overview.table_model import OverviewModel, text_of
from weightview.gui.settings import Settings
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

_HISTOGRAM_WIDTH = 6 * UNIT
_LEAST_NAME = 13 * UNIT
_USUAL = "-0.0123"  # what a figure is expected to need before it is known
_FIT_DELAY_MS = 200


class OverviewTable(QTableView):
    """Every weight in a row.

    Where the names do not fit beside everything else, each row has two lines: the layer, and below
    it the weight with its shape. Only then are names elided, in their middle.

    Signals:
        weight_chosen(index): the person went to a weight, by a click or Return.
        copy_asked(): Ctrl+C was pressed.
    """

    weight_chosen = Signal(QModelIndex)
    copy_asked = Signal()

    def __init__(self, model: OverviewModel, parent: QWidget) -> None:
        """Show the rows of ``model``."""
        super().__init__(parent)
        self._model = model
        self._delegate = OverviewDelegate(self)
        self._settings = Settings()
        hidden = self._settings.hidden_columns
        self._left_out = {i for i, c in enumerate(COLUMNS) if i != NAME and c.name in hidden}
        self._is_gathering = False
        self._needed: list[int] = [0] * len(COLUMNS)
        self.setObjectName("overview_table")
        self.setAccessibleName("All weights")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self._set_up_head()
        self.columns_menu = self._columns_menu()
        self._fit_soon = QTimer(self, singleShot=True, interval=_FIT_DELAY_MS)
        self._fit_soon.timeout.connect(self._arrange)
        model.dataChanged.connect(self._fit_in_time)
        model.modelReset.connect(self._measure)
        self.clicked.connect(self._clicked)
        self.activated.connect(self.weight_chosen)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _set_up_head(self) -> None:
        # As in get_weights() until a column is chosen.
        self.setSortingEnabled(True)
        head = self.horizontalHeader()
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSortIndicatorClearable(True)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(3 * UNIT)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(
            lambda place: self.columns_menu.popup(head.mapToGlobal(place))
        )

    def _columns_menu(self) -> QMenu:
        menu = QMenu("Columns", self)
        menu.setObjectName("overview_columns")
        for place, column in enumerate(COLUMNS):
            if place == NAME:
                continue
            action = menu.addAction(column.title)
            action.setObjectName(f"column_{column.name}")
            action.setCheckable(True)
            action.setChecked(place not in self._left_out)
            action.toggled.connect(lambda is_shown, c=place: self._show_column(c, is_shown))
        return menu

    def _show_column(self, place: int, is_shown: bool) -> None:
        (self._left_out.discard if is_shown else self._left_out.add)(place)
        self._settings.hidden_columns = {COLUMNS[left_out].name for left_out in self._left_out}
        self._fit()

    def _clicked(self, index: QModelIndex) -> None:
        """Go to the weight, unless rows are being gathered with Ctrl or Shift."""
        if not self._is_gathering:
            self.weight_chosen.emit(index)
            swallow_rest(self)

    def sort_by_current(self) -> None:
        """Sort by the column that the keys are in; once more turns the order, then ends it."""
        place = max(0, self.currentIndex().column())
        head = self.horizontalHeader()
        first = COLUMNS[place].first_order
        other = Qt.SortOrder(1 - first.value)
        if place != head.sortIndicatorSection():
            head.setSortIndicator(place, first)
        elif head.sortIndicatorOrder() == first:
            head.setSortIndicator(place, other)
        else:
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setCurrentIndex(self.model().index(0, place))

    def _fit_in_time(self) -> None:
        """Sort and share the room anew, not at each of a thousand weights that are read."""
        if not self._fit_soon.isActive():
            self._fit_soon.start()

    def _arrange(self) -> None:
        if self.horizontalHeader().sortIndicatorSection() >= 0:
            self._model.sort_again()
        self._measure()

    # How wide the columns are

    def _measure(self) -> None:
        """Find out how much room each column needs, and share what there is."""
        numbers = QFontMetrics(self.font())
        words = QFontMetrics(small_font())
        rows = self._model.shown
        for place, column in enumerate(COLUMNS):
            metrics = words if column.kind == "words" else numbers
            texts = {text_of(weight, summary, place) for weight, summary in rows}
            longest = sorted(texts, key=len)[-8:]  # in a fixed-width font the longest is widest
            if column.kind == "number" and "…" in texts:
                longest.append(_USUAL)
            widest = max(map(metrics.horizontalAdvance, longest), default=0)
            head = words.horizontalAdvance(column.name)
            self._needed[place] = max(widest, head) + 2 * PADDING + 2
        self._needed[-1] += PADDING  # off the edge
        self._needed[HISTOGRAM] = max(_HISTOGRAM_WIDTH, self._needed[HISTOGRAM])
        self._fit()

    def _fit(self) -> None:
        room = self.viewport().width()
        rest = sum(
            needed
            for place, needed in enumerate(self._needed)
            if place not in (NAME, *self._left_out)
        )
        has_two_lines = rest + self._needed[NAME] > room
        if has_two_lines and SHAPE not in self._left_out:
            rest -= self._needed[SHAPE]
        self._set_two_lines(has_two_lines)
        for place, needed in enumerate(self._needed):
            is_told = place == SHAPE and has_two_lines
            self.setColumnHidden(place, is_told or place in self._left_out)
            self.setColumnWidth(place, needed)
        self.setColumnWidth(NAME, max(_LEAST_NAME, room - rest))

    def _set_two_lines(self, has_two_lines: bool) -> None:
        self._delegate.has_two_lines = has_two_lines
        line = QFontMetrics(small_font()).height()
        height = 2 * line + UNIT if has_two_lines else line + UNIT + 2
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
        self.viewport().update()

    def _restyle(self) -> None:
        c = colors()
        self.setFont(number_font(small_font().pointSizeF()))
        self.horizontalHeader().setFont(small_font())
        self.setStyleSheet(
            f"QTableView {{ background: {c.panel}; color: {c.text}; outline: 0; border: none;"
            f" selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}"
            f"QTableView::item {{ border-bottom: 1px solid {c.hairline}; padding: 0 1px; }}"
            f"QTableView::item:selected {{ background: {c.accent_soft}; }}"
            f"QHeaderView::section {{ background: {c.header}; color: {c.muted}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; padding: 6px {PADDING}px 4px; }}"
            "QHeaderView::up-arrow, QHeaderView::down-arrow {"
            " subcontrol-position: top center; width: 8px; height: 6px; }"
        )
        self._measure()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, sort by the column of the current cell, or what a table does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.sort_by_current()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note whether rows are gathered."""
        gathering = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        self._is_gathering = bool(event.modifiers() & gathering)
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._fit()
