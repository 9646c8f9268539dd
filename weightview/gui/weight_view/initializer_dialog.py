"""The question by which initializer a weight is drawn anew: its settings, the seed, the cells."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from weightview.core.initializers import (
    SETTINGS,
    UNSEEDED,
    Initializer,
    Setting,
    SettingError,
    initializer_of,
    texts_of,
)
from weightview.core.model import Weight
from weightview.gui.progress_line import ProgressLine
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

_LARGEST_SEED = 2**31 - 1
_FIELD_WIDTH = 30 * UNIT


class _SettingField(QWidget):
    """One setting: a field for a number or a choice of words, and why it was refused."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        """Show the setting's default."""
        super().__init__(parent)
        self.setting = setting
        self._words = QComboBox(self) if setting.choices else None
        self._number = None if setting.choices else QLineEdit(self)
        self._refusal = QLabel(self)
        self._refusal.setObjectName(f"refusal_{setting.name}")
        self._refusal.setTextFormat(Qt.TextFormat.PlainText)
        self._refusal.setWordWrap(True)
        self._refusal.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        self.input: QWidget
        if self._words is not None:
            self._words.addItems(setting.choices)
            self._words.currentIndexChanged.connect(self.accept)
            self.input = self._words
        else:
            assert self._number is not None
            self._number.textEdited.connect(self.accept)
            self._number.setFont(number_font())
            self.input = self._number
        self.input.setObjectName(f"setting_{setting.name}")
        self.input.setAccessibleName(setting.name)
        self.input.setToolTip(f"{setting.name}: Keras' own is {setting.default}")
        self.setFocusProxy(self.input)
        column.addWidget(self.input)
        column.addWidget(self._refusal)
        self.restyle()

    @property
    def text(self) -> str:
        """What was typed or chosen."""
        if self._words is not None:
            return self._words.currentText()
        assert self._number is not None
        return self._number.text()

    def write(self, text: str) -> None:
        """Let ``text`` stand there."""
        if self._words is not None:
            self._words.setCurrentText(text)
        elif self._number is not None:
            self._number.setText(text)
        self.accept()

    def refuse(self, sentence: str) -> None:
        """Say what is wrong, and take the keys."""
        self._refusal.setText(sentence)
        self._refusal.show()
        self.setFocus()
        if self._number is not None:
            self._number.selectAll()

    def accept(self) -> None:
        """Take the refusal back."""
        self._refusal.hide()

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        self._refusal.setFont(small_font())
        self._refusal.setStyleSheet(f"color: {colors().error};")


