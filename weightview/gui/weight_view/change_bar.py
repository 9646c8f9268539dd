"""A line to change the selected cells at once: add, clip, round, a formula ..."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from weightview.core.operations import OPERATIONS
from weightview.gui.progress_line import ProgressLine
from weightview.gui.weight_view.line_bar import LineBar

_MOST_PARAMETERS = 2
_WIDE, _NARROW = 240, 88


class ChangeBar(LineBar):
    """Hidden until asked for; says what would become of the cells; Return changes them.

    Signals:
        asked(): the cells are to be changed.
        typed(): another operation or parameter stands there, or the line was opened.
    """

    asked = Signal()
    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__("change", "Change the selected cells", parent)
        self._operations = QComboBox(self)
        self._operations.setObjectName("change_operation")
        self._operations.setAccessibleName("What to do with the selected cells")
        self._operations.setToolTip("What to do with the selected cells (Up, Down)")
        for name, operation in OPERATIONS.items():
            self._operations.addItem(operation.label, name)
        self.add_field(self._operations)
        self._parameters = [QLineEdit(self) for _ in range(_MOST_PARAMETERS)]
        for place, field in enumerate(self._parameters):
            field.setObjectName(f"change_field_{place}")
            field.returnPressed.connect(self.asked)
            field.textEdited.connect(self.typed)
            field.installEventFilter(self)
            self.add_field(field)
        self._apply = QPushButton(self)
        self._apply.setText("Change")
        self._apply.setObjectName("change_apply")
        self._apply.setToolTip("Change the selected cells (Return); one step to undo")
        self.add_field(self._apply)
        self.progress = ProgressLine(self)
        self.add_below(self.progress)
        self._operations.currentIndexChanged.connect(self._operation_chosen)
        self._apply.clicked.connect(self.asked)
        self._operation_chosen()

    @property
    def operation(self) -> str:
        """The name of the operation that is chosen."""
        return str(self._operations.currentData())

    @property
    def texts(self) -> list[str]:
        """What was typed for each parameter of the operation."""
        count = len(OPERATIONS[self.operation].parameters)
        return [field.text() for field in self._parameters[:count]]

    def open(self) -> None:
        """Show the line."""
        first = self._parameters[0]
        self.show_at(self._operations if first.isHidden() else first)
        first.selectAll()
        self.rest()
        self.typed.emit()

    def rest(self) -> None:
        """Take what stands in the fields as it is: Undo is now that of the numbers."""
        for field in self._parameters:
            field.setModified(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave Undo and Redo to the window until something else is typed."""
        if event.type() == QEvent.Type.ShortcutOverride and not self._is_typed():
            key = cast(QKeyEvent, event)
            keys = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if any(key.matches(standard) for standard in keys):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _is_typed(self) -> bool:
        return any(field.isModified() for field in self._parameters)

    def set_busy(self, is_busy: bool) -> None:
        """Take no second change while one is under way."""
        self._apply.setEnabled(not is_busy)

    def _operation_chosen(self) -> None:
        parameters = OPERATIONS[self.operation].parameters
        for place, field in enumerate(self._parameters):
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
                field.setFixedWidth(_WIDE if parameter.is_text else _NARROW)
        self.typed.emit()
