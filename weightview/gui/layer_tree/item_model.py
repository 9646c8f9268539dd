"""Layers and weights as rows of a tree: the adapter from :class:`~weightview.core.model.Model`.

The rows are made once per document; numbers are never read here. The strips of colour come from
:mod:`~weightview.gui.layer_tree.strips` when they are ready.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from weightview.core.document import Document
from weightview.core.history import Change
from weightview.core.model import Layer, Weight
from weightview.gui.layer_tree.strips import Strips
from weightview.gui.plain_text import tip
from weightview.gui.wording import (
    count,
    layer_line,
    shape_text,
    short_shape,
    short_weight_shape,
    weight_sentence,
)

AnyIndex = QModelIndex | QPersistentModelIndex

ITEM_ROLE: Final = Qt.ItemDataRole.UserRole
"""The row's :class:`Layer` or :class:`Weight`; None for a group."""
EDITED_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Whether numbers of the row (or below it) differ from what is stored."""
STRIP_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""A ``QImage`` one pixel high, the colours of some of the weight's numbers; None until read."""

ASIDE_ROLE: Final = Qt.ItemDataRole.UserRole + 3
"""What stands beside the name, greyed: a layer's class, a weight's dtype where not float32."""
SHORT_SHAPE_ROLE: Final = Qt.ItemDataRole.UserRole + 4
"""The shape for where there is little room: ``3×3×16``, a layer's without the batch axis."""

_KIND_TITLES = {
    "state": "States (random seeds and the like)",
    "optimizer": "Optimizer",
    "metric": "Metrics",
    "other": "Other arrays of the file",
}


class Column(IntEnum):
    """What stands in which column."""

    NAME = 0
    SHAPE = 1
    PARAMETERS = 2


_HEADERS = {
    Column.NAME: ("Layer", "The layer's name and its Keras class; below it its weights"),
    Column.SHAPE: ("Shape", "The layer's output shape; a weight's own shape"),
    Column.PARAMETERS: (
        "Params",
        "How many numbers a layer holds; a weight's [place] in get_weights()",
    ),
}


