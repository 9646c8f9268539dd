"""A line to change the selected cells at once: add, clip, round, a formula ..."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QWidget

from weightview.core.operations import OPERATIONS
from weightview.gui.weight_view.line_bar import LineBar

_MOST_PARAMETERS = 2


class ChangeBar(LineBar):
    """Hidden until asked for; Return changes the cells, Escape closes.

    Signals:
        asked(name, texts): an operation of :data:`~weightview.core.operations.OPERATIONS`, and
            what was typed for each of its parameters.
    """

    asked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__("change", "Change the selected cells", parent)
        self._operations = QComboBox(self)
        self._operations.setObjectName("change_operation")
        self._operations.setAccessibleName("What to do with the selected cells")
        for name, operation in OPERATIONS.items():
            self._operations.addItem(operation.label, name)
        self.add_field(self._operations)
        self._texts = [QLineEdit(self) for _ in range(_MOST_PARAMETERS)]
        for place, field in enumerate(self._texts):
            field.setObjectName(f"change_field_{place}")
            field.returnPressed.connect(self.ask)
            self.add_field(field)
        self._apply = QToolButton(self)
        self._apply.setText("Change")
        self._apply.setObjectName("change_apply")
        self._apply.setToolTip("Change the selected cells (Return); one step to undo")
        self.add_field(self._apply)
        self._operations.currentIndexChanged.connect(self._operation_chosen)
        self._apply.clicked.connect(self.ask)
        self._operation_chosen()

    @property
    def operation(self) -> str:
        """The name of the operation that is chosen."""
        return str(self._operations.currentData())

    def open(self) -> None:
        """Show the line."""
        self.show_at(self._apply if self._texts[0].isHidden() else self._texts[0])
        self._texts[0].selectAll()

    def ask(self) -> None:
        """Ask for the change."""
        count = len(OPERATIONS[self.operation].parameters)
        self.asked.emit(self.operation, [field.text() for field in self._texts[:count]])

    def _operation_chosen(self) -> None:
        parameters = OPERATIONS[self.operation].parameters
        for place, field in enumerate(self._texts):
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
        self.tell("")
