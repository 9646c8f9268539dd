"""Opens the window with all numbers of a stage, and keeps it up to date."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from weightview.gui.calculator_pane.number_row import NumberRow
from weightview.gui.calculator_pane.planes import Array, Index
from weightview.gui.calculator_pane.step_strip import StepStrip
from weightview.gui.calculator_pane.whole_stage import WholeStage
from weightview.gui.selection import NumberAddress, Selection

Strips = Mapping[tuple[str, int], StepStrip]


class WholeView:
    """One window for whichever stage is to be seen whole; made when first needed."""

    def __init__(self, selection: Selection, parent: QWidget) -> None:
        """Write the numbers that are chosen into ``selection``."""
        self._selection = selection
        self._parent = parent
        self._key: tuple[str, int] | None = None
        self._stage = ""
        self.window: WholeStage | None = None

    def show_stage(self, strips: Strips, key: tuple[str, int], stage: str) -> None:
        """Open the window with a stage of the step ``key``."""
        self._key, self._stage = key, stage
        window = self._open()
        self.follow(strips)
        window.fit()

    def show_array(self, label: str, value: Array) -> None:
        """Open the window with numbers that are no stage, such as a difference of outputs."""
        self._key = None
        window = self._open()
        window.show_row(f"Output · {label}", NumberRow(label, value), None)
        window.fit()

    def _open(self) -> WholeStage:
        if self.window is None:
            self.window = WholeStage(self._parent)
            self.window.number_chosen.connect(self._choose)
        self.window.show()
        self.window.raise_()
        return self.window

    def close(self) -> None:
        """Close the window, where one is open."""
        if self.window is not None:
            self.window.close()

    def follow(self, strips: Strips) -> None:
        """Show the newest numbers of the stage, and which of them is selected."""
        if self.window is None or self._key is None or not self.window.isVisible():
            return
        strip = strips.get(self._key)
        row = strip.row_named(self._stage) if strip is not None else None
        if row is None:
            self.close()
            return
        number, index = self._selection.number, None
        here = (*self._key, self._stage)
        if number is not None and (number.layer_path, number.node, number.stage) == here:
            index = number.index
        self.window.show_row(f"{self._key[0]} · {row.label}", row, index)

    def _choose(self, index: Index) -> None:
        if self._key is not None:
            self._selection.select_number(NumberAddress(*self._key, self._stage, index))
