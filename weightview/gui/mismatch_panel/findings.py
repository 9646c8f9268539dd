"""The mistakes that give the typed number, or come near it, one line each, the nearest first."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from weightview.core.numbers import exact_text
from weightview.gui.theme import UNIT, colors, number_font, theme

if TYPE_CHECKING:
    from weightview.calculator.mistakes.answer import Finding

_HEADERS = ("mistake", "gives", "parts at", "by chance")
_NEAR_HEADERS = (*_HEADERS[:-1], "off by")
_MOST_ROWS = 6
_RARE = 0.001
_NUMBERS = 4
_ROOT = QModelIndex()


class FindingsModel(QAbstractTableModel):
    """One row for each finding."""

    def __init__(self, parent: Any = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.findings: tuple[Finding, ...] = ()
        self._are_near = False

    def show(self, findings: "tuple[Finding, ...]", *, are_near: bool) -> None:
        """Show these; ``are_near`` where they do not give the number but come near it."""
        self.beginResetModel()
        self.findings = findings
        self._are_near = are_near
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of findings."""
        return 0 if parent.isValid() else len(self.findings)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of facts about one."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return what a column holds."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (_NEAR_HEADERS if self._are_near else _HEADERS)[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return one fact as text."""
        if not index.isValid():
            return None
        finding = self.findings[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(finding, are_near=self._are_near)[index.column()]
        if self._are_near:
            return number_font() if role == Qt.ItemDataRole.FontRole and index.column() else None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == len(_HEADERS) - 1:
            return "How likely one of the mistakes would give a number that was drawn at random."
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            return number_font()
        return None


def _texts(finding: "Finding", *, are_near: bool) -> tuple[str, str, str, str]:
    import numpy as np

    numbers = ", ".join(exact_text(np.float32(n)) for n in finding.numbers[:_NUMBERS])
    more = " …" if len(finding.numbers) > _NUMBERS else ""
    chance = "below 0.1 %" if finding.chance < _RARE else f"{finding.chance:.1%}"
    if finding.is_likely_chance:
        chance = f"likely ({finding.chance:.0%})"
    last = f"{finding.distance:.3g}" if are_near else chance
    return finding.sentence, numbers + more, finding.parts_at, last


class FindingsList(QTableView):
    """The findings; hidden while there are none.

    Signals:
        chosen(finding): one was clicked, or Enter pressed on it.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty and hidden."""
        super().__init__(parent)
        self.setObjectName("mismatch_findings")
        self.setAccessibleName("Mistakes that give your number")
        self._model = FindingsModel(self)
        self.setModel(self._model)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_findings(self, findings: "tuple[Finding, ...]", *, are_near: bool = False) -> None:
        """Show these; hide for none. ``are_near`` where they do not give the number."""
        self._model.show(findings, are_near=are_near)
        self.setVisible(bool(findings))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.resizeColumnsToContents()
        for column in range(1, len(_HEADERS)):
            self.setColumnWidth(column, self.columnWidth(column) + 2 * UNIT)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        rows = min(len(findings), _MOST_ROWS)
        height = self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(header.sizeHint().height() + rows * height + 2)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.findings[index.row()])

    def _restyle(self) -> None:
        c = colors()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + UNIT)
        self.setStyleSheet(
            f"QTableView {{ background: {c.panel}; selection-background-color: {c.accent_soft};"
            f" selection-color: {c.text}; }}"
            f"QHeaderView::section {{ background: {c.panel}; color: {c.muted}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; padding: 2px {UNIT}px 2px 3px; }}"
        )
