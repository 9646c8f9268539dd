"""The pages of the window's centre: the selected weight, and what shows the model as a whole."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from weightview.core.document import Document
from weightview.gui.selection import Selection

if TYPE_CHECKING:
    from weightview.gui.graph_view import GraphView
    from weightview.gui.overview import Overview


class CentrePages(QStackedWidget):
    """The weight, or in its place a page of the whole model, which is made when first asked for.

    A weight or a cell that the person selects elsewhere brings the weight back, and so does Escape.
    Alt+Left returns to the page from which the person went to a weight.

    Signals:
        refused(sentence): a page could not read the file, or save a picture.
        status(sentence): what a page did.
        page_changed(name): ``"weight"`` or the name of another page is shown.
        weight_asked(): the person went from a page to a weight: it wants the keys.
    """

    refused = Signal(str)
    status = Signal(str)
    page_changed = Signal(str)
    weight_asked = Signal()

    def __init__(self, weight_page: QWidget, selection: Selection) -> None:
        """Show ``weight_page``."""
        super().__init__()
        self.setObjectName("centre_pages")
        self._selection = selection
        self._weight_page = weight_page
        self._document: Document | None = None
        self._overview: Overview | None = None
        self._graph: GraphView | None = None
        self._last_page = "overview"
        self.addWidget(weight_page)
        back = QShortcut(QKeySequence("Alt+Left"), self)
        back.setWhatsThis("Back to the overview or the graph")
        back.activated.connect(self.go_back)
        selection.weight_changed.connect(self.show_weight)
        selection.cell_changed.connect(self.show_weight)

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return "weight" if self.shown is self._weight_page else self.shown.objectName()

    @property
    def shown(self) -> QWidget:
        """The page that is shown."""
        return self.currentWidget() or self._weight_page

    def set_document(self, document: Document | None) -> None:
        """Show ``document`` on every page, and its weight first."""
        self._document = document
        if self._overview is not None:
            self._overview.set_document(document)
        if self._graph is not None:
            self._graph.set_document(document)
        self.show_weight()

    def show_weight(self, *_: object) -> None:
        """Show the selected weight."""
        if self.currentWidget() is not self._weight_page:
            focused = QApplication.focusWidget()
            if focused is not None and self.isAncestorOf(focused):
                # Else Qt gives the keys of what is hidden to whatever comes next.
                focused.clearFocus()
            self.setCurrentWidget(self._weight_page)
            self.page_changed.emit("weight")

    def toggle_overview(self) -> None:
        """Show all weights and their statistics, or the weight again."""
        self._toggle("overview", self._overview_page)

    def toggle_graph(self) -> None:
        """Show how the layers are connected, or the weight again."""
        self._toggle("graph", self._graph_page)

    def show_graph(self) -> None:
        """Show how the layers are connected, and among them the selected one wherever it is."""
        if self.page != "graph":
            self.toggle_graph()
        if self._graph is not None:
            self._graph.reveal(self._selection.layer_path)

    def _graph_page(self) -> QWidget:
        if self._graph is None:
            from weightview.gui.graph_view import GraphView

            page = self._graph = GraphView(self._selection)
            page.refused.connect(self.refused)
            page.status.connect(self.status)
            page.weight_chosen.connect(self._leave_for_weight)
            self.addWidget(page)
            page.set_document(self._document)
        return self._graph

    def _leave_for_weight(self) -> None:
        self.show_weight()
        self.weight_asked.emit()

    def go_back(self) -> None:
        """Show again the page that was seen last, the overview where there was none."""
        if self.page == "weight":
            (self.toggle_graph if self._last_page == "graph" else self.toggle_overview)()

    def _toggle(self, name: str, make: Callable[[], QWidget]) -> None:
        if self.page == name:
            self._leave_for_weight()
            return
        if self._document is None:
            return
        page = make()
        self._last_page = name
        self.setCurrentWidget(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_changed.emit(name)

    def _overview_page(self) -> QWidget:
        if self._overview is None:
            from weightview.gui.overview import Overview

            page = self._overview = Overview(self._selection)
            page.refused.connect(self.refused)
            page.weight_chosen.connect(self._leave_for_weight)
            self.addWidget(page)
            page.set_document(self._document)
        return self._overview

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the weight again by Escape."""
        if event.key() == Qt.Key.Key_Escape and self.page != "weight":
            self._leave_for_weight()
            return
        super().keyPressEvent(event)
