"""A line to change the selected cells at once: add, clip, round, a formula ..."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from weightview.core.operations import OPERATIONS
from weightview.gui.icons import icon
from weightview.gui.theme import colors, small_font, theme

_MOST_PARAMETERS = 2


class ChangeBar(QWidget):
    """Hidden until asked for; Return changes the cells, Escape closes.

    Signals:
        asked(name, texts): an operation of :data:`~weightview.core.operations.OPERATIONS`, and
            what was typed for each of its parameters.
        shown(): it was opened or closed.
    """

    asked = Signal(str, object)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("change_bar")
        self.setAccessibleName("Change the selected cells")
        self._operations = QComboBox(self)
        self._operations.setObjectName("change_operation")
        self._operations.setAccessibleName("What to do with the selected cells")
        for name, operation in OPERATIONS.items():
            self._operations.addItem(operation.label, name)
        self._fields = [QLineEdit(self) for _ in range(_MOST_PARAMETERS)]
        self._apply = QToolButton(self)
        self._apply.setText("Change")
        self._apply.setObjectName("change_apply")
        self._apply.setToolTip("Change the selected cells (Return); one step to undo")
        self._message = QLabel(self)
        self._message.setObjectName("change_message")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._close = QToolButton(self)
        self._close.setObjectName("change_close")
        self._close.setAccessibleName("Close")
        self._close.setToolTip("Close (Escape)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._operations)
        for place, field in enumerate(self._fields):
            field.setObjectName(f"change_field_{place}")
            field.returnPressed.connect(self.ask)
            row.addWidget(field)
        row.addWidget(self._apply)
        row.addWidget(self._message, 1)
        row.addWidget(self._close)
        self._operations.currentIndexChanged.connect(self._operation_chosen)
        self._apply.clicked.connect(self.ask)
        self._close.clicked.connect(self.hide)
        theme().changed.connect(self._restyle)
        self._restyle()
        self._operation_chosen()
        self.hide()

    @property
    def operation(self) -> str:
        """The name of the operation that is chosen."""
        return str(self._operations.currentData())

    def open(self) -> None:
        """Show the line."""
        self.show()
        target: QWidget = self._fields[0] if self._fields[0].isVisible() else self._apply
        target.setFocus()
        self._fields[0].selectAll()

    def ask(self) -> None:
        """Ask for the change."""
        count = len(OPERATIONS[self.operation].parameters)
        self.asked.emit(self.operation, [field.text() for field in self._fields[:count]])

    def tell(self, text: str) -> None:
        """Say what came of it."""
        self._message.setText(text)

    def _operation_chosen(self) -> None:
        parameters = OPERATIONS[self.operation].parameters
        for place, field in enumerate(self._fields):
            field.setVisible(place < len(parameters))
            if place < len(parameters):
                parameter = parameters[place]
                field.setText(parameter.default)
                field.setAccessibleName(parameter.name)
                field.setToolTip(
                    "w the number, i its row, j its column: w * 2, where(abs(w) < 0.1, 0, w)"
                    if parameter.is_text
                    else parameter.name
                )
                field.setMaximumWidth(260 if parameter.is_text else 88)
        self._message.clear()

    def _restyle(self) -> None:
        self._message.setFont(small_font())
        self._message.setStyleSheet(f"color: {colors().muted};")
        self._close.setIcon(icon("close"))

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that there is more room for the rest."""
        super().hideEvent(event)
        self.shown.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that there is less room for the rest."""
        super().showEvent(event)
        self.shown.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
