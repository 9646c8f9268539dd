"""Doing an operation to the selected cells: what would become of them, and then the edit."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from weightview.core.document import Document
from weightview.core.errors import CancelledError, EditError, WeightviewError
from weightview.core.model import Weight
from weightview.core.operations import OPERATIONS
from weightview.core.outcome import Cells, Outcome, Span, outcome
from weightview.core.preparing import Prepared, prepare
from weightview.core.regions import Region
from weightview.core.values import Array, Values
from weightview.gui.background import Latest, Watch, run
from weightview.gui.weight_view.change_bar import ChangeBar
from weightview.gui.weight_view.sheet import Sheet

_AT_ONCE_CELLS = 1 << 17
_MATRIX = 2
_TICK_MS = 60
_NOTHING_SELECTED = "Select cells first (Ctrl+A selects all)."

Block = tuple[Document, Sheet, range, range]


@dataclass(frozen=True)
class _Task:
    """An operation and the cells it is for, as another thread needs them."""

    values: Values
    targets: tuple[Cells, ...]
    name: str
    texts: tuple[str, ...]

    @property
    def cells(self) -> int:
        return sum(len(target.rows) * len(target.columns) for target in self.targets)

    @property
    def label(self) -> str:
        what = f"{OPERATIONS[self.name].label} {', '.join(self.texts)}".strip()
        return f"{what}: {self.cells:,} cells of {self.targets[0].weight.path}"

    def look(self, watch: Watch) -> Outcome:
        return outcome(
            self.values, self.targets, self.name, self.texts, keeps=False, progress=watch
        )

    def work(self, watch: Watch) -> tuple[Outcome, Prepared]:
        made = outcome(self.values, self.targets, self.name, self.texts, keeps=True, progress=watch)
        watch(1.0)
        return made, prepare(self.values, self.label, made.changes)


class Changing(QObject):
    """What the line of changes does: it looks ahead as the person types, and changes on Return.

    Large blocks are worked on in the background, with progress and Cancel.
    """

    def __init__(self, bar: ChangeBar, block: Callable[[], Block | None]) -> None:
        """Serve ``bar``; ``block`` returns the cells that are selected."""
        super().__init__(bar)
        self._bar, self._block = bar, block
        self._looking = Latest(self)
        self._look_watch, self._work_watch = Watch(), Watch()
        self._is_making = False
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(lambda: bar.progress.set_share(self._work_watch.share))
        bar.asked.connect(self._change)
        bar.typed.connect(self.look_ahead)
        bar.closed.connect(self._stop)
        bar.progress.cancelled.connect(self._stop)

    def _stop(self) -> None:
        self._looking.drop_waiting()
        self._look_watch.set()
        self._work_watch.set()

    def _task(self) -> _Task | None:
        block = self._block()
        if block is None:
            return None
        document, sheet, rows, columns = block
        targets = tuple(sheet.pieces(rows, columns))
        return _Task(document.values, targets, self._bar.operation, tuple(self._bar.texts))

    # Looking ahead

    def look_ahead(self) -> None:
        """Say what would become of the selected cells."""
        if self._bar.isHidden() or self._is_making or self._ticks.isActive():
            return
        self._look_watch.set()
        watch, task = Watch(), self._task()
        self._look_watch = watch
        if task is None:
            self._looking.drop_waiting()
            self._bar.tell(_NOTHING_SELECTED)
            return
        if task.cells > _AT_ONCE_CELLS:
            self._looking.request(lambda: task.look(watch), self._foresee, self._cannot)
            return
        try:
            self._foresee(task.look(watch))
        except WeightviewError as error:
            self._cannot(error)

    def _foresee(self, found: Outcome) -> None:
        if not self._ticks.isActive():
            self._bar.tell(foreseen(found))

    def _cannot(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            return
        if not isinstance(error, WeightviewError):
            raise error
        self._bar.tell(str(error), is_refusal=True)

    # Changing

    def _change(self) -> None:
        task, block = self._task(), self._block()
        if task is None or block is None:
            self._bar.tell(_NOTHING_SELECTED)
            return
        if self._ticks.isActive():
            return
        self._look_watch.set()
        watch = self._work_watch = Watch()
        document = block[0]
        if task.cells <= _AT_ONCE_CELLS:
            try:
                self._make(document, *task.work(watch))
            except WeightviewError as error:
                self._refuse(error)
            return
        self._begin(task)

        def done(worked: tuple[Outcome, Prepared]) -> None:
            self._end()
            try:
                self._make(document, *worked)
            except WeightviewError as error:
                self._refuse(error)

        def failed(error: Exception) -> None:
            self._end()
            self._refuse(error)

        run(self, lambda: task.work(watch), done, failed)

    def _begin(self, task: _Task) -> None:
        self._bar.tell("")
        self._bar.set_busy(True)
        self._bar.progress.begin(f"Changing {task.cells:,} cells …", can_cancel=True)
        self._ticks.start()

    def _end(self) -> None:
        self._ticks.stop()
        self._bar.progress.end()
        self._bar.set_busy(False)

    def _make(self, document: Document, made: Outcome, prepared: Prepared) -> None:
        if not made.changed:
            self._bar.tell(foreseen(made))
            return
        self._is_making = True
        try:
            document.adopt(prepared)
        finally:
            self._is_making = False
        self._bar.rest()
        lost = f"; {made.lost:,} became NaN or infinite" if made.lost else ""
        what = f"{made.changed:,} cells" if made.changed != 1 else "One cell"
        self._bar.tell(f"{what} changed{lost}. Ctrl+Z takes it back.")

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self._bar.tell(str(error), is_refusal=not isinstance(error, CancelledError))


def foreseen(found: Outcome) -> str:
    """Return what would become of the cells, in words."""
    if not found.changed:
        return f"{_cells(found.cells)}: nothing changes."
    lost = f" {found.lost:,} will be NaN or infinite." if found.lost else ""
    verb = "becomes" if found.cells == 1 else "become"
    moved = f"{_reach(found.before)} {verb} {_reach(found.after)}"
    if found.cells == 1:
        return f"{moved}.{lost}"
    some = "all" if found.changed == found.cells else f"{found.changed:,} of them"
    change = "change" if found.changed != 1 else "changes"
    return f"{_cells(found.cells)}: {moved}; {some} {change}.{lost}"


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _reach(span: Span) -> str:
    if math.isnan(span.lowest):
        return "no finite number"
    if span.lowest == span.highest:
        return f"{span.lowest:.5g}"
    return f"{span.lowest:.4g} … {span.highest:.4g}"


def transposed(values: Values, weight: Weight) -> tuple[str, list[tuple[Weight, Region, Array]]]:
    """Return the edit that exchanges the numbers across the diagonal of a square matrix.

    Raises:
        EditError: the weight is not square.
    """
    if len(weight.shape) != _MATRIX or weight.shape[0] != weight.shape[1]:
        message = (
            f"“{weight.path}” {weight.shape} is not square: transposed it would not fit the model. "
            "To see it the other way, turn the view by the switch above; that changes no number."
        )
        raise EditError(weight.path, message)
    whole = tuple(slice(0, length, 1) for length in weight.shape)
    label = f"Transpose the numbers of {weight.path}"
    return label, [(weight, whole, values.read(weight).T)]
