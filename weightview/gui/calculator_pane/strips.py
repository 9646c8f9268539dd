"""The strips of all calls of layers, one below the other; those of a long model come in pieces."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from weightview.calculator.trace import Step
from weightview.core.model import Model
from weightview.gui.calculator_pane.calculation import Choices
from weightview.gui.calculator_pane.calculator import Calculator
from weightview.gui.calculator_pane.pieces import Pieces
from weightview.gui.calculator_pane.step_header import Agreement
from weightview.gui.calculator_pane.step_strip import StepStrip
from weightview.gui.calculator_pane.strips_area import StripsArea
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.theme import UNIT, colors, theme

_MOST_OPEN = 40
_MOST_AT_ONCE = 128
_FIRST_SEEN = 24

Key = tuple[str, int]


class Strips(QObject):
    """Makes the strips of a model, keeps them, and tells each what it is to show.

    Signals:
        whole_requested(key, stage): a stage is to be shown whole.
        completed(): no strip is missing any more.
    """

    whole_requested = Signal(object, str)
    completed = Signal()

    def __init__(
        self, model: Model, selection: Selection, calculator: Calculator, parent: QWidget
    ) -> None:
        """Show steps of ``model``; what is chosen in a strip goes to ``calculator``."""
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._calculator = calculator
        self._made: dict[Key, StepStrip] = {}
        self._places: dict[Key, int] = {}
        self._agreements: Mapping[Key, Agreement] = {}
        self._folds_new: bool | None = None
        self._sought: Key | None = None
        self._unit: tuple[str, int | None] = "", None
        self._is_faded = False
        self._follows_more = False
        self._pieces = Pieces(self._show_step, self._after_piece, self)
        self._inside = QWidget()
        self._inside.setObjectName("calculator_strips")
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        self._list.setSpacing(0)
        self._rest = QWidget(self._inside)  # the room of the strips that are still to be made
        self._rest.hide()
        self._list.addWidget(self._rest)
        self.area = StripsArea(self._inside, parent)
        theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def by_key(self) -> Mapping[Key, StepStrip]:
        """The strips that are made, by layer path and call."""
        return self._made

    @property
    def in_order(self) -> tuple[StepStrip, ...]:
        """The strips that are made, in the order in which they are shown."""
        return tuple(self._made[key] for key in self._places if key in self._made)

    def add_above(self, widget: QWidget) -> None:
        """Let ``widget`` scroll with the strips, above them."""
        self._list.insertWidget(self._list.indexOf(self._rest), widget)
        self._follows_more = True

    def add_below(self, widget: QWidget) -> None:
        """Let ``widget`` scroll with the strips, below them."""
        self._list.addWidget(widget)

    def stop(self) -> None:
        """Make no more strips."""
        self._pieces.begin(())

    # Making them

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show a new calculation: the strips of a long model come in pieces."""
        keys = [(step.layer_path, step.node) for step in steps]
        if list(self._places) != keys:
            self._clear()
            self._places = {key: place for place, key in enumerate(keys)}
        if steps:  # the last first: its number is the first that is explained
            self._show_step(steps[-1])
        is_long = len(steps) > _MOST_AT_ONCE
        missing = []
        for place, step in enumerate(steps):
            is_made = (step.layer_path, step.node) in self._made
            if is_made or not is_long or place < _FIRST_SEEN:
                self._show_step(step)
            else:
                missing.append(step)
        self._pieces.begin(missing)
        self._after_piece()

    def _show_step(self, step: Step) -> None:
        key = step.layer_path, step.node
        choices: Choices = self._calculator.choices
        if key in self._made:
            self._made[key].set_step(step, self._model.generation, choices)
            return
        strip = self._made[key] = self._make(step)
        strip.set_step(step, self._model.generation, choices)
        strip.set_agreement(self._agreements.get(key, Agreement()))
        strip.set_number(self._selection.number)
        strip.set_unit(self._unit[1] if strip.layer.path == self._unit[0] else None)
        strip.set_faded(self._is_faded)

    def _make(self, step: Step) -> StepStrip:
        strip = StepStrip(self._model.layer(step.layer_path), step.node, self._inside)
        strip.number_chosen.connect(self._selection.select_number)
        strip.explanation_requested.connect(self._selection.explanation_requested)
        strip.whole_requested.connect(self.whole_requested)
        strip.folding_requested.connect(self.fold_all)
        strip.activation_chosen.connect(self._calculator.choose_activation)
        strip.bias_chosen.connect(self._calculator.choose_bias)
        strip.skip_chosen.connect(self._calculator.choose_skip)
        place, many = self._places[strip.key], len(self._places)
        strip.is_first = place == 0 and not self._follows_more
        is_last = place == many - 1
        if self._folds_new if self._folds_new is not None else many > _MOST_OPEN and not is_last:
            strip.set_folded(True)
        self._list.insertWidget(self._list.indexOf(self._rest) + is_last, strip)
        return strip

    def _after_piece(self) -> None:
        """Keep the room of the strips that are still to be made, and find what is sought."""
        left = self._pieces.left
        first = next(iter(self.in_order), None)
        self._rest.setVisible(left > 0)
        self._rest.setFixedHeight(left * first.sizeHint().height() if first is not None else 0)
        self.area.updateGeometry()
        if self._sought in self._made:
            strip, self._sought = self._made[self._sought], None
            QTimer.singleShot(0, strip, lambda: self._bring_into_sight(strip))
        if not left:
            self.completed.emit()

    def _clear(self) -> None:
        for strip in self._made.values():
            self._list.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        self._made, self._agreements, self._folds_new = {}, {}, None

    # What each shows

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold every layer."""
        self._folds_new = folded
        for strip in self._made.values():
            strip.set_folded(folded)

    def set_faded(self, faded: bool) -> None:
        """Show that the numbers are not those of what is typed."""
        self._is_faded = faded
        for strip in self._made.values():
            strip.set_faded(faded)

    def show_agreements(self, agreements: Mapping[Key, Agreement]) -> None:
        """Show what TensorFlow says of each step."""
        self._agreements = agreements
        for key, strip in self._made.items():
            strip.set_agreement(agreements.get(key, Agreement()))

    def show_number(self, address: NumberAddress | None) -> None:
        """Outline a number and bring its strip into sight, now or when it is made."""
        for strip in self._made.values():
            strip.set_number(address)
        if address is None:
            return
        shown = self._find(address.layer_path, address.node)
        if shown is not None and not shown.numbers.hasFocus():
            self._bring_into_sight(shown)

    def show_layer(self, path: str) -> None:
        """Bring the first call of a layer into sight, now or when it is made."""
        shown = self._find(path, 0)
        if shown is not None:
            self._bring_into_sight(shown)

    def _find(self, path: str, node: int) -> StepStrip | None:
        key = path, node
        strip = self._made.get(key)
        self._sought = key if strip is None and key in self._places else None
        return strip

    def _bring_into_sight(self, strip: StepStrip) -> None:
        self.area.ensureWidgetVisible(strip, 0, UNIT)

    def show_unit(self, layer_path: str, unit: int | None) -> None:
        """Outline a unit in the strips of its layer."""
        self._unit = layer_path, unit
        for strip in self._made.values():
            strip.set_unit(unit if strip.layer.path == layer_path else None)

    def _restyle(self) -> None:
        self._inside.setStyleSheet(f"#calculator_strips {{ background: {colors().panel} }}")