class InitializerDialog(QDialog):
    """Asks for initializer, settings, seed and cells; stays until the numbers are there.

    Signals:
        asked(initializer, seed, is_whole): Return or the button was pressed.
        stopped(): what is being drawn is no longer wanted.
    """

    asked = Signal(object, int, bool)
    stopped = Signal()

    def __init__(
        self, weight: Weight, own: Initializer | None, cells: tuple[int, int], parent: QWidget
    ) -> None:
        """Ask about ``weight``; ``cells`` is the size of the selected block."""
        super().__init__(parent)
        self.setObjectName("initializer_dialog")
        self.setWindowTitle(f"Re-initialise {weight.path}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._weight = weight
        self._is_drawing = False
        self._choices = [*([own] if own is not None else []), *map(Initializer, SETTINGS)]
        self._kinds = QComboBox(self)
        self._seed = QSpinBox(self)
        self._cells = QComboBox(self)
        self._words = QLabel(self)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._draw = self._buttons.addButton("&Re-initialise", self._buttons.ButtonRole.AcceptRole)
        self._progress = ProgressLine(self)
        self._fields: dict[str, _SettingField] = {}
        self._form = QFormLayout()
        self._fill(own, cells)
        self._lay_out()
        self._kinds.currentIndexChanged.connect(self._kind_chosen)
        self._buttons.accepted.connect(self._ask)
        self._buttons.rejected.connect(self.reject)
        theme().changed.connect(self._restyle)
        self._restyle()
        self._kind_chosen()

    def _fill(self, own: Initializer | None, cells: tuple[int, int]) -> None:
        self._kinds.setObjectName("initializer_kind")
        self._kinds.setToolTip("Which of Keras' initializers draws the numbers (Up, Down)")
        for choice in self._choices:
            is_own = choice is own
            words = f"{choice.class_name}, as in the layer's config"
            self._kinds.addItem(words if is_own else choice.class_name)
        self._seed.setObjectName("initializer_seed")
        self._seed.setRange(0, _LARGEST_SEED)
        self._seed.setToolTip("Equal seeds give equal numbers")
        self._cells.setObjectName("initializer_cells")
        self._cells.setToolTip("Where the numbers go")
        self._cells.addItem(f"the whole weight {self._weight.shape}", True)
        if cells[0] * cells[1] > 1:
            self._cells.addItem(f"the selected {cells[0]} × {cells[1]} cells", False)
            self._cells.setCurrentIndex(1)
        self._words.setObjectName("initializer_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._draw.setObjectName("initializer_draw")
        self._draw.setToolTip("Draw the numbers by Keras (Return); one step to undo")
        self._draw.setDefault(True)

    def _lay_out(self) -> None:
        form = self._form
        form.setHorizontalSpacing(2 * UNIT)
        form.setVerticalSpacing(UNIT)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("&Initializer", self._kinds)
        for setting in dict.fromkeys(s for settings in SETTINGS.values() for s in settings):
            field = _SettingField(setting, self)
            form.addRow(setting.name, field)
            self._fields[setting.name] = field
        form.addRow("&Seed", self._seed)
        form.addRow("&Numbers of", self._cells)
        for widget in (self._kinds, self._seed, self._cells, *self._fields.values()):
            widget.setMinimumWidth(_FIELD_WIDTH)
        inputs = (field.input for field in self._fields.values())
        for one, other in pairwise((self._kinds, *inputs, self._seed, self._cells)):
            self.setTabOrder(one, other)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addLayout(form)
        column.addWidget(self._words)
        column.addWidget(self._progress)
        column.addWidget(self._buttons)

    # What is asked

    def _kind_chosen(self) -> None:
        chosen = self._choices[self._kinds.currentIndex()]
        texts = texts_of(chosen)
        for name, field in self._fields.items():
            self._form.setRowVisible(field, name in texts)
            if name in texts:
                field.write(texts[name])
        self._form.setRowVisible(self._seed, chosen.class_name not in UNSEEDED)
        self._tell("")
        self.adjustSize()

    def _ask(self) -> None:
        if self._is_drawing:
            return
        name = self._choices[self._kinds.currentIndex()].class_name
        texts = {setting.name: self._fields[setting.name].text for setting in SETTINGS[name]}
        try:
            chosen = initializer_of(name, texts, self._weight.shape)
        except SettingError as error:
            field = self._fields.get(error.setting)
            if field is None:
                self._tell(str(error), is_refusal=True)
            else:
                field.refuse(str(error))
            return
        self.asked.emit(chosen, self._seed.value(), bool(self._cells.currentData()))

    # What comes of it

    def begin(self, sentence: str) -> None:
        """Show that the numbers are being drawn; Cancel stops that and keeps the question."""
        self._is_drawing = True
        self._set_enabled()
        self._tell("")
        self._progress.begin(sentence, can_cancel=False)

    def end(self, refusal: str = "") -> None:
        """Show that nothing is drawn any more, and why nothing came of it."""
        self._is_drawing = False
        self._set_enabled()
        self._progress.end()
        self._tell(refusal, is_refusal=True)

    def _set_enabled(self) -> None:
        for widget in (self._kinds, self._seed, self._cells, self._draw, *self._fields.values()):
            widget.setEnabled(not self._is_drawing)

    def _tell(self, text: str, *, is_refusal: bool = False) -> None:
        self._words.setText(text or "Keras draws for the weight's whole shape; one step to undo.")
        c = colors()
        self._words.setStyleSheet(f"color: {c.error if text and is_refusal else c.muted};")

    def _restyle(self) -> None:
        self._words.setFont(small_font())
        for field in self._fields.values():
            field.restyle()
        self._tell("")

    # Qt overrides

    def reject(self) -> None:
        """Stop what is being drawn, or else close."""
        if not self._is_drawing:
            super().reject()
            return
        self.end()
        self.stopped.emit()
