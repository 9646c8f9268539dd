"""What a layer is: its class, shapes, parameter count, and its config as keys and values."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.model import Layer, Model
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.icons import icon
from weightview.gui.plain_text import tip
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.wording import config_lines, config_text, count, shape_text

_SHOWN = 240  # characters of a value; the rest is told by the tooltip and in the copied config
_TOLD = 4000
_TALLEST = 16 * UNIT
_PADDING = 18  # what the style sheet and the style leave free at the sides of a value
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_BREAKS = re.compile(r"[(\[{.,=/_]|(?<=[a-z])(?=[A-Z])")
_KEY_SHARE = 0.6  # how much of the width the keys may take


class _Breaking(QStyledItemDelegate):
    """Lets a long value go on in the next line where Python would: after a bracket or a dot."""

    def __init__(self, view: QTreeView) -> None:
        """Break the values of ``view`` at the width of its second column."""
        super().__init__(view)
        self._view = view

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Allow the breaks, without changing what is copied; leave out what is very long."""
        super().initStyleOption(option, index)
        text = option.text
        if len(text) > _SHOWN:
            text = f"{text[:_SHOWN]} …"
        option.text = _BREAKS.sub("\\g<0>\u200b", text)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return a size of as many lines as the column's width asks for."""
        hint = super().sizeHint(option, index)
        if index.column() != 1:
            return hint
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        width = self._view.columnWidth(1) - _PADDING
        room = QRect(0, 0, max(1, width), _TALLEST)
        lines = QFontMetrics(whole.font).boundingRect(room, _WRAPPED, whole.text)
        return QSize(hint.width(), max(hint.height(), min(lines.height() + 4, _TALLEST)))


