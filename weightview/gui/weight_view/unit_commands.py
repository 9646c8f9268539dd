"""Swapping and copying units: which two a person means, asked where only one is selected."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from weightview.core.document import Document
from weightview.core.errors import EditError, WeightviewError
from weightview.core.model import Model
from weightview.core.units import copied_unit, swapped_units, unit_at, unit_count
from weightview.core.values import Values
from weightview.gui.weight_view.changing import Block
from weightview.gui.weight_view.putting import Made, Working
from weightview.gui.weight_view.sheet import layer_of

SWAP, COPY = "swap_units", "copy_unit"
_FEWEST = 2


@dataclass(frozen=True)
class Units:
    """The units that are meant by the selected cells.

    Attributes:
        layer_path: the layer whose units they are.
        first: the unit of the first of the selected cells.
        last: that of the last one; None where it is the same.
        count: how many units the layer has.
    """

    layer_path: str
    first: int
    last: int | None
    count: int


@dataclass(frozen=True)
class _Command:
    """What is done to two units, in words with ``{a}``, ``{b}`` and ``{layer}`` in them."""

    make: Callable[[Model, Values, str, int, int], Made]
    text: str
    text_of_two: str
    text_of_one: str
    question: str
    done: str


_COMMANDS = {
    SWAP: _Command(
        swapped_units,
        "Swap Units",
        "Swap Units {a} and {b}",
        "Swap Unit {a} with …",
        "Swap unit {a} with unit",
        "Swapped units {a} and {b} of {layer}.",
    ),
    COPY: _Command(
        copied_unit,
        "Copy Unit",
        "Copy Unit {a} to Unit {b}",
        "Copy Unit {a} to …",
        "Copy unit {a} to unit",
        "Unit {b} of {layer} is now a copy of unit {a}.",
    ),
}


class UnitCommands(QObject):
    """Does the commands, and names the units in the menu while it is open.

    Signals:
        refused(sentence): nothing was changed, and why.
        status(sentence): what was done.
    """

    refused = Signal(str)
    status = Signal(str)

    def __init__(self, owner: QWidget, working: Working, block: Callable[[], Block | None]) -> None:
        """Ask above ``owner``; ``block`` returns the cells that are selected."""
        super().__init__(owner)
        self._owner, self._working, self._block = owner, working, block

    def name_in(self, menu: QMenu) -> None:
        """Let the commands in ``menu`` say which units they are about, as often as it opens."""
        actions = [action for action in menu.actions() if action.objectName() in _COMMANDS]

        def name() -> None:
            for action in actions:
                action.setText(self._text(_COMMANDS[action.objectName()]))

        menu.aboutToShow.connect(name)
        menu.aboutToHide.connect(lambda: _take_names(actions))

    def _text(self, command: _Command) -> str:
        try:
            units = selected_units(self._block())
        except WeightviewError:
            return command.text
        if units.last is None:
            return command.text_of_one.format(a=units.first)
        return command.text_of_two.format(a=units.first, b=units.last)

    def do(self, name: str) -> None:
        """Do the command called ``name`` to the units that are meant."""
        block, command = self._block(), _COMMANDS[name]
        try:
            units = selected_units(block)
        except WeightviewError as error:
            self.refused.emit(str(error))
            return
        other = units.last if units.last is not None else self._ask(command, units)
        if block is None or other is None:
            return
        if other == units.first:
            self.refused.emit(f"Unit {other} is the selected one itself: nothing was changed.")
            return
        self._make(command, block[0], units, other)

    def _ask(self, command: _Command, units: Units) -> int | None:
        question = f"{command.question.format(a=units.first)} (0 to {units.count - 1}):"
        title = command.text_of_one.format(a=units.first)
        near = units.first + 1 if units.first + 1 < units.count else units.first - 1
        other, is_chosen = QInputDialog.getInt(
            self._owner, title.removesuffix(" …"), question, near, 0, units.count - 1
        )
        return other if is_chosen else None

    def _make(self, command: _Command, document: Document, units: Units, other: int) -> None:
        model, layer = document.model, units.layer_path
        make = partial(command.make, model, document.values, layer, units.first, other)
        words = command.done.format(a=units.first, b=other, layer=layer)
        # A unit has cells in every row: each block of the weights around it is copied.
        cells = sum(weight.size for weight in model.layer(layer).weights)
        done = partial(self.status.emit, words)
        self._working.edit(document, make, cells, "Rearranging units …", done)


def _take_names(actions: list[QAction]) -> None:
    for action in actions:
        action.setText(_COMMANDS[action.objectName()].text)


def selected_units(block: Block | None) -> Units:
    """Return the units at the first and the last of the selected cells.

    Raises:
        EditError: nothing is selected, or no cells of two units that there are.
    """
    if block is None:
        raise EditError("", "Select cells from one unit to another first.")
    document, sheet, rows, columns = block
    piece = next(iter(sheet.pieces(rows, columns)))
    weight, look = piece.weight, piece.part.look
    layer = layer_of(document, weight)
    if layer is None:
        raise EditError(weight.path, f"“{weight.path}” belongs to no layer: it has no units.")
    same, count = None, unit_count(layer)
    for axis, places in ((look.column_axis, piece.columns), (look.row_axis, piece.rows)):
        if axis is None:
            continue
        first, last = (unit_at(layer, weight, axis, int(places[end])) for end in (0, -1))
        if first is not None and last is not None:
            same = first
            if first != last:
                return Units(layer.path, first, last, count)
    if same is not None and count >= _FEWEST:
        return Units(layer.path, same, None, count)
    if same is not None:
        message = f"“{layer.path}” has one unit only: there is no other."
    elif count:
        message = "Select cells from one unit to another: their two ends are meant."
    else:
        message = f"“{layer.path}” is a {layer.class_name}: it has no units to be moved."
    raise EditError(weight.path, message)