class Row:
    """One row: a layer, a weight or a group of other arrays."""

    def __init__(self, item: Layer | Weight | None, title: str, parent: "Row | None") -> None:
        """Stand below ``parent`` (None for the root), as its last child."""
        self.item = item
        self.title = title
        self.parent = parent
        self.children: list[Row] = []
        self.place = 0
        self.depth: int = 0 if parent is None else parent.depth + 1
        if parent is not None:
            self.place = len(parent.children)
            parent.children.append(self)

    def walk(self) -> Iterator["Row"]:
        """Yield this row and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def _add_layer(layer: Layer, parent: Row) -> None:
    row = Row(layer, layer.name, parent)
    for weight in layer.weights:
        Row(weight, weight.name, row)
    for inner in layer.layers:
        _add_layer(inner, row)


def rows_of(document: Document) -> Row:
    """Return the root of the rows of a document: its layers, then its other arrays by kind."""
    model = document.model
    root = Row(None, "", None)
    for layer in model.layers:
        _add_layer(layer, root)
    homeless = set(model.weights) - {weight for layer in model.walk() for weight in layer.weights}
    for weight in model.weights:
        if weight in homeless:
            Row(weight, weight.path, root)
    groups: dict[str, Row] = {}
    for weight in model.others:
        if weight.kind not in groups:
            groups[weight.kind] = Row(None, _KIND_TITLES.get(weight.kind, weight.kind), root)
        Row(weight, weight.path, groups[weight.kind])
    return root


class LayerTreeModel(QAbstractItemModel):
    """The rows of one document, with what each column says about them."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a document: no rows."""
        super().__init__(parent)
        self._document: Document | None = None
        self._root = Row(None, "", None)
        self._rows: dict[int, Row] = {}
        self._by_item: dict[Layer | Weight, Row] = {}
        self._edited: dict[str, bool] = {}
        self._strips = Strips(self)
        self._strips.ready.connect(self._strip_ready)

    def set_document(self, document: Document | None) -> None:
        """Show ``document`` from now on, and follow its edits."""
        if self._document is not None and self._document is not document:
            self._document.values_changed.disconnect(self._values_changed)
            self._document.storage_changed.disconnect(self._all_changed)
            self._document.shapes_changed.disconnect(self._all_changed)
        is_new = document is not None and document is not self._document
        self.beginResetModel()
        self._document = document
        self._root = rows_of(document) if document is not None else Row(None, "", None)
        # Qt keeps a row's id only; the row itself must be kept alive here.
        self._rows = {id(row): row for row in self._root.walk()}
        self._by_item = {row.item: row for row in self._rows.values() if row.item is not None}
        self._edited = {}
        self._strips.set_document(document)
        self.endResetModel()
        if document is not None and is_new:
            document.values_changed.connect(self._values_changed)
            document.storage_changed.connect(self._all_changed)
            document.shapes_changed.connect(self._all_changed)

    def row_at(self, index: AnyIndex) -> Row:
        """Return the row at ``index``; the root for an invalid one."""
        return self._rows[index.internalId()] if index.isValid() else self._root

    def index_of(self, item: Layer | Weight, column: int = 0) -> QModelIndex:
        """Return where ``item`` stands; an invalid index where it does not."""
        row = self._by_item.get(item)
        return QModelIndex() if row is None else self._index_of_row(row, column)

    def _index_of_row(self, row: Row, column: int = 0) -> QModelIndex:
        return self.createIndex(row.place, column, id(row))

    def rows(self) -> Iterator[Row]:
        """Yield every row, each before those below it."""
        return (row for row in self._rows.values() if row.parent is not None)

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        if not changes:
            self._all_changed()
            return
        for weight in dict.fromkeys(change.weight for change in changes):
            self._edited.pop(weight.path, None)
            self._strips.forget(weight)
            row = self._by_item.get(weight)
            while row is not None and row.parent is not None:
                self._tell(row)
                row = row.parent

    def _all_changed(self) -> None:
        document = self._document
        if document is not None and not self._describes(document):
            self.set_document(document)
            return
        self._edited.clear()
        self._strips.forget_all()
        for row in self._rows.values():
            if row.parent is not None:
                self._tell(row)

    def _describes(self, document: Document) -> bool:
        """Return whether the rows are those of the document's model: a reload brings new ones."""
        layers = document.model.layers
        shown = [row.item for row in self._root.children if isinstance(row.item, Layer)]
        return len(layers) == len(shown) and all(a is b for a, b in zip(layers, shown, strict=True))

    def _tell(self, row: Row) -> None:
        self.dataChanged.emit(self._index_of_row(row), self._index_of_row(row, len(Column) - 1))

    def _strip_ready(self, weight: Weight) -> None:
        index = self.index_of(weight)
        if index.isValid():
            self.dataChanged.emit(index, index, [STRIP_ROLE])

    def _is_edited(self, row: Row) -> bool:
        if isinstance(row.item, Weight) and self._document is not None:
            path = row.item.path
            if path not in self._edited:
                self._edited[path] = self._document.is_edited(row.item)
            return self._edited[path]
        return any(self._is_edited(child) for child in row.children)

    def text(self, row: Row, column: int) -> str:
        """Return what a row says in one column."""
        item = row.item
        if column == Column.NAME:
            return row.title
        if item is None:
            return count(len(row.children)) if column == Column.PARAMETERS else ""
        if isinstance(item, Layer):
            return {
                Column.SHAPE: shape_text(item.output_shape),
                Column.PARAMETERS: count(item.parameter_count) if item.parameter_count else "",
            }[Column(column)]
        index = item.keras_index
        return {
            Column.SHAPE: str(item.shape),
            Column.PARAMETERS: "" if index is None else f"[{index}]",
        }[Column(column)]

    def _tooltip(self, row: Row) -> str:
        if isinstance(row.item, Layer):
            return layer_line(row.item)
        if isinstance(row.item, Weight):
            edited = " Edited." if self._is_edited(row) else ""
            return f"{weight_sentence(row.item)}.{edited}"
        return f"{row.title}: {len(row.children)} arrays that are no weights of the model."

    # Qt overrides

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        """Return the index of a child."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self._index_of_row(self.row_at(parent).children[row], column)

    def parent(self, child: AnyIndex = QModelIndex()) -> Any:  # noqa: B008 - Qt's signature
        """Return the index of the row above ``child``."""
        if not child.isValid():
            return QModelIndex()
        above = self.row_at(child).parent
        if above is None or above.parent is None:
            return QModelIndex()
        return self._index_of_row(above)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows stand below ``parent``."""
        return 0 if parent.column() > 0 else len(self.row_at(parent).children)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of columns, the same for all rows."""
        del parent
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a column's title or tooltip."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        title, tip = _HEADERS[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown or told about a row in one column."""
        if not index.isValid():
            return None
        row = self.row_at(index)
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._tooltip(row))
        return self._own_data(row, column, role)

    def _aside(self, row: Row) -> str:
        if isinstance(row.item, Layer):
            return row.item.class_name
        if isinstance(row.item, Weight) and row.item.dtype.name != "float32":
            return row.item.dtype.name
        return ""

    def _short_shape(self, row: Row) -> str:
        if isinstance(row.item, Layer):
            return short_shape(row.item.output_shape)
        return "" if row.item is None else short_weight_shape(row.item)

    def _own_data(self, row: Row, column: int, role: int) -> Any:
        answers: dict[int, Callable[[Row], Any]] = {
            ITEM_ROLE: lambda row: row.item,
            EDITED_ROLE: self._is_edited,
            ASIDE_ROLE: self._aside,
            SHORT_SHAPE_ROLE: self._short_shape,
            STRIP_ROLE: self._strip,
        }
        if role in answers:
            return answers[role](row)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == Column.NAME:
            return self._tooltip(row)
        return None

    def _strip(self, row: Row) -> Any:
        return self._strips.image(row.item) if isinstance(row.item, Weight) else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column < Column.SHAPE else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
