"""The lines above the tree: which file this is, whether it is edited, what model it holds."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from weightview.core.document import Document
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font
from weightview.gui.wording import model_line


class FileHeader(QWidget):
    """The file's name with a dot where it is edited, and the model in a line."""

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
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT + UNIT // 2, UNIT + UNIT // 2, UNIT, UNIT)
        column.setSpacing(2)
        column.addWidget(self._name)
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

    def _refresh(self) -> None:
        document = self._document
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
