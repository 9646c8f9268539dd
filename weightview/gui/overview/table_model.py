"""The item model of the overview: a row per weight, its statistics filled in as they come."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from weightview.core.model import Weight
from weightview.core.statistics import Statistics

AnyIndex = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What the sorting and the sparklines ask for."""

    SORT = Qt.ItemDataRole.UserRole + 1
    STATISTICS = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class Summary:
    """What is known of one weight.

    Attributes:
        statistics: its numbers in a few words.
        dead_units: how many units have no weight but 0; None without units.
    """

    statistics: Statistics
    dead_units: int | None


@dataclass(frozen=True)
class Column:
    """One column: its name, what it sorts by, how that is written."""

    name: str
    tip: str
    value: Callable[[Weight, Summary], Any]
    text: Callable[[Any], str]


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.4g}"  # noqa: PLR0124 - a NaN


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


_NAME, _SHAPE, _HISTOGRAM = 0, 1, 2
COLUMNS = (
    Column("weight", "The weight; Return shows it", lambda w, _: w.path, str),
    Column("shape", "Its shape; sorted by size", lambda w, _: w.size, str),
    Column("histogram", "How its numbers are spread around 0", lambda _, s: s.statistics.std, str),
    Column("min", "The smallest number", lambda _, s: s.statistics.minimum, _number),
    Column("max", "The largest number", lambda _, s: s.statistics.maximum, _number),
    Column("mean", "The mean", lambda _, s: s.statistics.mean, _number),
    Column("std", "The standard deviation", lambda _, s: s.statistics.std, _number),
    Column("norm", "The Euclidean norm", lambda _, s: s.statistics.norm, _number),
    Column("zeros", "How many are 0", lambda _, s: s.statistics.zeros, _count),
    Column(
        "NaN, ∞",
        "How many are NaN or infinite",
        lambda _, s: s.statistics.nans + s.statistics.infinities,
        _count,
    ),
    Column("dead units", "Units with no weight but 0", lambda _, s: s.dead_units, _count),
)


class OverviewModel(QAbstractTableModel):
    """Weights and what is known of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weight, ...] = ()
        self._summaries: dict[str, Summary] = {}

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The weights, a row each."""
        return self._weights

    def show(self, weights: tuple[Weight, ...]) -> None:
        """Show other weights, of which nothing is known yet."""
        self.beginResetModel()
        self._weights = weights
        self._summaries = {}
        self.endResetModel()

    def put(self, weight: Weight, summary: Summary) -> None:
        """Fill in a row."""
        row = next((i for i, other in enumerate(self._weights) if other is weight), -1)
        if row >= 0:
            self._summaries[weight.path] = summary
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def summary(self, weight: Weight) -> Summary | None:
        """Return what is known of a weight."""
        return self._summaries.get(weight.path)

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
            side = (
                Qt.AlignmentFlag.AlignLeft if place <= _HISTOGRAM else Qt.AlignmentFlag.AlignRight
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        summary = self._summaries.get(weight.path)
        if role == Role.STATISTICS:
            return summary.statistics if summary is not None else None
        if role == Role.SORT:
            return self._sorted_by(weight, summary, place)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(weight, summary, place)
        return None

    @staticmethod
    def _sorted_by(weight: Weight, summary: Summary | None, place: int) -> Any:
        if place == _NAME:
            return weight.path
        if place == _SHAPE:
            return weight.size
        value = COLUMNS[place].value(weight, summary) if summary is not None else None
        # What is not known, and NaN, come before all numbers.
        return float("-inf") if value is None or value != value else float(value)  # noqa: PLR0124

    @staticmethod
    def _text(weight: Weight, summary: Summary | None, place: int) -> str:
        if place == _NAME:
            return weight.path
        if place == _SHAPE:
            return str(weight.shape)
        if place == _HISTOGRAM:
            return ""
        return (
            "…" if summary is None else COLUMNS[place].text(COLUMNS[place].value(weight, summary))
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's name and what it means."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{COLUMNS[section].tip}; a click sorts"
        return None
