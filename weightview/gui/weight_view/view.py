"""The weight view: heading, switches, table and image of the weight that is selected."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightNotFoundError, WeightviewError
from weightview.core.history import Change
from weightview.core.model import Layer, Weight
from weightview.core.numbers import Notation
from weightview.core.statistics import Statistics, count_edited, describe, describe_weight
from weightview.gui.background import Latest
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.axes_bar import AxesBar
from weightview.gui.weight_view.clipboard import block_text, clear_block, paste_text
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.flow_layout import FlowLayout
from weightview.gui.weight_view.heading import Heading
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.panes import Panes
from weightview.gui.weight_view.segments import Segments
from weightview.gui.weight_view.sheet import Sheet, moved_to, sheet_of
from weightview.gui.weight_view.slicing import Index, Slice
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel
from weightview.gui.weight_view.wording import axis_word, cell_text, range_text, value_text

_AT_ONCE_BYTES = 1 << 20
_DESCRIBED_CELLS = 100_000
_NOTATIONS: dict[str, Notation] = {"fixed": "fixed", "full": "full", "scientific": "scientific"}
_PLAIN_RANK = 2
_UNBOUNDED = 16777215  # QWIDGETSIZE_MAX


class WeightView(QWidget):
    """The centre of the window.

    Signals:
        refused(sentence): an edit was refused or the file could not be read; nothing changed.
        status(sentence): the cell under the pointer, or the selected one, in words.
    """

    refused = Signal(str)
    status = Signal(str)

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Follow ``selection``."""
        super().__init__(parent)
        self.setObjectName("weight_view")
        self.setAccessibleName("Weight")
        self._selection = selection
        self._document: Document | None = None
        self._sheet: Sheet | None = None
        self._layer: Layer | None = None
        self._statistics: Statistics | None = None
        self._pending = ""
        self._told = ""
        self._is_own_choice = False
        self._latest = Latest(self)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.restyle()
        self._show_sheet(None)

    def _make_widgets(self) -> None:
        self._heading = Heading(self)
        self._layout_choice = Segments(
            "Shown as",
            (
                ("table", "Table", "Show the numbers only"),
                ("both", "Table and image", "Show numbers and colours side by side"),
                ("image", "Image", "Show the colours only"),
            ),
            self,
        )
        self._layout_choice.set_choice("both")
        self._orientation = Segments(
            "Orientation",
            (
                ("stored", "rows = inputs", "As Keras stores it: a row per input"),
                ("textbook", "rows = units", "As textbooks write W: a row per unit."),
            ),
            self,
        )
        self._notation = Segments(
            "Notation",
            (
                ("fixed", "0.000", "Three decimals"),
                ("full", "full", "Every digit that matters"),
                ("scientific", "1e0", "Powers of ten"),
            ),
            self,
        )
        self._notation.set_choice("full")
        self._view_only = QLabel("only the view is turned, not the file", self)
        self._view_only.setObjectName("view_only")
        self._axes = AxesBar(self)
        self._model = WeightTableModel(self)
        self._table = WeightTable(self._model, self)
        self._image = WeightImage(self)
        self._color_bar = ColorBar(self)
        self._empty = QLabel("Select a weight in the tree.", self)
        self._empty.setObjectName("no_weight")

    def _lay_out(self) -> None:
        switches = QWidget(self)
        flow = FlowLayout(switches, gap=UNIT, line_gap=6)
        for widget in (self._layout_choice, self._orientation, self._notation):
            flow.addWidget(widget)
        flow.addWidget(self._view_only)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        switches.setSizePolicy(policy)
        self._switches: QWidget = switches
        self._panes = Panes(self._table, self._image, self._color_bar, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 12, 2 * UNIT, UNIT)
        column.setSpacing(UNIT)
        for part in (self._empty, self._heading, self._switches, self._axes):
            column.addWidget(part)
        column.addWidget(self._panes, 1)
        column.addStretch(0)

    def _connect(self) -> None:
        chosen = self._selection
        chosen.weight_changed.connect(self._weight_chosen)
        chosen.cell_changed.connect(self._cell_chosen)
        chosen.hover_changed.connect(self._hovered)
        chosen.number_changed.connect(self._number_chosen)
        self._layout_choice.chosen.connect(self._arrange)
        self._orientation.chosen.connect(self._turn)
        self._notation.chosen.connect(self._write_numbers)
        self._axes.look_changed.connect(self._look_chosen)
        for view in (self._table, self._image):
            view.cell_chosen.connect(self._choose_cell)
            view.cell_hovered.connect(chosen.hover)
        self._table.range_chosen.connect(self._tell_range)
        self._table.copy_asked.connect(self.copy)
        self._table.paste_asked.connect(self.paste)
        self._table.clear_asked.connect(self.clear_cells)
        self._model.refused.connect(self.refused)
        self._model.stored.connect(self.status)
        self._model.unreadable.connect(self._tell_unreadable)
        self._image.unreadable.connect(self._tell_unreadable)
        theme().changed.connect(self.restyle)

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._sheet

    def set_document(self, document: Document | None) -> None:
        """Show the weights of another document, or none."""
        if self._document is not None:
            self._document.values_changed.disconnect(self._values_changed)
            self._document.storage_changed.disconnect(self._storage_changed)
        self._document = document
        self._told = ""
        if document is not None:
            document.values_changed.connect(self._values_changed)
            document.storage_changed.connect(self._storage_changed)
        self._sheet = None
        self._show_weight(self._selection.weight_path)

    # Which weight

    def _weight_chosen(self, path: str) -> None:
        if self._sheet is not None and path == self._sheet.main.weight.path:
            self._pending = ""
            return
        if self._is_own_choice:
            return
        if self._sheet is not None and self._sheet.has_weight(path):
            # Perhaps only a cell of the bias is meant, which is in sight: then nothing turns.
            self._pending = path
            QTimer.singleShot(0, self._show_pending)
            return
        self._pending = ""
        self._show_weight(path)

    def _show_pending(self) -> None:
        path, self._pending = self._pending, ""
        if path and path == self._selection.weight_path:
            self._show_weight(path)

    def _show_weight(self, path: str) -> None:
        if self._document is None or not path:
            self._show_sheet(None)
            return
        try:
            weight = self._document.weight(path)
        except WeightNotFoundError:
            self._show_sheet(None)
            return
        self._layer = self._layer_of(weight)
        look = Slice.of(weight.shape)
        if self._orientation.choice == "textbook" and self._can_turn(weight):
            look = look.swapped()
        self._show_sheet(sheet_of(weight, self._layer, look))
        self._show_cell(path, self._selection.cell)

    def _layer_of(self, weight: Weight) -> Layer | None:
        if self._document is None or weight.kind != "weight":
            return None
        try:
            return self._document.model.layer(weight.layer_path)
        except WeightNotFoundError:
            return None

    @staticmethod
    def _can_turn(weight: Weight) -> bool:
        return len(weight.shape) == _PLAIN_RANK

    def _show_sheet(self, sheet: Sheet | None) -> None:
        is_new = (
            sheet is None or self._sheet is None or sheet.main.weight is not self._sheet.main.weight
        )
        self._sheet = sheet
        weight = sheet.main.weight if sheet else None
        for widget in (self._heading, self._switches, self._panes):
            widget.setVisible(sheet is not None)
        self._empty.setVisible(sheet is None)
        if is_new:
            self._say(weight)
            self._describe(is_new=True)
        self._model.show(self._document, sheet)
        self._table.measure()
        self._image.show_sheet(self._document, sheet)
        self._axes.show_look(weight, sheet.main.look if sheet else None)
        self._show_switches(weight)
        self._arrange()

    def _say(self, weight: Weight | None) -> None:
        has_bias = self._sheet is not None and self._sheet.bias is not None
        edited = self._edited_count(weight)
        self._heading.show_weight(weight, self._layer, has_bias=has_bias, edited=edited)

    def _edited_count(self, weight: Weight | None) -> int:
        if weight is None or self._document is None:
            return 0
        return count_edited(self._document.values, weight)

    def _show_switches(self, weight: Weight | None) -> None:
        can_turn = weight is not None and self._can_turn(weight)
        self._orientation.setVisible(can_turn)
        if weight is not None and can_turn:
            rows, columns = axis_word(weight, 0), axis_word(weight, 1)
            self._orientation.button("stored").setText(f"rows = {rows}s")
            self._orientation.button("textbook").setText(f"rows = {columns}s")
        self._view_only.setVisible(can_turn and self._orientation.choice == "textbook")

    # Numbers in a few words

    def _describe(self, *, is_new: bool = False) -> None:
        sheet, document = self._sheet, self._document
        if sheet is None or document is None:
            self._show_statistics(None)
            return
        weight, values = sheet.main.weight, document.snapshot().values
        if weight.nbytes <= _AT_ONCE_BYTES:
            try:
                self._show_statistics(describe_weight(values, weight))
            except WeightviewError as error:
                self._tell_unreadable(str(error))
            return
        if is_new:
            self._show_statistics(None)

        def arrived(statistics: Statistics) -> None:
            if self._sheet is not None and self._sheet.main.weight is weight:
                self._show_statistics(statistics)

        self._latest.request(lambda: describe_weight(values, weight), arrived, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self._tell_unreadable(str(error))

    def _tell_unreadable(self, sentence: str) -> None:
        """Tell once that the file cannot be read, not once for each piece that wanted to."""
        if sentence != self._told:
            self._told = sentence
            self.refused.emit(sentence)

    def _show_statistics(self, statistics: Statistics | None) -> None:
        self._statistics = statistics
        limit = statistics.limit if statistics else 0.0
        self._model.set_limit(limit)
        self._image.set_limit(limit)
        self._color_bar.show_statistics(statistics)
        self._heading.show_range(range_text(statistics) if statistics else "")

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        if changes and not any(sheet.has_weight(change.weight.path) for change in changes):
            return
        self._model.numbers_changed(changes)
        self._describe()
        self._image.refresh()
        self._heading.show_edited(self._edited_count(sheet.main.weight))
        self._tell_cell()

    def _storage_changed(self) -> None:
        """After saving nothing counts as edited; after reloading the weight may be another one."""
        if self._document is None or self._sheet is None:
            return
        self._told = ""
        path = self._sheet.main.weight.path
        if self._sheet.main.weight not in self._document.all_weights:
            self._sheet = None
            self._show_weight(path)
            return
        self._values_changed(())

    # How it is shown

    def _arrange(self) -> None:
        self._panes.show_as(self._layout_choice.choice)
        self._bound()

    def _bound(self) -> None:
        """Be no higher than what is shown, so that what stands below comes up close."""
        height = self._panes.natural_height() if self._sheet is not None else None
        limit = _UNBOUNDED if height is None else height
        self._panes.setMaximumHeight(limit)
        self._panes.updateGeometry()
        self.setMaximumHeight(limit if height is None else self._height_above() + limit)
        self._panes.place()

    def _height_above(self) -> int:
        """Return how high everything above the panes is, with the gaps and margins."""
        layout = self.layout()
        assert layout is not None
        margins = layout.contentsMargins()
        width = self.width() - margins.left() - margins.right()
        total = margins.top() + margins.bottom()
        for part in (self._heading, self._switches, self._axes):
            if not part.isHidden():
                hint = part.heightForWidth(width) if part.hasHeightForWidth() else -1
                total += max(hint, part.minimumSizeHint().height()) + layout.spacing()
        return total

    def _turn(self, choice: str) -> None:
        sheet = self._sheet
        if sheet is None or not self._can_turn(sheet.main.weight):
            return
        look = Slice.of(sheet.main.weight.shape)
        self._look_chosen(look.swapped() if choice == "textbook" else look)

    def _look_chosen(self, look: Slice) -> None:
        if self._sheet is None:
            return
        self._show_sheet(sheet_of(self._sheet.main.weight, self._layer, look))
        self._show_cell(self._selection.weight_path, self._selection.cell)

    def _write_numbers(self, choice: str) -> None:
        self._model.set_notation(_NOTATIONS[choice])
        self._table.measure()
        self._bound()

    # Which cell

    def _choose_cell(self, path: str, index: Index) -> None:
        self._is_own_choice = True
        try:
            self._selection.select_cell(path, index)
        finally:
            self._is_own_choice = False

    def _cell_chosen(self, path: str, index: Index | None) -> None:
        if index is not None and path == self._pending:
            self._pending = ""
        self._show_cell(path, index)

    def _show_cell(self, path: str, index: Index | None) -> None:
        if self._sheet is None:
            return
        if index is not None and self._sheet.cell(path, index) is None:
            moved = moved_to(self._sheet, path, index)
            if moved != self._sheet and moved.cell(path, index) is not None:
                self._show_sheet(moved)
        self._table.show_cell(path, index)
        self._image.show_cell(path, index)
        self._tell_cell()

    def _hovered(self, path: str, index: Index | None) -> None:
        self._table.show_hover(path, index)
        self._image.show_hover(path, index)
        if index is not None and self._sheet is not None and self._sheet.has_weight(path):
            self._tell(path, index)
        else:
            self._tell_cell()

    def _number_chosen(self, address: object) -> None:
        del address

    def _tell_cell(self) -> None:
        if self._selection.cell is not None:
            self._tell(self._selection.weight_path, self._selection.cell)

    def _tell(self, path: str, index: Index) -> None:
        document, sheet = self._document, self._sheet
        if document is None or sheet is None or not sheet.has_weight(path):
            return
        weight = document.weight(path)
        try:
            value = document.read(weight, index)
            text = f"{cell_text(weight, index)}: {value_text(weight, value)}"
            if bool(document.values.edited_mask(weight, index)):
                before = document.saved_values.read(weight, index)
                text = f"{text} · edited, was {value_text(weight, before)}"
        except (WeightviewError, IndexError):
            return  # the table tells of a file that cannot be read
        self.status.emit(text)

    def _tell_range(self) -> None:
        block, sheet, document = self._table.selected_block(), self._sheet, self._document
        if block is None or sheet is None or document is None:
            return
        count = len(block[0]) * len(block[1])
        if not 1 < count <= _DESCRIBED_CELLS:
            return
        look = sheet.main.look
        rows, columns = (
            slice(r.start, min(r.stop, n))
            for r, n in zip(block, (look.rows, look.columns), strict=True)
        )
        try:
            s = describe(document.read(sheet.main.weight, look.region(rows, columns)))
        except WeightviewError:
            return
        self.status.emit(
            f"{s.count:,} cells: sum {s.total:.6g}, mean {s.mean:.6g}, std {s.std:.6g}, "
            f"{s.minimum:.6g} … {s.maximum:.6g}"
        )

    # The Edit menu

    def copy(self) -> None:
        """Put the selected cells on the clipboard, exact, as tab-separated text."""
        block = self._table.selected_block()
        if block is None or self._document is None or self._sheet is None:
            return
        try:
            text = block_text(self._document.values, self._sheet, *block)
        except WeightviewError as error:
            self.refused.emit(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self.status.emit(f"Copied {len(block[0])} × {len(block[1])} cells.")

    def paste(self) -> None:
        """Put the numbers on the clipboard into the table, as one edit."""
        block = self._table.selected_block()
        if block is None or self._document is None or self._sheet is None:
            return
        try:
            paste_text(self._document, self._sheet, *block, QGuiApplication.clipboard().text())
        except WeightviewError as error:
            self.refused.emit(str(error))

    def clear_cells(self) -> None:
        """Set the selected cells to 0, as one edit."""
        block = self._table.selected_block()
        if block is None or self._document is None or self._sheet is None:
            return
        try:
            clear_block(self._document, self._sheet, *block)
        except WeightviewError as error:
            self.refused.emit(str(error))

    def select_all(self) -> None:
        """Select every cell of the table."""
        self._table.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between table and image."""
        super().resizeEvent(event)
        self._bound()

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        c = colors()
        for label in (self._view_only, self._empty):
            label.setFont(small_font())
            label.setStyleSheet(f"color: {c.muted};")
        self._table.measure()
