"""What the pages of the Explore window share: a document, an input, work in the background."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from weightview.core.document import Document
from weightview.core.errors import CancelledError, WeightviewError
from weightview.gui.background import Cancel, Latest
from weightview.gui.progress_line import ProgressLine
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.trace import Trace


class Page(QWidget):
    """A page with a sentence at its end and a progress line that can be cancelled.

    Signals:
        progressed(share): how much of the work is done, from 0 to 1.
    """

    progressed = Signal(float)

    def __init__(self, selection: Selection, name: str) -> None:
        """Start without a document."""
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.selection = selection
        self.document: Document | None = None
        self.trace: Trace | None = None
        self.scaler: Scaler | None = None
        self._latest = Latest(self)
        self._cancel = Cancel()
        self._color = "text"
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        self.column.setSpacing(UNIT)
        self.sentence = QLabel(self)
        self.sentence.setObjectName(f"{name}_sentence")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.progress = ProgressLine(self)
        self.progress.cancelled.connect(self._cancel_asked)
        self.progressed.connect(self.progress.set_share)
        theme().changed.connect(self.restyle)

    def add_body(self, widget: QWidget, invitation: str) -> None:
        """Add what the page shows; until there is something, ``invitation`` says what to do."""
        self.invitation = QLabel(invitation)
        self.invitation.setObjectName(f"{self.objectName()}_invitation")
        self.invitation.setTextFormat(Qt.TextFormat.PlainText)
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setContentsMargins(8 * UNIT, 0, 8 * UNIT, 0)
        self._body = QStackedWidget(self)
        self._body.addWidget(self.invitation)
        self._body.addWidget(widget)
        self.column.addWidget(self._body, 1)

    def show_body(self, shown: bool) -> None:
        """Show what there is to see, or invite to do something."""
        self._body.setCurrentIndex(1 if shown else 0)

    def finish_layout(self) -> None:
        """Put progress and sentence below what the page has added."""
        self.column.addWidget(self.progress)
        self.column.addWidget(self.sentence)

    def set_document(self, document: Document | None) -> None:
        """Work on ``document`` from now on."""
        self.cancel()
        self.document = document
        self.trace = None
        self.scaler = None
        self.say("")
        self.show_body(False)
        self.restyle()

    def set_trace(self, trace: "Trace | None", scaler: "Scaler | None" = None) -> None:
        """Take the input of ``trace`` from now on; ``scaler`` made it of what was typed."""
        self.trace, self.scaler = trace, scaler

    @property
    def sample(self) -> Any:
        """The calculator's input: one array, or a tuple of them for several inputs."""
        assert self.trace is not None
        return self.trace.inputs if len(self.trace.inputs) > 1 else self.trace.inputs[0]

    @property
    def can_work(self) -> bool:
        """Whether there is a model that can be calculated."""
        return self.document is not None and self.trace is not None and bool(self.trace.outputs)

    @property
    def is_working(self) -> bool:
        """Whether work is under way in the background, cancelled or not."""
        return self._latest.is_running

    def work(
        self,
        text: str,
        function: Callable[[Callable[[float], None]], Any],
        done: Callable[[Any], None],
    ) -> None:
        """Run ``function`` in the background; it is given a function to tell its progress to."""
        self._cancel.set()
        self._cancel = cancel = Cancel()

        def tell(share: float) -> None:
            if cancel.is_set():
                raise CancelledError
            self.progressed.emit(share)

        def finish(result: Any) -> None:
            if not cancel.is_set():
                self.progress.end()
                done(result)

        self.progress.begin(text, can_cancel=True)
        self._latest.request(
            lambda: function(tell), finish, lambda error: self._failed(error, cancel)
        )

    def cancel(self) -> None:
        """Stop what is under way, as soon as it can be; nothing of it is shown any more."""
        self._cancel.set()
        self.progress.end()

    def _cancel_asked(self) -> None:
        self.cancel()
        self.say("Cancelled.")

    def _failed(self, error: Exception, cancel: Cancel) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        # After a cancel, what is shown belongs to newer work, or says that it was cancelled.
        if not cancel.is_set():
            self.progress.end()
            self.say(str(error), "error")

    def say(self, sentence: str, color: str = "text") -> None:
        """Show a sentence at the end of the page."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self._color = color
        self._paint_sentence()

    def _paint_sentence(self) -> None:
        self.sentence.setStyleSheet(f"color: {getattr(colors(), self._color)}")

    def restyle(self) -> None:
        """Take the colours of the theme."""
        self._paint_sentence()
        self.invitation.setStyleSheet(f"color: {colors().muted}")
        self.setStyleSheet(f"#{self.objectName()} {{ background: {colors().panel}; }}")
