"""The calculator pane: a shell that is cheap to make, and its content once there is a model."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.trace import Trace
    from weightview.core.document import Document
    from weightview.gui.calculator_pane.content import Content

_NO_MODEL = "Open a model to calculate with it."


class CalculatorPane(QWidget):
    """Carries an input through the document's model and shows every stage.

    Signals:
        trace_changed(trace): another calculation is shown; None where there is none.
        refused(sentence): something could not be done.
        agreement_changed(kind, sentence): what TensorFlow says of the whole calculation; kind is
            ``agrees``, ``differs`` or ``quiet``.
    """

    trace_changed = Signal(object)
    refused = Signal(str)
    agreement_changed = Signal(str, str)

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Follow ``selection``; the model comes with :meth:`set_document`."""
        super().__init__(parent)
        self._selection = selection
        self._content: Content | None = None
        self.setObjectName("calculator_pane")
        self.setAccessibleName("Calculator")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(304)
        self._nothing = QLabel(_NO_MODEL, self)
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setMargin(2 * UNIT)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._nothing)
        theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def trace(self) -> "Trace | None":
        """The calculation that is shown."""
        return self._content.trace if self._content is not None else None

    @property
    def scaler(self) -> "Scaler | None":
        """What made the input of :attr:`trace` of the numbers that are typed; None for nothing."""
        return self._content.scaler if self._content is not None else None

    @property
    def content(self) -> "Content | None":
        """The parts of the pane, None while there is no model that can be calculated."""
        return self._content

    @property
    def sentence(self) -> str:
        """Why there is nothing to calculate, ``""`` where there is."""
        return self._nothing.text() if self._content is None else ""

    def set_document(self, document: "Document | None") -> None:
        """Calculate with ``document``'s model from now on."""
        self._drop_content()
        if document is None:
            self._say(_NO_MODEL)
            self.agreement_changed.emit("quiet", "")
            return
        if document.model.graph is None:
            self._say(
                f"“{document.model.name}” cannot be calculated: the file does not tell how the "
                "layers are connected."
            )
            self.agreement_changed.emit("quiet", "")
            return
        from weightview.gui.calculator_pane.model_input import inputs_of

        for given in inputs_of(document.model):
            if not given.is_possible:
                self._say(
                    f"“{document.model.name}” cannot be calculated: its input {given.shape} is "
                    "none that can be made."
                )
                self.agreement_changed.emit("quiet", "")
                return
        self._begin(document)

    def _begin(self, document: "Document") -> None:
        from weightview.gui.calculator_pane.content import Content

        self._nothing.hide()
        content = Content(document, self._selection, self)
        content.trace_changed.connect(self._tell_trace)
        content.refused.connect(self.refused)
        content.agreement_changed.connect(self.agreement_changed)
        content.model_replaced.connect(lambda: self.set_document(document))
        self._content = content
        self._column.addWidget(content)
        content.start()

    def _drop_content(self) -> None:
        if self._content is not None:
            self._content.stop()
            self._column.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
            self._content = None
            self.trace_changed.emit(None)

    def _say(self, sentence: str) -> None:
        self._nothing.setText(sentence)
        self._nothing.show()

    def _tell_trace(self, trace: Any) -> None:
        self.trace_changed.emit(trace)

    def set_input_text(self, text: str) -> None:
        """Type ``text`` into the (first) input line."""
        if self._content is not None:
            self._content.inputs[0].set_text(text)

    def set_scaler(self, scaler: "Scaler | None") -> None:
        """Scale what is typed before the model is given it; for a model with one input."""
        if self._content is not None and len(self._content.inputs) == 1:
            self._content.inputs[0].set_scaler(scaler)

    def _restyle(self) -> None:
        self._nothing.setStyleSheet(f"color: {colors().muted}")
        self.setStyleSheet(f"#calculator_pane {{ background: {colors().panel} }}")
