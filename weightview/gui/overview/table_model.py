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
    Qt,
)

from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.gui.overview.columns import (
    COLUMNS,
    HISTOGRAM,
    NAME,
    SHAPE,
    Summary,
    is_known,
    short_text,
)
from weightview.gui.plain_text import tip
from weightview.gui.wording import short_weight_shape, weight_sentence

AnyIndex = QModelIndex | QPersistentModelIndex
_NUMBERS = re.compile(r"(\d{1,18})")  # Python reads a bounded count of digits


class Role(IntEnum):
    """What the cells ask for."""

    SUMMARY = Qt.ItemDataRole.UserRole + 1
    WEIGHT = Qt.ItemDataRole.UserRole + 2
    ERROR = Qt.ItemDataRole.UserRole + 3
    EDITED = Qt.ItemDataRole.UserRole + 4


class OverviewModel(QAbstractTableModel):
    """Weights and what is known of them, in the order of a column or of ``get_weights()``."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weight, ...] = ()
        self._shown: list[Weight] = []
        self._rows: dict[Weight, int] = {}
        self._summaries: dict[Weight, Summary] = {}
        self._errors: dict[Weight, str] = {}
        self._edited: set[Weight] = set()
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights, in the order of ``get_weights()``."""
        return self._weights

    @property
    def shown(self) -> tuple[tuple[Weight, Summary | None], ...]:
        """The rows: each weight and what is known of it."""
        return tuple((weight, self._summaries.get(weight)) for weight in self._shown)

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """What is known so far."""
        return tuple(self._summaries.values())

    def show(self, weights: tuple[Weight, ...]) -> None:
        """Show other weights, of which nothing is known yet."""
        self.beginResetModel()
        self._weights = weights
        self._summaries, self._errors, self._edited = {}, {}, set()
        self._arrange()
        self.endResetModel()

    @property
    def unreadable(self) -> int:
        """How many weights cannot be read."""
        return len(self._errors)

    def put(self, weight: Weight, found: Summary | WeightviewError) -> None:
        """Fill in a row, which stays where it is until :meth:`sort_again`."""
        row = self._rows.get(weight)
        if row is not None:
            self._summaries.pop(weight, None)
            self._errors.pop(weight, None)
            if isinstance(found, Summary):
                self._summaries[weight] = found
            else:
                self._errors[weight] = str(found)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def mark_edited(self, weight: Weight, *, is_edited: bool) -> None:
        """Note whether a weight differs from what is stored."""
        (self._edited.add if is_edited else self._edited.discard)(weight)
        row = self._rows.get(weight)
        if row is not None:
            self.dataChanged.emit(self.index(row, NAME), self.index(row, NAME))

    def row_of(self, weight_path: str) -> int:
        """Return where a weight stands, -1 where it does not."""
        return next((row for w, row in self._rows.items() if w.path == weight_path), -1)

    def _arrange(self) -> None:
        """Put the rows in order; what is not known comes last either way."""
        self._shown = list(self._weights)
        if self._column >= 0:
            place = self._column
            keys = {w: _sorted_by(w, self._summaries.get(w), place) for w in self._weights}
            known = [weight for weight in self._weights if keys[weight] is not None]
            is_downwards = self._order == Qt.SortOrder.DescendingOrder
            known.sort(key=keys.__getitem__, reverse=is_downwards)
            self._shown = known + [weight for weight in self._weights if keys[weight] is None]
        self._rows = {weight: row for row, weight in enumerate(self._shown)}

    def sort_again(self) -> None:
        """Put the rows in order by what is known by now."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        weights = [self._shown[index.row()] for index in before]
        self._arrange()
        after = [
            self.index(self._rows[weight], index.column())
            for weight, index in zip(weights, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # Qt overrides

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column from now on; by none for -1."""
        self._column, self._order = column, order
        self.sort_again()

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
        weight, place = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(place)
        if role in (Role.WEIGHT, Role.EDITED):
            return weight if role == Role.WEIGHT else weight in self._edited
        if weight in self._errors:
            return self._told_of_error(weight, place, role)
        summary = self._summaries.get(weight)
        if role == Role.SUMMARY:
            return summary
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(weight, summary, place)

    def _told_of_error(self, weight: Weight, place: int, role: int) -> Any:
        if role == Role.ERROR:
            return self._errors[weight]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._errors[weight])
        if role == Qt.ItemDataRole.DisplayRole:
            return "–" if place > HISTOGRAM else text_of(weight, None, place)
        return None

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


def text_of(weight: Weight, summary: Summary | None, place: int) -> str:
    """Return what a cell says."""
    if place == NAME:
        return weight.path
    if place == SHAPE:
        return short_weight_shape(weight)
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
    Qt.ItemDataRole.DisplayRole: text_of,
    Qt.ItemDataRole.ToolTipRole: _tooltip,
}