class _Pairs(QTreeWidget):
    """Keys and values in two columns; Ctrl+C copies the chosen lines."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or what a tree does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the values anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.share_room()

    def share_room(self) -> None:
        """Give the keys what they need, but for a part of the width; break the values anew."""
        metrics = QFontMetrics(self.font())
        items = [self.topLevelItem(place) for place in range(self.topLevelItemCount())]
        keys = (metrics.horizontalAdvance(item.text(0)) for item in items if item is not None)
        most = int(self.viewport().width() * _KEY_SHARE)
        self.header().resizeSection(0, min(max(keys, default=0) + _PADDING + 2, most))
        self.scheduleDelayedItemsLayout()

    def copy(self) -> None:
        """Put the chosen lines on the clipboard, key and value apart by a tab."""
        lines = [f"{item.text(0)}\t{item.text(1)}" for item in self.selectedItems()]
        QGuiApplication.clipboard().setText("\n".join(lines))


class LayerPanel(QWidget):
    """The layer that the window's selection names; the model itself where it names none."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Start without a document."""
        super().__init__(parent)
        self.setObjectName("layer_panel")
        self._selection = selection
        self._document: Document | None = None
        self._title = ElidedLabel(self)
        self._title.setObjectName("layer_title")
        self._copy = QToolButton(self)
        self._copy.setObjectName("copy_config")
        self._copy.setAccessibleName("Copy get_config() as JSON")
        self._copy.setToolTip("Copy get_config() as JSON")
        self._copy.clicked.connect(self._copy_config)
        self._pairs = self._pair_list()
        top = QHBoxLayout()
        top.setContentsMargins(UNIT + UNIT // 2, UNIT // 2, UNIT // 2, UNIT // 2)
        top.addWidget(self._title, 1)
        top.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._pairs, 1)
        selection.layer_changed.connect(self._show)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _pair_list(self) -> _Pairs:
        pairs = _Pairs(self)
        pairs.setObjectName("layer_config")
        pairs.setAccessibleName("What the layer's config says")
        pairs.setColumnCount(2)
        pairs.setHeaderHidden(True)
        pairs.setRootIsDecorated(False)
        pairs.setIndentation(0)
        pairs.setWordWrap(True)
        pairs.setItemDelegate(_Breaking(pairs))
        pairs.setFrameShape(QFrame.Shape.NoFrame)
        pairs.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        pairs.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = pairs.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        return pairs

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """What is shown: keys and values."""
        items = [self._pairs.topLevelItem(i) for i in range(self._pairs.topLevelItemCount())]
        return tuple((item.text(0), item.text(1)) for item in items if item is not None)

    def set_document(self, document: Document | None) -> None:
        """Show layers of ``document`` from now on."""
        if self._document is not None:
            self._document.shapes_changed.disconnect(self._refresh)
            self._document.storage_changed.disconnect(self._refresh)
        self._document = document
        if document is not None:
            document.shapes_changed.connect(self._refresh)
            document.storage_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self._show(self._selection.layer_path)

    def _layer(self, path: str) -> Layer | None:
        if self._document is None:
            return None
        return next((layer for layer in self._document.model.walk() if layer.path == path), None)

    def _show(self, path: str) -> None:
        self._pairs.clear()
        layer = self._layer(path)
        self._copy.setEnabled(self._document is not None)
        if self._document is None:
            self._title.clear()
            return
        pairs: Iterator[tuple[str, str]]
        if layer is not None:
            self._title.tell(layer.name, layer.path)
            facts, pairs = _layer_facts(layer), config_lines(layer.config)
        else:
            model = self._document.model
            self._title.tell(f"{model.class_name or 'Weights'} “{model.name}”")
            facts, pairs = _model_facts(model), config_lines(model.compile_config, "compile.")
        for key, value in facts:
            self._add(key, value, is_fact=True)
        for key, value in pairs:
            self._add(key, value)
        self._pairs.share_room()

    def _add(self, key: str, value: str, *, is_fact: bool = False) -> None:
        item = QTreeWidgetItem([key, value])
        item.setForeground(0, self.palette().placeholderText())
        whole = value if len(value) <= _TOLD else f"{value[:_TOLD]} …"
        for column in (0, 1):
            item.setToolTip(column, tip(f"{key}: {whole}"))
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignTop)
        if is_fact:
            font = item.font(1)
            font.setWeight(font.Weight.DemiBold)
            item.setFont(1, font)
        self._pairs.addTopLevelItem(item)

    def copy(self) -> None:
        """Copy the chosen lines (for the Edit menu)."""
        self._pairs.copy()

    def _copy_config(self) -> None:
        if self._document is None:
            return
        layer = self._layer(self._selection.layer_path)
        config = self._document.model.config if layer is None else layer.config
        QGuiApplication.clipboard().setText(config_text(config))

    def _restyle(self) -> None:
        c = colors()
        font = small_font()
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self._copy.setIcon(icon("copy", c.muted))
        self.setStyleSheet(
            f"#layer_panel {{ background: {c.panel}; }}"
            f"QTreeWidget {{ background: {c.panel}; border: none; outline: none; }}"
            f"QTreeWidget::item {{ padding: 2px 4px 2px 8px; border: none; }}"
            "QTreeWidget { show-decoration-selected: 1; }"
            f"QTreeWidget::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pairs.setFont(small_font())
        self._refresh()


def _layer_facts(layer: Layer) -> list[tuple[str, str]]:
    facts = [
        ("class", layer.class_name or "?"),
        ("input_shape", shape_text(layer.input_shape)),
        ("output_shape", shape_text(layer.output_shape)),
        ("parameters", count(layer.parameter_count)),
    ]
    if layer.module:
        facts.insert(1, ("module", layer.module))
    if layer.registered_name:
        facts.insert(1, ("registered as", layer.registered_name))
    return facts


def _model_facts(model: Model) -> list[tuple[str, str]]:
    return [
        ("file", model.format_name),
        ("class", model.class_name or "unknown: the file holds weights only"),
        ("input_shape", shape_text(model.input_shape)),
        ("output_shape", shape_text(model.output_shape)),
        ("parameters", count(model.parameter_count)),
        ("keras_version", model.keras_version or "not stored"),
        ("backend", model.backend or "not stored"),
    ]
