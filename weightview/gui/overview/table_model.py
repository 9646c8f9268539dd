"""The item model of the overview: a row per weight, its statistics filled in as they come."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from weightview.core.model import Weight
from weightview.gui.overview.columns import (
    COLUMNS,
    HISTOGRAM,
    NAME,
    SHAPE,
    Summary,
    is_known,
    short_shape,
    short_text,
)
from weightview.gui.plain_text import tip
from weightview.gui.wording import weight_sentence

AnyIndex = QModelIndex | QPersistentModelIndex
_NUMBERS = re.compile(r"(\d+)")


class Role(IntEnum):
    """What the sorting and the cells ask for."""

    SORT = Qt.ItemDataRole.UserRole + 1
    SUMMARY = Qt.ItemDataRole.UserRole + 2
    WEIGHT = Qt.ItemDataRole.UserRole + 3


class OverviewModel(QAbstractTableModel):
    """Weights and what is known of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weight, ...] = ()
        self._rows: dict[Weight, int] = {}
        self._summaries: dict[Weight, Summary] = {}

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights, a row each."""
        return self._weights

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """What is known so far."""
        return tuple(self._summaries.values())

    def show(self, weights: tuple[Weight, ...]) -> None:
        """Show other weights, of which nothing is known yet."""
        self.beginResetModel()
        self._weights = weights
        self._rows = {weight: row for row, weight in enumerate(weights)}
        self._summaries = {}
        self.endResetModel()

    def put(self, weight: Weight, summary: Summary) -> None:
        """Fill in a row."""
        row = self._rows.get(weight)
        if row is not None:
            self._summaries[weight] = summary
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def row_of(self, weight_path: str) -> int:
        """Return where a weight stands, -1 where it does not."""
        return next((row for w, row in self._rows.items() if w.path == weight_path), -1)

    # Qt overrides

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many weights there are."""
        return 0 if parent.isValid() else len(self._weights)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a statistic as text, as a number to sort by, or all of them."""
        if not index.isValid():
            return None
        weight, place = self._weights[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(place)
        if role == Role.WEIGHT:
            return weight
        summary = self._summaries.get(weight)
        if role == Role.SUMMARY:
            return summary
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(weight, summary, place)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{COLUMNS[section].tip}. A click sorts"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return COLUMNS[section].first_order.value
        return None


def _alignment(place: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if place <= HISTOGRAM else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _sorted_by(weight: Weight, summary: Summary | None, place: int) -> Any:
    """Return what is compared: None for what is not known, which comes last."""
    if place == NAME:  # dense_2 before dense_10
        parts = _NUMBERS.split(weight.path)
        return [int(part) if odd % 2 else part for odd, part in enumerate(parts)]
    if place == SHAPE:
        return weight.size
    value = COLUMNS[place].value(weight, summary) if summary is not None else None
    return value if is_known(value) else None


def _text(weight: Weight, summary: Summary | None, place: int) -> str:
    if place == NAME:
        return weight.path
    if place == SHAPE:
        return short_shape(weight)
    if place == HISTOGRAM:
        return ""
    return "…" if summary is None else short_text(COLUMNS[place], weight, summary)


def _tooltip(weight: Weight, summary: Summary | None, place: int) -> str:
    if place <= SHAPE:
        return tip(weight_sentence(weight))
    if summary is None:
        return "Not read yet"
    if place == HISTOGRAM:
        s = summary.statistics
        rest = " Those beyond are left out." if s.clips else ""
        return f"From {-s.limit:.6g} to {s.limit:.6g}.{rest}" if s.histogram else "All are 0"
    value = COLUMNS[place].value(weight, summary)
    return f"{COLUMNS[place].title}: {value!r}" if is_known(value) else COLUMNS[place].tip


_ANSWERS: Final[Mapping[int, Callable[[Weight, Summary | None, int], Any]]] = {
    Role.SORT: _sorted_by,
    Qt.ItemDataRole.DisplayRole: _text,
    Qt.ItemDataRole.ToolTipRole: _tooltip,
}


class SortedOverview(QSortFilterProxyModel):
    """The rows in the order of a column; what is not known comes last either way."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start in the order of ``get_weights()``."""
        super().__init__(parent)
        self.setSortRole(Role.SORT)

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        """Compare as Python does."""
        one, other = left.data(Role.SORT), right.data(Role.SORT)
        if one is None or other is None:
            unknown = one if self.sortOrder() == Qt.SortOrder.DescendingOrder else other
            return unknown is None and one is not other
        return bool(one < other)
