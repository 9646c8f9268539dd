"""“Why doesn't my number match?”: a person types what they got, the mistake is named."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.core.errors import CancelledError, NumberError, WeightviewError
from weightview.gui.background import Cancel, Latest
from weightview.gui.derivation_panel.account import texts_of
from weightview.gui.plain_text import tip
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

if TYPE_CHECKING:
    from weightview.calculator.mistakes.finder import Answer, Finding

QUESTION = "Why doesn't my number match?"
_QUIET_MS = 250
_POLL_MS = 150
_MOST_SHOWN = 5
_LIKELY = 0.05


class _Search:
    """How far a search is, and the wish that it end; shared between two threads."""

    def __init__(self) -> None:
        self.share = 0.0
        self.cancel = Cancel()

    def __call__(self, share: float) -> None:
        self.share = share
        if self.cancel.is_set():
            raise CancelledError("The search was cancelled.")


class MismatchPanel(QWidget):
    """A line for the person's number, and which usual mistakes give it.

    Signals:
        layer_chosen(path): the layer at which a finding parts from the model was clicked.
        closed(): the person is done.
    """

    layer_chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Start empty; see :meth:`set_subject`."""
        super().__init__(parent)
        self._document: Document | None = None
        self._trace: Trace | None = None
        self._search = _Search()
        self._latest = Latest(self)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._ask)
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._show_share)
        self.setObjectName("mismatch")
        self.setAccessibleName(QUESTION)
        self._build()
        theme().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self.title = QLabel("Your number", self)
        self.line = QLineEdit(self)
        self.line.setObjectName("mismatch_line")
        self.line.setAccessibleName("The number that you got")
        self.line.setPlaceholderText("such as 20.475, or several in a row")
        self.line.setToolTip("The number you worked out, with the digits that should agree")
        self.line.textEdited.connect(self._typed)
        self.output = self._number_box("output", "Which of the model's outputs it was for")
        self.place = self._number_box("number", "Which number of the output it was for")
        self.close_button = QPushButton("Close", self)
        self.close_button.setObjectName("mismatch_close")
        self.close_button.setToolTip("Close this question (Esc)")
        self.close_button.clicked.connect(self.closed)
        self.answer = QLabel(self)
        self.answer.setObjectName("mismatch_answer")
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(self.title)
        row.addWidget(self.line, 1)
        row.addWidget(self.output)
        row.addWidget(self.place)
        row.addWidget(self.close_button)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, UNIT // 2, 0, UNIT // 2)
        column.setSpacing(UNIT // 2)
        column.addLayout(row)
        column.addWidget(self.answer)
        column.addLayout(self._findings)
        self.answer.hide()

    def _number_box(self, noun: str, name: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setPrefix(f"{noun} ")
        box.setAccessibleName(name)
        box.setToolTip(f"{name} (Up, Down)")
        box.setObjectName(f"mismatch_{noun}")
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.valueChanged.connect(self._chosen)
        box.hide()
        return box

    # The question

    def set_subject(self, document: Document | None, trace: Trace | None) -> None:
        """Ask about ``document`` with the input of ``trace``; what is typed is asked again."""
        self._document, self._trace = document, trace
        sizes = [output.size for output in trace.outputs] if trace is not None else []
        self._limit(self.output, len(sizes))
        self._limit(self.place, sizes[self.output.value()] if sizes else 0)
        if self.isVisible() and self.line.text().strip():
            self._quiet.start()

    def _limit(self, box: QSpinBox, count: int) -> None:
        box.blockSignals(True)
        box.setRange(0, max(0, count - 1))
        box.setSuffix(f" of {count:,}")
        box.blockSignals(False)
        box.setVisible(count > 1)

    def _typed(self) -> None:
        self._search.cancel.set()
        self._quiet.start()

    def _chosen(self) -> None:
        if self._trace is not None and self._trace.outputs:
            self._limit(self.place, self._trace.outputs[self.output.value()].size)
        self._typed()

    def _ask(self) -> None:
        text, trace, document = self.line.text().strip(), self._trace, self._document
        if not text or trace is None or document is None or not trace.outputs:
            self._say("" if not text else "There is no output to compare with.")
            return
        snapshot, search = document.snapshot(), _Search()
        output = self.output.value()
        inputs = trace.inputs[0] if len(trace.inputs) == 1 else list(trace.inputs)
        shape = trace.outputs[output].shape
        index = tuple(int(i) for i in np.unravel_index(self.place.value(), shape))

        def explain() -> "Answer":
            from weightview.api.explanation import explain_number

            return explain_number(
                snapshot, inputs, text, index=index, output=output, progress=search
            )

        self._search.cancel.set()
        self._search = search
        self._poll.start()
        self._latest.request(explain, self._show, self._fail)

    def stop(self) -> None:
        """Break off a search under way."""
        self._quiet.stop()
        self._poll.stop()
        self._latest.drop_waiting()
        self._search.cancel.set()

    # The answer

    def _show(self, answer: "Answer") -> None:
        self._poll.stop()
        self._say(answer.sentence)
        for finding in answer.findings[:_MOST_SHOWN]:
            self._findings.addWidget(self._row_of(finding))
        hidden = len(answer.findings) - _MOST_SHOWN
        if hidden > 0:
            more = QLabel(f"and {hidden} more that fit as well", self)
            more.setEnabled(False)
            self._findings.addWidget(more)

    def _row_of(self, finding: "Finding") -> QPushButton:
        numbers = ", ".join(texts_of(finding.numbers))
        button = QPushButton(self)
        words = f"{finding.sentence}: {numbers}{_chance_words(finding.chance)}"
        button.setText(words.replace("&", "&&"))
        button.setObjectName("mismatch_finding")
        button.setFlat(True)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setFont(small_font())
        button.setStyleSheet(_link_sheet())
        if finding.parts_at:
            button.setToolTip(tip(f"Go to {finding.parts_at}, where it parts from the model"))
            path = finding.parts_at
            button.clicked.connect(lambda: self.layer_chosen.emit(path))
        return button

    def _fail(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            return
        self._poll.stop()
        if not isinstance(error, WeightviewError):
            raise error
        # While a number is being typed it often is none yet.
        self._say(
            "" if isinstance(error, NumberError) and len(self.line.text()) <= 1 else str(error)
        )

    def _show_share(self) -> None:
        self._say(f"Trying the usual mistakes … {math.floor(self._search.share * 100)} %")

    def _say(self, sentence: str) -> None:
        while (item := self._findings.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.answer.setText(sentence)
        self.answer.setVisible(bool(sentence))

    def _restyle(self) -> None:
        self.title.setFont(small_font())
        self.title.setStyleSheet(f"color: {colors().muted}")
        self.line.setFont(number_font())
        for widget in (self.output, self.place, self.close_button):
            widget.setFont(small_font())
        for button in self.findChildren(QPushButton, "mismatch_finding"):
            button.setStyleSheet(_link_sheet())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc; Return asks at once."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
        else:
            super().keyPressEvent(event)


def _chance_words(chance: float) -> str:
    """Return how far a finding is to be trusted; few digits are hit easily."""
    likely = f"{100 * chance:.2g} % likely by chance"
    return f"   ·   {likely}{': give more digits' if chance > _LIKELY else ''}"


def _link_sheet() -> str:
    c = colors()
    return (
        f"QPushButton {{ border: none; color: {c.accent}; background: transparent; padding: 0;"
        " text-align: left; min-height: 0 }"
        " QPushButton:hover, QPushButton:focus { text-decoration: underline }"
    )
