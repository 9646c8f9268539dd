"""The welcome page: what the program is, three examples, and the files opened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.gui.icons import icon
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font

_WIDTH = 760


@dataclass(frozen=True)
class Example:
    """A model that ships with the program.

    Attributes:
        file: its name in ``resources/examples``.
        question: what it answers.
        facts: the model in a line.
    """

    file: str
    question: str
    facts: str


EXAMPLES = (
    Example(
        "two_thousand_inputs.keras",
        "Why is my Dense kernel (2000, 32) and not (32, 2000)?",
        "2000 → Dense 32, relu → Dense 1, sigmoid",
    ),
    Example(
        "line.keras",
        "Why is my number not 25?",
        "y = 2x + 5, learned by Dense 16, relu → Dense 1",
    ),
    Example(
        "four_layers.keras",
        "What are the small arrays between the big ones?",
        "8 → 5 → 5 → 5 → 32, all sigmoid",
    ),
)


def example_path(example: Example) -> Path:
    """Return where the example lies; it is opened in place and never written to."""
    return Path(str(resources.files("weightview") / "resources" / "examples" / example.file))


def is_example(path: Path) -> bool:
    """Return whether ``path`` is one of the examples that ship with the program."""
    return path.parent == example_path(EXAMPLES[0]).parent


class Card(QAbstractButton):
    """One example: its question, and the model in a line."""

    def __init__(self, example: Example, parent: QWidget) -> None:
        """Show ``example``."""
        super().__init__(parent)
        self.example = example
        self.setObjectName(f"example_{Path(example.file).stem}")
        self.setAccessibleName(example.question)
        self.setAccessibleDescription(example.facts)
        self.setToolTip(f"Open the example {example.file} (Enter)")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._question = QLabel(example.question, self)
        self._question.setWordWrap(True)
        self._facts = QLabel(example.facts, self)
        self._facts.setWordWrap(True)
        for label in (self._question, self._facts):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        column.addWidget(self._question)
        column.addStretch(1)
        column.addWidget(self._facts)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        font = title_font()
        font.setPointSizeF(font.pointSizeF() * 0.95)
        self._question.setFont(font)
        self._facts.setFont(small_font())
        self._facts.setStyleSheet(f"color: {colors().muted};")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which the question takes three lines or fewer."""
        hint = self._column.sizeHint()
        return QSize(max(hint.width(), 26 * UNIT), max(hint.height(), 17 * UNIT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter as by Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, and a frame that tells focus and hover."""
        del event
        c = colors()
        has_focus = self.hasFocus()
        lively = self.underMouse() or has_focus
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if lively else c.hairline), 2 if has_focus else 1))
        painter.setBrush(QColor(c.accent_soft if self.isDown() else c.panel))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), UNIT, UNIT)


class WelcomePage(QScrollArea):
    """What is shown while no file is open.

    Signals:
        open_requested(): the person wants to choose a file.
        file_chosen(path): an example or a recent file was clicked.
    """

    open_requested = Signal()
    file_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Lay the page out, without recent files."""
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAccessibleName("Welcome")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._title = QLabel("weightview", self)
        self._line = QLabel(
            "See every number of a saved Keras model, change it, and follow the arithmetic "
            "from an input to the output.",
            self,
        )
        self._line.setWordWrap(True)
        self._cards = [Card(example, self) for example in EXAMPLES]
        self._recent_title = QLabel("Opened last", self)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._open = self._open_button()
        self.setFocusProxy(self._open)
        self._hint = QLabel("or drop a .keras, .h5 or .weights.h5 file anywhere here", self)
        self._lay_out()
        theme().changed.connect(self._restyle)
        self._restyle()
        self.set_recent(())

    def _open_button(self) -> QPushButton:
        button = QPushButton("Open a model …", self)
        button.setObjectName("open_model")
        button.setToolTip("Choose a saved model (Ctrl+O)")
        button.setDefault(True)
        button.clicked.connect(self.open_requested)
        return button

    def _lay_out(self) -> None:
        page = QWidget(self)
        page.setObjectName("welcome_page")
        column = QVBoxLayout()
        column.setSpacing(UNIT)
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addSpacing(2 * UNIT)
        row = QHBoxLayout()
        row.setSpacing(2 * UNIT)
        row.addWidget(self._open)
        row.addWidget(self._hint, 1)
        column.addLayout(row)
        column.addSpacing(4 * UNIT)
        self._examples_title = QLabel("Three questions, each with its model", self)
        column.addWidget(self._examples_title)
        cards = QGridLayout()
        cards.setSpacing(2 * UNIT)
        for place, card in enumerate(self._cards):
            cards.addWidget(card, 0, place)
            cards.setColumnStretch(place, 1)
            card.clicked.connect(lambda _=False, c=card: self._choose(example_path(c.example)))
        column.addLayout(cards)
        column.addSpacing(4 * UNIT)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addStretch(1)
        holder = QWidget(page)
        holder.setMaximumWidth(_WIDTH)
        holder.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        outer = QHBoxLayout(page)
        outer.setContentsMargins(4 * UNIT, 7 * UNIT, 4 * UNIT, 4 * UNIT)
        outer.addStretch(1)
        outer.addWidget(holder, 20)
        outer.addStretch(1)
        self.setWidget(page)

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Show the files opened last, the newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._recent_title.setVisible(bool(paths))
        for path in paths:
            self._recent.addWidget(self._recent_button(path), 0, Qt.AlignmentFlag.AlignLeft)

    def _recent_button(self, path: Path) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("recent_file")
        # An ampersand in a file's name is no mnemonic.
        button.setText(f"{path.name}   {shortened_folder(path)}".replace("&", "&&"))
        button.setIcon(icon("file", colors().muted))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(f"Open {path}")
        button.setAccessibleName(f"Open {path.name}")
        button.clicked.connect(lambda: self._choose(path))
        return button

    def _choose(self, path: Path) -> None:
        self.file_chosen.emit(path)

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"#welcome, #welcome_page {{ background: {c.window}; }}"
            "#recent_file { padding: 4px 6px; margin-left: -6px; }"
        )
        font = title_font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self._title.setFont(font)
        section = small_font()
        for label in (self._examples_title, self._recent_title, self._hint):
            label.setFont(section)
            label.setStyleSheet(f"color: {c.muted};")


def shortened_folder(path: Path) -> str:
    """Return the folder of ``path``, the person's home as ``~``."""
    try:
        return f"~/{path.parent.relative_to(Path.home())}".removesuffix("/.")
    except ValueError:
        return str(path.parent)
