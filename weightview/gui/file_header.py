"""The lines above the tree: which file this is, whether it is edited, what model it holds."""

from PySide6.QtCore import Qt, Signal, SignalInstance
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

_LINKS = {
    "overview": "All weights with their statistics (Ctrl+Shift+O)",
    "graph": "How the layers are connected (Ctrl+Shift+G)",
}


class FileHeader(QWidget):
    """The file's name with a dot where it is edited, and the model in a line.

    Two links lead to the pages of the whole model; the one that is pressed says where one is, and
    leads back to the weight.

    Signals:
        overview_asked(): all weights are to be shown, or the weight again.
        graph_asked(): the layers and their connections are to be shown, or the weight again.
    """

    overview_asked = Signal()
    graph_asked = Signal()

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
        self._links = {
            "overview": self._link("Overview", "overview_link", self.overview_asked),
            "graph": self._link("Graph", "graph_link", self.graph_asked),
        }
        self.show_page("weight")
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT, UNIT + UNIT // 2, UNIT, UNIT)
        column.setSpacing(2)
        for label in (self._name, self._facts):  # in line with the text inside the links
            label.setContentsMargins(UNIT // 2, 0, 0, 0)
        column.addWidget(self._name)
        column.addWidget(self._facts)
        column.addLayout(self._link_line())
        theme().changed.connect(self._restyle)
        self._restyle()

    def _link(self, text: str, name: str, asked: SignalInstance) -> QToolButton:
        link = QToolButton(self)
        link.setObjectName(name)
        link.setText(text)
        link.setAccessibleName(text)
        link.setCheckable(True)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        link.clicked.connect(asked)
        return link

    def _link_line(self) -> QHBoxLayout:
        """Return a line of its own for the links: a file's name needs the width of the column."""
        line = QHBoxLayout()
        line.setSpacing(UNIT)
        for link in self._links.values():
            line.addWidget(link)
        line.addStretch(1)
        return line

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
        """Press the link of the page ``name`` that is shown in the centre, none for the weight."""
        for page, link in self._links.items():
            link.setChecked(page == name)
            link.setToolTip("Back to the weight (Esc)" if page == name else _LINKS[page])

    def _refresh(self) -> None:
        document = self._document
        for link in self._links.values():
            link.setVisible(document is not None)
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
        accent = colors().accent
        for link in self._links.values():
            link.setFont(small_font())
            link.setStyleSheet(
                f"QToolButton {{ color: {accent}; border: none; border-radius: 0;"
                " border-bottom: 2px solid transparent; padding: 2px 0 0; }"
                f"QToolButton:checked {{ background: transparent; border-bottom-color: {accent}; }}"
                "QToolButton:hover, QToolButton:focus { text-decoration: underline; }"
            )
