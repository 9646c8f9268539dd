"""The question "Why doesn't my number match?": the number is typed, the mistake is named."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.errors import CancelledError, WeightviewError
from weightview.gui.background import Cancel, Latest
from weightview.gui.mismatch_panel.answer_area import AnswerArea
from weightview.gui.mismatch_panel.findings import FindingsList
from weightview.gui.progress_line import ProgressLine
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme, title_font

if TYPE_CHECKING:
    from weightview.calculator.mistakes.answer import Answer, Finding
    from weightview.calculator.trace import Trace

QUESTION = "Why doesn't my number match?"
_HINT = "Type the number that you got; paste several to narrow it down."
_PLACEHOLDER = "your number, such as 20.475"
_EDGE = 2 * UNIT


class MismatchPanel(QWidget):
    """One line with the question; opened, a field for the number and what explains it.

    Follows the trace that is shown: its input is the one that the person calculated with.
    """

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Start closed; findings go to ``selection`` when they are clicked."""
        super().__init__(parent)
        self._selection = selection
        self._document: Document | None = None
        self._trace: Trace | None = None
        self._latest = Latest(self)
        self._cancel = Cancel()
        self._color = "muted"
        self.setObjectName("mismatch_panel")
        self.setAccessibleName(QUESTION)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._build()
        theme().changed.connect(self._restyle)
        self._restyle()
        self._open(False)

    def _build(self) -> None:
        self.question = QToolButton(self)
        self.question.setObjectName("mismatch_question")
        self.question.setText(QUESTION)
        self.question.setCheckable(True)
        self.question.setToolTip("Type the number that you worked out, and see what was left out")
        self.question.toggled.connect(self._open)
        self._body = QWidget(self)
        self.number = QLineEdit(self._body)
        self.number.setObjectName("mismatch_number")
        self.number.setAccessibleName("The number that you got")
        self.number.setPlaceholderText(_PLACEHOLDER)
        self.number.setToolTip(_HINT + " Enter searches.")
        self.number.returnPressed.connect(self.search)
        self.place_label = QLabel("for output", self._body)
        self.place = QSpinBox(self._body)
        self.place.setObjectName("mismatch_place")
        self.place.setAccessibleName("Which number of the output it was for")
        self.place.setToolTip(
            "Which number of the output it was for, counted from 0 through all outputs"
        )
        self.explain = QPushButton("Explain", self._body)
        self.explain.setObjectName("mismatch_explain")
        self.explain.setToolTip("Replay the usual mistakes (Enter)")
        self.explain.clicked.connect(self.search)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for widget in (self.number, self.place_label, self.place, self.explain):
            row.addWidget(widget, 1 if widget is self.number else 0)
        row.addStretch(1)
        self.progress = ProgressLine(self._body)
        self.progress.cancelled.connect(self.cancel)
        self.answer = self._label("mismatch_answer")
        self.advice = self._label("mismatch_advice")
        self.findings = FindingsList()
        self.findings.chosen.connect(self._go_to)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, UNIT)
        inner.setSpacing(UNIT // 2)
        inner.addLayout(row)
        inner.addWidget(self.progress)
        self._told = AnswerArea(self.answer, self.findings, self.advice, parent=self._body)
        self._told.hide()
        inner.addWidget(self._told)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, UNIT // 2, _EDGE, UNIT // 2)
        column.setSpacing(UNIT // 2)
        column.addWidget(self.question, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._body)

    def _label(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    # What it is about

    def set_document(self, document: Document | None) -> None:
        """Ask about ``document`` from now on."""
        self.cancel()
        self._document = document
        self.number.clear()
        self.question.setChecked(False)
        self.set_trace(None)

    def set_trace(self, trace: "Trace | None") -> None:
        """Ask about this input from now on; an answer about another one is taken away."""
        before = self._trace
        self._trace = trace
        usable = trace is not None and bool(trace.outputs)
        self.setVisible(usable)
        if usable:
            assert trace is not None
            size = sum(int(output.size) for output in trace.outputs)
            self.place.setMaximum(max(0, size - 1))
            self.place.setVisible(size > 1)
            self.place_label.setVisible(size > 1)
        if before is not trace:
            self._say("")

    def _open(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self.question.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.question.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if is_open:
            self.number.setFocus()
        else:
            self.cancel()

    # Searching

    def search(self) -> None:
        """Explain the number that is typed, in the background."""
        document, trace = self._document, self._trace
        if document is None or trace is None or not self.number.text().strip():
            self._say(_HINT)
            return
        self._cancel = cancel = Cancel()
        snapshot, text = document.snapshot(), self.number.text()
        inputs: Any = trace.inputs if len(trace.inputs) > 1 else trace.inputs[0]
        output, index = self._place(trace)

        def stop_if_asked(_: float) -> None:
            if cancel.is_set():
                raise CancelledError

        def work() -> "Answer":
            from weightview.api import explain_number

            return explain_number(
                snapshot, inputs, text, index=index, output=output, progress=stop_if_asked
            )

        self._say("")
        self.progress.begin("Replaying the usual mistakes", can_cancel=True)
        self._latest.request(work, self._show_answer, self._refuse)

    def _place(self, trace: "Trace") -> tuple[int, tuple[int, ...]]:
        """Return which output, and which number of it; the outputs are counted through."""
        rest, output = self.place.value(), 0
        while rest >= trace.outputs[output].size:
            rest -= int(trace.outputs[output].size)
            output += 1
        index = []
        for length in reversed(trace.outputs[output].shape):
            rest, place = divmod(rest, length)
            index.append(place)
        return output, tuple(reversed(index))

    def cancel(self) -> None:
        """Stop the search."""
        self._cancel.set()
        self.progress.end()

    def _show_answer(self, answer: "Answer") -> None:
        self.progress.end()
        is_sure = not any(finding.is_likely_chance for finding in answer.findings[:1])
        found = bool(answer.findings) or answer.is_models_own
        self._say(answer.sentence, "agree" if found and is_sure else "muted")
        near = answer.near
        self.findings.show_findings(answer.findings or near, are_near=not answer.findings)
        if answer.advice:
            self.advice.setText("\n".join(["Also worth a look:", *answer.advice]))
            self.advice.show()

    def _refuse(self, error: Exception) -> None:
        self.progress.end()
        if isinstance(error, CancelledError):
            self._say("The search was cancelled.", "muted")
        elif isinstance(error, WeightviewError):
            self._say(str(error), "error")
        else:
            raise error

    def _say(self, sentence: str, color: str = "muted") -> None:
        self.answer.setText(sentence)
        self._told.setVisible(bool(sentence))
        self._told.verticalScrollBar().setValue(0)
        self._color = color
        self._restyle_answer()
        self.findings.show_findings(())
        self.advice.hide()

    def _go_to(self, finding: "Finding") -> None:
        """Show the layer at which the calculation parts, and how its number comes about."""
        if self._trace is None or not finding.parts_at:
            return
        step = self._trace[finding.parts_at]
        self._selection.select_layer(finding.parts_at)
        if step.outputs:
            index = (0,) * step.outputs[0].ndim
            address = NumberAddress(finding.parts_at, step.node, "output", index)
            self._selection.select_number(address)

    def _restyle(self) -> None:
        c = colors()
        self.number.setFont(number_font())
        self._restyle_answer()
        self.place_label.setFont(small_font())
        self.advice.setFont(small_font())
        self.advice.setStyleSheet(f"color: {c.muted}")
        metrics = self.number.fontMetrics()
        self.number.setMinimumWidth(metrics.horizontalAdvance(_PLACEHOLDER) + 3 * UNIT)
        self.setStyleSheet(
            f"#mismatch_panel {{ background: {c.panel}; border-top: 1px solid {c.hairline}; }}"
            f"#mismatch_scroll, #mismatch_told {{ background: {c.panel}; }}"
            f"#mismatch_question {{ color: {c.accent}; background: transparent; border: none;"
            " padding: 2px 0; }"
            "#mismatch_question:focus { text-decoration: underline; }"
        )

    def _restyle_answer(self) -> None:
        """Let only what was found stand out."""
        self.answer.setFont(title_font() if self._color == "agree" else self.font())
        color = "text" if self._color == "muted" else self._color
        self.answer.setStyleSheet(f"color: {getattr(colors(), color)}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Escape."""
        if event.key() == Qt.Key.Key_Escape and self.question.isChecked():
            self.question.setChecked(False)
            return
        super().keyPressEvent(event)
