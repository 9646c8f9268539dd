"""Messages below the document: a sentence, what can be done about it, and a cross to close it.

Nothing here interrupts: a message waits until it is read, answered or replaced.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.gui.icons import Name, icon
from weightview.gui.theme import UNIT, colors, theme

Kind = Literal["error", "warning", "info"]

_LONGEST_WORD = 24
_MOST_SHOWN = 2
_LOW_LINES = 36  # a window of no more lines of text than this has room for one message only
# A click leaves the keys where they are: the button it falls on is about to go.
_BY_TAB = Qt.FocusPolicy.TabFocus

_ICONS: dict[Kind, Name] = {"error": "error", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Answer:
    """A button of a message.

    Attributes:
        text: what stands on it.
        chosen: called when it is pressed; the message is closed first.
    """

    text: str
    chosen: Callable[[], object]


class Message(QFrame):
    """One message: icon, sentence, buttons, a cross."""

    closed = Signal()

    def __init__(
        self,
        kind: Kind,
        text: str,
        *,
        answers: Sequence[Answer] = (),
        details: str = "",
        more: Sequence[str] = (),
        stays: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Show ``text``.

        Args:
            kind: decides the colour and the icon.
            text: the sentence.
            answers: buttons, from left to right.
            details: what "Copy details" puts on the clipboard; no such button where empty.
            more: further sentences, unfolded by a click.
            stays: it is no matter of the open file, and stays when another is opened.
            parent: the bar.
        """
        super().__init__(parent)
        self.kind = kind
        self.stays = stays
        self.text = text
        self._details = details
        self.setObjectName("message")
        self.setAccessibleName(text)
        self._icon = QLabel(self)
        self._label = self._plain_label(text)
        self._more = self._plain_label("\n".join(f"•  {sentence}" for sentence in more))
        self._more.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(UNIT)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._label, 1)
        self._add_buttons(answers, bool(more))
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, UNIT // 2, UNIT, UNIT // 2)
        column.setSpacing(UNIT // 2)
        column.addLayout(self._row)
        column.addWidget(self._more)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _plain_label(self, text: str) -> QLabel:
        label = QLabel(breakable(text), self)
        # A sentence may quote what a file says: never as rich text.
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _add_buttons(self, answers: Sequence[Answer], has_more: bool) -> None:
        for answer in answers:
            self._add_button(answer.text, partial(self._answer, answer.chosen))
        if has_more:
            button = self._add_button("Show", lambda: None)
            button.clicked.connect(lambda: self._unfold(button))
        if self._details:
            button = self._add_button("Copy details", self._copy)
            button.setToolTip("Copy the sentence and the technical details to the clipboard")
        self._cross = QToolButton(self)
        self._cross.setObjectName("close_message")
        self._cross.setAccessibleName("Close this message")
        self._cross.setToolTip("Close this message")
        self._cross.setFocusPolicy(_BY_TAB)
        self._cross.clicked.connect(self.close_message)
        self._row.addWidget(self._cross)

    def _add_button(self, text: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(text.lower().replace(" ", "_"))
        button.setFocusPolicy(_BY_TAB)
        button.clicked.connect(lambda _checked=False: pressed())
        self._row.addWidget(button)
        return button

    def _answer(self, chosen: Callable[[], object]) -> None:
        self.close_message()
        chosen()

    def _unfold(self, button: QPushButton) -> None:
        self._more.setVisible(self._more.isHidden())
        button.setText("Show" if self._more.isHidden() else "Hide")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.text}\n\n{self._details}")

    def close_message(self) -> None:
        """Take the message away."""
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def _restyle(self) -> None:
        c = colors()
        ground, front = {
            "error": (c.error_soft, c.error),
            "warning": (c.edit_soft, c.edit),
            "info": (c.accent_soft, c.accent),
        }[self.kind]
        self.setStyleSheet(
            f"#message {{ background: {ground}; border: none;"
            f" border-top: 1px solid {c.hairline}; }}"
            f"#message QPushButton {{ background: transparent; border-color: {front};"
            f" padding: 2px 10px; }}"
            f"#message QLabel {{ color: {c.text}; padding: 3px 0; }}"
        )
        self._icon.setPixmap(icon(_ICONS[self.kind], front).pixmap(16, 16))
        self._cross.setIcon(icon("close"))


class MessageBar(QWidget):
    """The messages of one window, the newest on top, the same sentence only once.

    Of more than two, or than one in a low window, the older ones are folded away, until they are
    asked for. It is as high as
    its sentences need at its width.

    Signals:
        changed(): a message came or went.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a message, taking no room."""
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setAccessibleName("Messages")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._messages: dict[str, Message] = {}
        self._is_unfolded = False
        self._older = QPushButton(self)
        self._older.setObjectName("older_messages")
        self._older.setFocusPolicy(_BY_TAB)
        self._older.clicked.connect(self._unfold)
        self._older.hide()
        self._column.addWidget(self._older)
        theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages shown, the oldest first."""
        return tuple(self._messages.values())

    def show_message(
        self,
        kind: Kind,
        text: str,
        *,
        key: str = "",
        answers: Sequence[Answer] = (),
        details: str = "",
        more: Sequence[str] = (),
        stays: bool = False,
    ) -> Message:
        """Show a message; one of the same key (or, without a key, the same sentence) is replaced.

        See :class:`Message` for the arguments.
        """
        key = key or text
        self.close_message(key)
        message = Message(
            kind, text, answers=answers, details=details, more=more, stays=stays, parent=self
        )
        message.closed.connect(lambda: self._forget(key, message))
        self._messages[key] = message
        self._column.insertWidget(0, message)
        self._is_unfolded = False
        self._arrange()
        return message

    def _arrange(self) -> None:
        """Show the newest messages, and how many older ones there are."""
        newest = list(reversed(self._messages.values()))
        is_low = self.window().height() < _LOW_LINES * self.fontMetrics().lineSpacing()
        most = 1 if is_low else _MOST_SHOWN
        for place, message in enumerate(newest):
            message.setVisible(self._is_unfolded or place < most)
        count = 0 if self._is_unfolded else max(0, len(newest) - most)
        self._older.setText(f"Show {count} older message{'' if count == 1 else 's'}")
        self._older.setVisible(bool(count))
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        """Take the height that the wrapped sentences need: a toolbar asks for no more."""
        self._column.invalidate()
        self.setFixedHeight(max(0, self._column.totalHeightForWidth(self.width())))

    def _unfold(self) -> None:
        self._is_unfolded = True
        self._arrange()

    def _restyle(self) -> None:
        c = colors()
        self._older.setStyleSheet(
            f"QPushButton {{ background: {c.header}; color: {c.accent}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; border-radius: 0; padding: 4px; }}"
            "QPushButton:hover, QPushButton:focus { text-decoration: underline; }"
        )

    def show_error(self, error: BaseException, key: str = "") -> Message:
        """Show what went wrong, with the traceback behind "Copy details"."""
        import traceback

        details = "".join(traceback.format_exception(error))
        return self.show_message("error", sentence(error), key=key, details=details)

    def close_message(self, key: str) -> None:
        """Close the message of ``key``, if it is there."""
        if key in self._messages:
            self._messages[key].close_message()

    def clear(self) -> None:
        """Close every message about the file."""
        for message in self.messages:
            if not message.stays:
                message.close_message()

    def event(self, event: QEvent) -> bool:
        """Fit again where a sentence unfolds, the text grows or the window gets narrower."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return done

    def _forget(self, key: str, message: Message) -> None:
        if self._messages.get(key) is message:
            del self._messages[key]
            self._arrange()


def breakable(text: str) -> str:
    """Return ``text`` with places to break inside very long words, such as a path."""
    words = text.split(" ")
    return " ".join(
        "\u200b".join(word[i : i + _LONGEST_WORD] for i in range(0, len(word), _LONGEST_WORD))
        for word in words
    )


def sentence(error: BaseException) -> str:
    """Return what a person should read about ``error``.

    Errors of weightview are sentences already; of others the kind is told too.
    """
    from weightview.core.errors import WeightviewError

    if isinstance(error, WeightviewError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return f"Something went wrong that should not: {type(error).__name__}: {error}"
