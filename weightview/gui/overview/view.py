"""The overview: every weight with its statistics, computed in the background while it is seen."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.history import Change
from weightview.core.model import Weight
from weightview.gui.overview.columns import COLUMNS, HISTOGRAM, SHAPE
from weightview.gui.overview.reading import Reading
from weightview.gui.overview.table import OverviewTable
from weightview.gui.overview.table_model import OverviewModel, Role
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font

_STEPS = 100  # of the bar, for each weight


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
        self._model = OverviewModel(self)
        self._title = QLabel("All weights", self)
        self._progress = QLabel(self)
        self._progress.setObjectName("overview_progress")
        self._progress.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = self._progress_bar()
        self._stop = self._button("overview_stop", "Stop")
        self._columns = self._button("overview_columns_button", "Columns ▾")
        self._table = OverviewTable(self._model, self)
        self._reading = Reading(self)
        self._lay_out()
        self._connect()
        self.restyle()

    def _progress_bar(self) -> QProgressBar:
        bar = QProgressBar(self)
        bar.setObjectName("overview_bar")
        bar.setAccessibleName("How much is read")
        bar.setTextVisible(False)
        bar.setFixedHeight(3)
        policy = bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        bar.setSizePolicy(policy)
        return bar

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        self.setFocusProxy(self._table)
        self._table.setToolTip(
            "A click or Return shows the weight, Alt+Left comes back; Space sorts by the column of "
            "the outlined cell; Ctrl+C copies the chosen rows, or all of them"
        )
        self._columns.setToolTip("Which columns are shown; also a right click on their heads")
        self._columns.setMenu(self._table.columns_menu)
        self._columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        line = QHBoxLayout()
        line.setSpacing(UNIT)
        line.addWidget(self._progress)
        line.addWidget(self._stop)
        line.addStretch(1)
        line.addWidget(self._columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 12, 2 * UNIT, UNIT)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addLayout(line)
        column.addWidget(self._bar)
        column.addWidget(self._table, 1)

    def _connect(self) -> None:
        self._reading.described.connect(self._model.put)
        self._reading.progressed.connect(self._tell_progress)
        self._reading.refused.connect(self.refused)
        self._stop.clicked.connect(self._stop_or_go_on)
        self._table.weight_chosen.connect(self._row_chosen)
        self._table.copy_asked.connect(self.copy)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._open_menu)
        self._selection.weight_changed.connect(self._follow)
        theme().changed.connect(self.restyle)

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
        self._model.show(self._document.model.weights if self._document is not None else ())
        self._mark_edited(self._model.weights)
        self._reading.begin(self._document)
        self._follow(self._selection.weight_path)

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        if not changes:
            self._mark_edited(self._model.weights)
            self._reading.begin(self._document)
            return
        shown = set(self._model.weights)
        edited = dict.fromkeys(change.weight for change in changes)
        weights = tuple(weight for weight in edited if weight in shown)
        self._mark_edited(weights)
        self._reading.read_again(weights)

    def _mark_edited(self, weights: tuple[Weight, ...]) -> None:
        if self._document is not None:
            for weight in weights:
                self._model.mark_edited(weight, is_edited=self._document.is_edited(weight))

    # Reading

    def _stop_or_go_on(self) -> None:
        (self._reading.go_on if self._reading.is_paused else self._reading.stop)()

    def _tell_progress(self) -> None:
        total, left = len(self._model.weights), self._reading.left
        text = f"{total - left:,} of {total:,} read" if left else self._findings()
        self._progress.setText(text)
        self._bar.setVisible(left > 0)
        self._bar.setRange(0, _STEPS * total)
        self._bar.setValue(int(_STEPS * (total - left + self._reading.done)))
        self._stop.setVisible(left > 0)
        self._stop.setText("Go on" if self._reading.is_paused else "Stop")
        self._stop.setToolTip(
            "Read the rest" if self._reading.is_paused else "Leave the rest unread"
        )
        is_bad = left == 0 and self._is_bad()
        sheet = f"color: {colors().error if is_bad else colors().muted};"
        if sheet != self._progress.styleSheet():
            self._progress.setStyleSheet(sheet)

    def _is_bad(self) -> bool:
        has_odd = any(summary.not_finite for summary in self._model.summaries)
        return has_odd or self._model.unreadable > 0

    def _findings(self) -> str:
        """Return what all weights are like together."""
        summaries = self._model.summaries
        count = len(self._model.weights)
        parts = [f"{count:,} weight{'' if count == 1 else 's'}"]
        odd = sum(summary.not_finite for summary in summaries)
        parts.append(f"{odd:,} NaN or infinite" if odd else "all finite")
        if self._model.unreadable:
            parts.append(f"{self._model.unreadable:,} cannot be read")
        dead = sum(summary.dead_units or 0 for summary in summaries)
        if dead:
            parts.append(f"{dead:,} dead unit{'' if dead == 1 else 's'}")
        return " · ".join(parts) if count else "no weights"

    # What the person does

    def _row_chosen(self, index: QModelIndex) -> None:
        weight = index.data(Role.WEIGHT)
        self._selection.select_weight(weight.path, weight.layer_path)
        self.weight_chosen.emit()

    def _follow(self, path: str) -> None:
        """Stand on the row of the weight that is selected elsewhere."""
        row = self._model.row_of(path)
        if row < 0:
            return
        column = max(0, self._table.currentIndex().column())
        index = self._model.index(row, column)
        flags = QItemSelectionModel.SelectionFlag
        self._table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._table.scrollTo(index.siblingAtColumn(0))

    def _open_menu(self, place: QPoint) -> None:
        index = self._table.indexAt(place)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setObjectName("overview_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show &Weight\tReturn", lambda: self._row_chosen(index))
        menu.addAction("&Sort by This Column\tSpace", self._table.sort_by_current)
        menu.addSeparator()
        menu.addAction("Copy &Rows", lambda: self._copy_rows(self._chosen_rows()))
        menu.addAction("Copy &Table\tCtrl+C", lambda: self._copy_rows(self._all_rows()))
        menu.addMenu(self._table.columns_menu)
        menu.popup(self._table.viewport().mapToGlobal(place))

    def copy(self) -> None:
        """Copy the chosen rows where there are several, else all, as text with tabs."""
        chosen = self._chosen_rows()
        self._copy_rows(chosen if len(chosen) > 1 else self._all_rows())

    def _chosen_rows(self) -> list[int]:
        return sorted(index.row() for index in self._table.selectionModel().selectedRows())

    def _all_rows(self) -> list[int]:
        return list(range(self._model.rowCount()))

    def _copy_rows(self, rows: list[int]) -> None:
        """Copy figures in full, a row per line, the columns' names first."""
        lines = ["\t".join(c.title for i, c in enumerate(COLUMNS) if i != HISTOGRAM)]
        for weight, summary in [self._model.shown[row] for row in rows]:
            cells = [weight.path, str(weight.shape)]
            for column in COLUMNS[max(HISTOGRAM, SHAPE) + 1 :]:
                value = column.value(weight, summary) if summary is not None else None
                cells.append("" if value is None else repr(value))
            lines.append("\t".join(cells))
        QApplication.clipboard().setText("\n".join(lines))

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        self._title.setFont(title_font())
        for widget in (self._progress, self._stop, self._columns):
            widget.setFont(small_font())
        for button in (self._stop, self._columns):
            button.setStyleSheet(
                f"QToolButton {{ color: {colors().accent}; padding: 1px 4px; }}"
                "QToolButton::menu-indicator { image: none; }"
            )
        self._bar.setStyleSheet(
            f"QProgressBar {{ background: {colors().hairline}; border: none; }}"
            f"QProgressBar::chunk {{ background: {colors().accent}; }}"
        )
        self._tell_progress()

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Compute what is missing."""
        super().showEvent(event)
        self._reading.go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the rest wait until the overview is seen again."""
        super().hideEvent(event)
        self._reading.pause()
