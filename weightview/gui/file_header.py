"""The lines above the tree: which file this is, whether it is edited, what model it holds."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font
from weightview.gui.wording import model_line


class FileHeader(QWidget):
    """The file's name with a dot where it is edited, and the model in a line.

    Signals:
        overview_asked(): all weights are to be shown, or the weight again.
    """

    overview_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a document."""
        super().__init__(parent)
        self.setObjectName("file_header")
        self._document: Document | None = None
        self._name = ElidedLabel(self)
        self._name.setObjectName("file_name")
        self._facts = QLabel(self)
        self._facts.setObjectName("file_facts")
        self._facts.setWordWrap(True)
        self._facts.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._link = QToolButton(self)
        self._link.setObjectName("overview_link")
        self._link.setToolTip("All weights with their statistics (Ctrl+Shift+O)")
        self._link.setCursor(Qt.CursorShape.PointingHandCursor)
        self._link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._link.clicked.connect(self.overview_asked)
        self.show_page("weight")
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT + UNIT // 2, UNIT + UNIT // 2, UNIT, UNIT)
        column.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(UNIT)
        first.addWidget(self._name, 1)
        first.addWidget(self._link)
        column.addLayout(first)
        column.addWidget(self._facts)
        theme().changed.connect(self._restyle)
        self._restyle()

    def set_document(self, document: Document | None) -> None:
        """Describe ``document`` and follow whether it is edited."""
        if self._document is not None:
            self._document.history_changed.disconnect(self._refresh)
            self._document.storage_changed.disconnect(self._refresh)
        self._document = document
        if document is not None:
            document.history_changed.connect(self._refresh)
            document.storage_changed.connect(self._refresh)
        self._refresh()

    def show_page(self, name: str) -> None:
        """Say where the link leads while the page ``name`` is shown in the centre."""
        text = "Back to weight" if name == "overview" else "Overview"
        self._link.setText(text)
        self._link.setAccessibleName(text)

    def _refresh(self) -> None:
        document = self._document
        self._link.setVisible(document is not None)
        if document is None:
            self._name.clear()
            self._facts.clear()
            return
        name = document.path.name if document.path is not None else document.model.name
        where = str(document.path or "A model in memory")
        self._name.tell(f"{name} •" if document.is_modified else name, where)
        self._facts.setText(model_line(document.model))
        self._facts.setToolTip(document.model.format_name)

    def _restyle(self) -> None:
        self._name.setFont(title_font())
        self._facts.setFont(small_font())
        self._facts.setStyleSheet(f"color: {colors().muted};")
        self._link.setFont(small_font())
        self._link.setStyleSheet(
            f"QToolButton {{ color: {colors().accent}; border: none; padding: 0 4px; }}"
            "QToolButton:hover, QToolButton:focus { text-decoration: underline; }"
        )
