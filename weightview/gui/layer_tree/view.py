"""The tree with what stands around it: what the file is above, the chosen weight in words below."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.model import Layer, Weight
from weightview.gui.layer_tree.delegate import LayerDelegate, RowMetrics
from weightview.gui.layer_tree.item_model import ITEM_ROLE, Column, LayerTreeModel
from weightview.gui.layer_tree.menu import RowMenu
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.wording import layer_line, weight_line

_EXPANDED_ROWS = 400
_FOCUS_WIDTH = 2
_INDENT = 2 * UNIT
_NUMBER_PADDING = 2 * UNIT - 1
_BEING_LAID_OUT = 12 * UNIT  # a height at which no one can have scrolled


class _Tree(QTreeView):
    """A tree whose current row is marked by a line at its left while keys go there."""

    def drawRow(
        self,
        painter: QPainter,
        options: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the row, and the line."""
        super().drawRow(painter, options, index)
        if self.hasFocus() and index == self.currentIndex().siblingAtColumn(0):
            line = QRect(options.rect)
            line.setWidth(_FOCUS_WIDTH)
            painter.fillRect(line, QColor(colors().accent))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the beginning in sight: the current row was chosen before there was any room."""
        super().resizeEvent(event)
        if event.oldSize().height() < _BEING_LAID_OUT < event.size().height():
            self.scrollToTop()
            self.scrollTo(self.currentIndex())


class LayerTree(QWidget):
    """Layers and weights of a document; follows and writes the window's selection.

    Signals:
        weight_asked(): the person wants to go on to the selected weight.
        graph_asked(): the person wants to see the selected layer in the graph.
    """

    weight_asked = Signal()
    graph_asked = Signal()

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Start without a document."""
        super().__init__(parent)
        self.setObjectName("layer_tree")
        self._selection = selection
        self._document: Document | None = None
        self._following = False
        self.model = LayerTreeModel(self)
        self.view = self._tree_view()
        self._delegate = LayerDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self._details = QLabel(self)
        self._details.setObjectName("layer_details")
        self._details.setAccessibleName("The selected row in words")
        self._details.setTextFormat(Qt.TextFormat.PlainText)
        self._details.setWordWrap(True)
        self._details.setIndent(0)
        self._details.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self._details)
        selection.weight_changed.connect(self._follow_weight)
        selection.layer_changed.connect(self._follow_layer)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.activated.connect(self._activated)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.model.modelReset.connect(self._after_reset)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _tree_view(self) -> QTreeView:
        view = _Tree(self)
        view.setObjectName("layer_view")
        view.setProperty("marks_focus", True)
        view.setAccessibleName("Layers and weights")
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setModel(self.model)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setUniformRowHeights(True)
        view.setIndentation(_INDENT)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = view.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(3 * UNIT)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.PARAMETERS, QHeaderView.ResizeMode.Fixed)
        # The shape is painted into the name's column, so that each row shares its room itself.
        view.setColumnHidden(Column.SHAPE, True)
        view.setHeaderHidden(True)
        return view

    @property
    def details(self) -> str:
        """The line below the tree: the selected row in words."""
        return self._details.text()

    def set_document(self, document: Document | None) -> None:
        """Show ``document``."""
        if self._document is not None:
            self._document.shapes_changed.disconnect(self._measure)
        self._document = document
        if document is not None:
            document.shapes_changed.connect(self._measure)
        self.model.set_document(document)

    def _after_reset(self) -> None:
        model = self.model
        rows = [model.index(place, 0) for place in range(model.rowCount())]
        if sum(1 + model.rowCount(index) for index in rows) <= _EXPANDED_ROWS:
            for index in rows:
                if index.data(ITEM_ROLE) is not None:
                    self.view.expandRecursively(index)
        self._measure()
        self._details.clear()
        self._follow_weight(self._selection.weight_path)

    def _measure(self) -> None:
        """Find out how wide the longest number is, and the longest name with its whole shape."""
        metrics = RowMetrics()
        numbers = {"": 0}
        widest = {Layer: 0, Weight: 0}
        for row in self.model.rows():
            text = self.model.text(row, Column.PARAMETERS)
            numbers.setdefault(text, metrics.small(text))
            if isinstance(row.item, Layer) or (row.item is not None and row.item.kind == "weight"):
                room = metrics.whole(row.item, row.title, self.model.text(row, Column.SHAPE))
                kind = type(row.item)
                widest[kind] = max(widest[kind], room + _INDENT * row.depth)
        self._delegate.whole_widths = dict(widest)
        self.view.header().resizeSection(Column.PARAMETERS, max(numbers.values()) + _NUMBER_PADDING)

    def _current_changed(self, current: QModelIndex) -> None:
        item = current.data(ITEM_ROLE) if current.isValid() else None
        self._details.setText(_details_of(item))
        if self._following or item is None:
            return
        self._following = True
        try:
            if isinstance(item, Weight):
                self._selection.select_weight(item.path, item.layer_path)
            else:
                self._choose_layer(item)
        finally:
            self._following = False

    def _choose_layer(self, layer: Layer) -> None:
        """Select the layer, and its first weight so that the middle shows something of it."""
        self._selection.select_layer(layer.path)
        first = next(layer.all_weights(), None)
        if first is not None:
            self._selection.select_weight(first.path)

    def choose_layer(self, path: str) -> None:
        """Go to a layer's row as a click does, which shows its first weight."""
        layers = self._document.model.walk() if self._document is not None else ()
        item = next((layer for layer in layers if layer.path == path), None)
        index = self.model.index_of(item) if item is not None else QModelIndex()
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def _follow_weight(self, path: str) -> None:
        if self._document is None or not path or self._following:
            return
        item = next((w for w in self._document.all_weights if w.path == path), None)
        if item is not None:
            self._go_to(item)

    def _follow_layer(self, path: str) -> None:
        if self._document is None or not path or self._following:
            return
        current = self.view.currentIndex().data(ITEM_ROLE)
        if isinstance(current, Weight) and current.layer_path == path:
            return
        item = next((layer for layer in self._document.model.walk() if layer.path == path), None)
        if item is not None:
            self._go_to(item)

    def _go_to(self, item: Layer | Weight) -> None:
        index = self.model.index_of(item)
        if not index.isValid() or index == self.view.currentIndex():
            return
        self._following = True
        try:
            flags = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().setCurrentIndex(
                index, flags.ClearAndSelect | flags.Rows | flags.Current
            )
            self.view.scrollTo(index)
        finally:
            self._following = False

    def _activated(self, index: QModelIndex) -> None:
        """Go on to the weight of the row, by Return or a double-click."""
        item = index.data(ITEM_ROLE)
        if isinstance(item, Layer):
            self._choose_layer(item)
        elif isinstance(item, Weight):
            self._selection.select_weight(item.path, item.layer_path)
        if isinstance(item, Weight) or (item is not None and next(item.all_weights(), None)):
            self.weight_asked.emit()

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        item = index.data(ITEM_ROLE) if index.isValid() else None
        if self._document is None or item is None:
            return
        menu = RowMenu(self._document.model, item, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.show_weight.triggered.connect(lambda: self._activated(index))
        menu.show_in_graph.triggered.connect(self.graph_asked)
        menu.expand_all.triggered.connect(self.view.expandAll)
        menu.collapse_all.triggered.connect(self.view.collapseAll)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def copy(self) -> None:
        """Put the path of the selected row on the clipboard."""
        item = self.view.currentIndex().data(ITEM_ROLE)
        if item is not None:
            QApplication.clipboard().setText(item.path)

    def _restyle(self) -> None:
        c = colors()
        self.view.setStyleSheet(
            f"QTreeView {{ background: {c.panel}; border: none; outline: none; }}"
            f"QTreeView::item {{ padding: 3px 4px; border: none; }}"
            f"QTreeView::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
            "QTreeView { show-decoration-selected: 1; }"
        )
        self._details.setFont(small_font())
        self._measure()
        self._details.setStyleSheet(
            f"color: {c.muted}; background: {c.panel}; padding: 6px 12px;"
            f" border-top: 1px solid {c.hairline};"
        )


def _details_of(item: Layer | Weight | None) -> str:
    if isinstance(item, Weight):
        return weight_line(item)
    return layer_line(item) if isinstance(item, Layer) else ""
