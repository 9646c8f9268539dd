"""The Explore window: three pages about one document, each following the calculator's input."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from weightview.core.document import Document
from weightview.gui.explore.rows_page import RowsPage
from weightview.gui.explore.sensitivity_page import SensitivityPage
from weightview.gui.explore.sweep_page import SweepPage
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.trace import Trace
    from weightview.gui.explore.page import Page

_SIZE = (112 * UNIT, 80 * UNIT)
_FRAME = QSize(8, 40)  # at most: what the desktop puts around a window


class ExploreWindow(QWidget):
    """A window of its own beside the main one, closed with it."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Make the pages; the model comes with :meth:`set_document`."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("explore_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows = RowsPage(selection)
        self.sweep = SweepPage(selection)
        self.sensitivity = SensitivityPage(selection)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("explore_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.rows, "Many inputs")
        self.tabs.addTab(self.sweep, "Sweep")
        self.tabs.addTab(self.sensitivity, "What a weight does")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self._place(parent)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _place(self, parent: QWidget | None) -> None:
        """Open over the main window, within its screen."""
        screen = (parent or self).screen().availableGeometry()
        box = QRect(QPoint(), QSize(*_SIZE).boundedTo(screen.size() - _FRAME))
        box.moveCenter((parent.window().frameGeometry() if parent else screen).center())
        inner = screen.marginsRemoved(QMargins(0, _FRAME.height(), _FRAME.width(), 0))
        box.moveLeft(max(inner.left(), min(box.left(), inner.right() - box.width())))
        box.moveTop(max(inner.top(), min(box.top(), inner.bottom() - box.height())))
        self.setGeometry(box)

    @property
    def pages(self) -> "tuple[Page, ...]":
        """The pages, in the order of their tabs."""
        return self.rows, self.sweep, self.sensitivity

    def set_document(self, document: Document | None) -> None:
        """Explore ``document`` from now on."""
        name = document.path.name if document is not None and document.path else "model"
        self.setWindowTitle(f"Explore {name}")
        for page in self.pages:
            page.set_document(document)

    def set_trace(self, trace: "Trace | None", scaler: "Scaler | None" = None) -> None:
        """Take the calculator's input from now on; ``scaler`` made it of what was typed."""
        for page in self.pages:
            page.set_trace(trace, scaler)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Escape; what was computed is still there when it is opened again."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"#explore_window {{ background: {c.panel}; }}"
            f"QTabWidget::pane {{ border: none; border-top: 1px solid {c.hairline}; }}"
            f"QTabBar::tab {{ background: {c.panel}; color: {c.muted}; border: none;"
            f" padding: {UNIT}px {2 * UNIT}px; }}"
            f"QTabBar::tab:selected {{ color: {c.accent}; border-bottom: 2px solid {c.accent}; }}"
        )
