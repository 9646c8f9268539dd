"""The views of one document, put together: what fills the window once a file is open.

Importing this module imports numpy and the views; a window without a file does without.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from weightview.core.document import Document
from weightview.core.numbers import exact_text
from weightview.gui import panel_focus
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.centre_pages import CentrePages
from weightview.gui.derivation_panel import DerivationPanel
from weightview.gui.explaining_part import ExplainingPart
from weightview.gui.file_header import FileHeader
from weightview.gui.layer_panel import LayerPanel
from weightview.gui.layer_tree import LayerTree
from weightview.gui.mismatch_panel import MismatchPanel
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.shape_learning import ShapeLearning
from weightview.gui.theme import UNIT, colors, theme
from weightview.gui.weight_view import WeightView

if TYPE_CHECKING:
    from weightview.calculator.trace import Trace
    from weightview.core.values import Array
    from weightview.gui.explore.window import ExploreWindow
    from weightview.gui.history_list import HistoryList

_DERIVATION_SHARE = 0.4
_EMPTY_DERIVATION = 5 * UNIT


class Workspace(QObject):
    """The three columns: tree and config, weight and derivation, calculator.

    Signals:
        refused(sentence): a view did not do what was asked.
        unreadable(sentence): a view could not read the file.
        status(text): a view tells about a cell.
        agreement(kind, sentence): what TensorFlow says of the calculation, see
            :class:`~weightview.gui.calculator_pane.CalculatorPane`.
    """

    refused = Signal(str)
    unreadable = Signal(str)
    status = Signal(str)
    agreement = Signal(str, str)

    def __init__(self, selection: Selection, parent: QWidget) -> None:
        """Make the views, without a document; ``parent`` is the window."""
        super().__init__(parent)
        self._selection = selection
        self._derives = False
        self._derives_output = False
        self._is_placed_by_hand = False
        self._window = parent
        self._document: Document | None = None
        self._explore: ExploreWindow | None = None
        self._history: HistoryList | None = None
        self.header = FileHeader()
        self.tree = LayerTree(selection)
        self.layer_panel = LayerPanel(selection)
        self.left = self._left_column()
        self.weight_view = WeightView(selection)
        self.derivation = DerivationPanel(selection)
        self.mismatch = MismatchPanel(selection)
        self.centre = self._centre_column()
        self.pages = CentrePages(self.centre, selection)
        self.calculator = CalculatorPane(selection)
        self.right = self.calculator
        self._shapes = ShapeLearning(self)
        self._connect()
        theme().changed.connect(self._restyle)
        self._restyle()

    def _left_column(self) -> QWidget:
        left = QWidget()
        left.setObjectName("left_column")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        parts = self._left_parts = QSplitter(Qt.Orientation.Vertical)
        parts.setObjectName("left_parts")
        parts.setHandleWidth(1)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.tree)
        parts.addWidget(self.layer_panel)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(parts, 1)
        return left

    def _centre_column(self) -> QSplitter:
        centre = QSplitter(Qt.Orientation.Vertical)
        centre.setObjectName("centre")
        centre.setHandleWidth(1)
        centre.setChildrenCollapsible(False)
        centre.addWidget(self.weight_view)
        self._lower = ExplainingPart(self.derivation, self.mismatch)
        centre.addWidget(self._lower)
        self._lower.need_changed.connect(self._make_more_room)
        centre.splitterMoved.connect(self._keep_place)
        centre.setStretchFactor(0, 1)
        centre.setStretchFactor(1, 0)
        centre.setSizes([10_000, _EMPTY_DERIVATION])
        return centre

    def _connect(self) -> None:
        self.weight_view.refused.connect(self.refused)
        self.weight_view.unreadable.connect(self.unreadable)
        self.weight_view.status.connect(self.status)
        self.pages.refused.connect(self.unreadable)
        self.pages.status.connect(self.status)
        self.pages.page_changed.connect(self.header.show_page)
        self.pages.weight_asked.connect(self.enter_weight)
        self.header.overview_asked.connect(self.pages.toggle_overview)
        self.header.graph_asked.connect(self.pages.toggle_graph)
        self.tree.view.clicked.connect(self.pages.show_weight)
        self.tree.weight_asked.connect(self.enter_weight)
        self.tree.graph_asked.connect(self.pages.show_graph)
        self.calculator.refused.connect(self.refused)
        self.calculator.agreement_changed.connect(self.agreement)
        self.calculator.trace_changed.connect(self.derivation.set_trace)
        self.calculator.trace_changed.connect(self.mismatch.set_trace)
        self.calculator.trace_changed.connect(self._derive_output)
        self._selection.number_changed.connect(self._make_room)
        self._selection.number_changed.connect(self._show_derivation)
        self._selection.explanation_requested.connect(self.pages.show_weight)

    def set_document(self, document: Document | None) -> None:
        """Show ``document`` in every view, its first weight selected."""
        self._selection.select_number(None)
        self._derives_output = True
        self._selection.select_weight("")
        self._selection.select_layer("")
        self.header.set_document(document)
        self.tree.set_document(document)
        self.layer_panel.set_document(document)
        self.weight_view.set_document(document)
        self.pages.set_document(document)
        self.derivation.set_document(document)
        self.mismatch.set_document(document)
        self.calculator.set_document(document)
        self._shapes.set_document(document)
        self._document = document
        if self._explore is not None:
            self._explore.set_document(document)
        if self._history is not None:
            self._history.set_document(document)
        if document is not None:
            self.select_first_weight(document)

    def finish_typing(self) -> bool:
        """Store the number that is being typed into a cell; return False where it is refused."""
        return self.weight_view.finish_typing()

    def explore(self) -> "ExploreWindow":
        """Show the Explore window: many inputs, sweeps, what each weight does."""
        if self._explore is None:
            from weightview.gui.explore.window import ExploreWindow

            window = self._explore = ExploreWindow(self._selection, self._window)
            window.rows.row_chosen.connect(self._take_row)
            window.rows.scaler_changed.connect(self.calculator.set_scaler)
            self.calculator.trace_changed.connect(self._hand_on)
            window.set_document(self._document)
            self._hand_on(self.calculator.trace)
        self._explore.show()
        self._explore.raise_()
        self._explore.activateWindow()
        return self._explore

    def show_history(self) -> None:
        """Show the edits as a list to step through."""
        if self._history is None:
            from weightview.gui.history_list import HistoryList

            self._history = HistoryList(self._window)
            self._history.cell_asked.connect(self._selection.select_cell)
            self._history.refused.connect(self.refused)
            self._history.set_document(self._document)
        self._history.show()
        self._history.raise_()
        self._history.activateWindow()

    def _hand_on(self, trace: "Trace | None") -> None:
        """Give the Explore window the calculator's input, and what made it of what was typed."""
        if self._explore is not None:
            self._explore.set_trace(trace, self.calculator.scaler)

    def close_windows(self) -> None:
        """Hide the windows that show more of the document: it is being closed."""
        for window in (self._explore, self._history):
            if window is not None:
                window.hide()

    def _take_row(self, row: "Array") -> None:
        """Make a row of a table the calculator's input."""
        self.calculator.set_input_text(", ".join(exact_text(n) for n in row.reshape(-1)))

    def select_first_weight(self, document: Document) -> None:
        """Select the model's first weight, so that numbers are seen at once."""
        weights = document.all_weights
        if weights:
            self._selection.select_weight(weights[0].path, weights[0].layer_path)

    def choose_layer(self, path: str) -> None:
        """Go to a layer as a click in the tree does."""
        self.tree.choose_layer(path)
        self.pages.show_weight()

    def enter_weight(self) -> None:
        """Show the selected weight and give its numbers the keys."""
        self.pages.show_weight()
        panel_focus.enter(self.weight_view)

    def _derive_output(self, trace: "Trace | None") -> None:
        """Show how the model's first output number came about, once for each document."""
        if not self._derives_output or trace is None or not trace.outputs or not trace.steps:
            return
        self._derives_output = False
        last = trace.steps[-1]
        if self._selection.number is None and last.stages and not trace.is_batch:
            index = (0,) * last.stages[-1].value.ndim
            if last.stages[-1].value.size:
                address = NumberAddress(last.layer_path, last.node, last.stages[-1].name, index)
                self._selection.select_number(address)

    def _show_derivation(self, number: NumberAddress | None) -> None:
        """Leave a page of the whole model for the number that the person chose.

        The calculator chooses one by itself too: that takes nobody away from a page.
        """
        focused = QApplication.focusWidget()
        if number is not None and focused is not None and self.calculator.isAncestorOf(focused):
            self.pages.show_weight()

    def _make_room(self, number: NumberAddress | None) -> None:
        """Give the derivation the room it needs: a line while no number is selected.

        What the person chose with the mouse stays, until the derivation empties.
        """
        is_wanted = number is not None
        if is_wanted == self._derives:
            return
        self._derives = is_wanted
        self._is_placed_by_hand = False
        self._lower.give_room(is_wanted)
        total = sum(self.centre.sizes())
        share = int(total * _DERIVATION_SHARE) if is_wanted else _EMPTY_DERIVATION
        self.centre.setSizes([max(0, total - share), share])

    def _make_more_room(self, needed: int) -> None:
        """Show a derivation whole where the weight leaves the room."""
        above, below = self.centre.sizes()
        if self._derives and not self._is_placed_by_hand and 0 < below < needed:
            self.centre.setSizes([max(0, above + below - needed), needed])

    def _keep_place(self) -> None:
        """Leave the line between weight and derivation where the person put it."""
        self._is_placed_by_hand = True

    @property
    def panels(self) -> tuple[QWidget, ...]:
        """What F6 goes through, from left to right."""
        is_weight = self.pages.page == "weight"
        shown = (self.weight_view, self._lower) if is_weight else (self.pages.shown,)
        return (self.left, *shown, self.calculator)

    def reset_sizes(self) -> None:
        """Give the parts of each column their first sizes."""
        total = sum(self._left_parts.sizes())
        self._left_parts.setSizes([total * 3 // 5, total * 2 // 5])
        self._derives = not self._derives
        self._make_room(self._selection.number)

    def _restyle(self) -> None:
        self.left.setStyleSheet(f"#left_column {{ background: {colors().panel}; }}")
