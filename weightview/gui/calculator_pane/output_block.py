"""The model's output: as saved, as edited, as chosen, how they differ, and the usual what-ifs."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from weightview.core.numbers import shorten
from weightview.gui.calculator_pane.calculation import Comparison, OutputRow
from weightview.gui.calculator_pane.labels import ElidedLabel
from weightview.gui.calculator_pane.number_row import NumberRow, Scale
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.planes import Array, Index
from weightview.gui.calculator_pane.step_strip import LABEL_CHARACTERS
from weightview.gui.theme import UNIT, colors, small_font, theme


class OutputBlock(QWidget):
    """Rows of what came out.

    Signals:
        whole_requested(label, value): a row is to be shown whole.
        number_chosen(place, index): a number of the model's output ``place`` that the strips
            show was clicked.
        explanation_requested(): Return was pressed on such a number.
        what_ifs_asked(wanted): the outputs with the usual mistakes are to be shown, or hidden.
    """

    whole_requested = Signal(str, object)
    number_chosen = Signal(int, object)
    explanation_requested = Signal()
    what_ifs_asked = Signal(bool)

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        """Start empty; ``names`` are those of the model's outputs."""
        super().__init__(parent)
        self._names = names
        self._present: dict[int, int] = {}
        self._scales: tuple[Scale | None, ...] = ()
        self.setObjectName("calculator_output")
        self.setAccessibleName("Output of the model")
        self.title = QLabel("Output", self)
        self.facts = ElidedLabel(self)
        self.rows = NumberRows(self, label_characters=LABEL_CHARACTERS)
        self.rows.setObjectName("output_rows")
        self.rows.setAccessibleName("Output")
        self.rows.whole_requested.connect(self._tell_whole)
        self.rows.number_clicked.connect(self._tell_number)
        self.rows.number_followed.connect(self._tell_followed)
        self.what_if_title = QToolButton(self)
        self.what_if_title.setObjectName("what_if")
        self.what_if_title.setCheckable(True)
        self.what_if_title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.what_if_title.clicked.connect(self.what_ifs_asked)
        self.what_ifs = NumberRows(self, label_characters=LABEL_CHARACTERS + 8)
        self.what_ifs.setObjectName("what_if_rows")
        self.what_ifs.setAccessibleName("Output with the usual mistakes")
        self.what_ifs.whole_requested.connect(self._tell_whole_what_if)
        headline = QHBoxLayout()
        headline.setSpacing(UNIT)
        headline.addWidget(self.title)
        headline.addWidget(self.facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, UNIT, 0, UNIT)
        column.setSpacing(UNIT // 2)
        column.addLayout(headline)
        column.addWidget(self.rows)
        column.addWidget(self.what_if_title)
        column.addWidget(self.what_ifs)
        theme().changed.connect(self._restyle)
        self.set_comparison(None)
        self._restyle()

    def set_comparison(
        self, comparison: Comparison | None, reason: str = "", scales: tuple[Scale | None, ...] = ()
    ) -> None:
        """Show outputs; ``reason`` says in their place why there are none.

        Args:
            comparison: the outputs in several ways.
            reason: said where there are none.
            scales: the colours in which a strip shows each of the model's outputs, where one does.
        """
        self._scales = scales
        rows = comparison.rows if comparison is not None else ()
        first = rows[0].outputs if rows else ()
        self.facts.set_text(reason if reason else _facts(first))
        if len(rows) == 1 and len(first) > 1:
            shown = self._named_rows(first)
        else:
            shown = [row for given in rows for row in self._rows_of(given)]
            shown += _differences(rows)
        self.rows.set_rows(tuple(shown))
        before = sum(len(given.outputs) for given in rows[:-1])
        last = rows[-1].outputs if rows else ()
        self._present = {before + place: place for place in range(len(last))}
        what_ifs = comparison.what_ifs if comparison is not None else ()
        self.what_ifs.set_rows(tuple(row for given in what_ifs for row in self._rows_of(given)))
        self.what_ifs.setVisible(bool(what_ifs))
        self._show_question(comparison.mistakes if comparison is not None else (), bool(what_ifs))

    def _show_question(self, mistakes: tuple[str, ...], is_answered: bool) -> None:
        """Say which mistakes can be shown; the arrow tells whether they are."""
        self.what_if_title.setVisible(bool(mistakes))
        self.what_if_title.setText("What if" if is_answered else f"What if {', '.join(mistakes)}")
        self.what_if_title.setChecked(is_answered)
        arrow = Qt.ArrowType.DownArrow if is_answered else Qt.ArrowType.RightArrow
        self.what_if_title.setArrowType(arrow)
        done = "Hide" if is_answered else "Calculate and show"
        self.what_if_title.setToolTip(f"{done} the output with the usual mistakes (Space)")

    def _named_rows(self, outputs: tuple[Array, ...]) -> list[NumberRow]:
        """Return several outputs that are the same in every way, by their names."""
        names = [*self._names, *(f"output {i}" for i in range(len(self._names), len(outputs)))]
        return [
            NumberRow(
                shorten(name, 40), np.asarray(output), f"output {name}", scale=self._scale(place)
            )
            for place, (name, output) in enumerate(zip(names, outputs, strict=False))
        ]

    def _rows_of(self, given: OutputRow) -> list[NumberRow]:
        several = len(given.outputs) > 1
        return [
            NumberRow(
                f"{given.label} {place + 1}" if several else given.label,
                np.asarray(output),
                f"{given.label}: {given.words}" if given.words else "",
                scale=self._scale(place),
            )
            for place, output in enumerate(given.outputs)
        ]

    def _scale(self, place: int) -> Scale | None:
        return self._scales[place] if place < len(self._scales) else None

    def set_faded(self, faded: bool) -> None:
        """Grey the numbers: they belong to an earlier input."""
        self.rows.set_faded(faded)
        self.what_ifs.set_faded(faded)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hairline above."""
        del event
        painter = QPainter(self)
        painter.setPen(QColor(colors().hairline))
        left = self.contentsMargins().left()
        painter.drawLine(left, 0, self.width() - left - 1, 0)

    def _tell_number(self, row: int, index: Index) -> None:
        if row in self._present:
            self.number_chosen.emit(self._present[row], index)

    def _tell_followed(self, row: int) -> None:
        if row in self._present:
            self.explanation_requested.emit()

    def _tell_whole(self, row: int) -> None:
        given = self.rows.rows[row]
        self.whole_requested.emit(given.label, given.value)

    def _tell_whole_what_if(self, row: int) -> None:
        given = self.what_ifs.rows[row]
        self.whole_requested.emit(given.label, given.value)

    def _restyle(self) -> None:
        font = self.font()
        font.setBold(True)
        self.title.setFont(font)
        self.facts.setFont(small_font())
        self.what_if_title.setFont(small_font())
        self.facts.setStyleSheet(f"color: {colors().muted}")
        self.what_if_title.setStyleSheet(
            f"QToolButton {{ color: {colors().muted}; background: transparent; border: none;"
            f" padding: 0 }} QToolButton:focus {{ color: {colors().accent} }}"
        )


def _facts(outputs: tuple[Array, ...]) -> str:
    if not outputs:
        return ""
    texts = []
    for output in outputs:
        many = f"{output.size:,} number{'' if output.size == 1 else 's'}"
        shape = f" ({' × '.join(str(n) for n in output.shape)})" if output.ndim > 1 else ""
        texts.append(many + shape)
    return ", ".join(texts)


def _differences(rows: tuple[OutputRow, ...]) -> list[NumberRow]:
    """Return the last row less the first, where there is more than one."""
    if len(rows) <= 1:
        return []
    pairs = list(zip(rows[0].outputs, rows[-1].outputs, strict=False))
    made = []
    for place, (before, after) in enumerate(pairs):
        if before.shape != after.shape:
            continue
        label = f"difference {place + 1}" if len(pairs) > 1 else "difference"
        tip = f"{rows[-1].label} less {rows[0].label}"
        difference = np.subtract(after, before, dtype=np.float64)
        made.append(NumberRow(label, difference, tip).alone())
    return made
