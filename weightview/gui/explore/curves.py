"""Curves of a sweep: output and units over the swept number, kinks and dead ranges marked."""

from html import escape
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from weightview.gui.theme import colors, small_font, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.sweep import Sweep

_MOST_OUTPUTS = 12


class Curves(pg.PlotWidget):
    """The output in the accent, units of the layer in grey, kinks as fine lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setObjectName("sweep_curves")
        self.setAccessibleName("Curves of the sweep")
        self.setMenuEnabled(False)
        self.hideButtons()
        self._sweep: Sweep | None = None
        self._swept = ""
        self._now: float | None = None
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def sweep(self) -> "Sweep | None":
        """What is shown."""
        return self._sweep

    def show_sweep(self, sweep: "Sweep | None", swept: str = "", now: float | None = None) -> None:
        """Show ``sweep``; ``swept`` names the axis, ``now`` is the number at present."""
        # pyqtgraph takes an axis' label for HTML.
        self._sweep, self._swept, self._now = sweep, escape(swept), now
        self._paint()
        self.autoRange()

    def _paint(self) -> None:
        c = colors()
        self.clear()
        self.setBackground(c.panel)
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pg.mkPen(c.hairline))
            axis.setTextPen(pg.mkPen(c.muted))
            axis.setTickFont(small_font())
        item.showGrid(x=True, y=True, alpha=0.15)
        if self._sweep is None:
            return
        item.setLabel("bottom", self._swept, color=c.muted)
        item.setLabel("left", "output", color=c.muted)
        sweep = self._sweep
        for kink in sweep.kinks:
            line = pg.InfiniteLine(kink, pen=pg.mkPen(c.edit, width=1, style=pg.QtCore.Qt.DotLine))
            item.addItem(line)
        if self._now is not None:
            item.addItem(pg.InfiniteLine(self._now, pen=pg.mkPen(c.accent, width=1)))
        if sweep.units is not None:
            grey = QColor(c.muted)
            grey.setAlpha(130)
            for column in sweep.units.T:
                item.plot(sweep.places, column, pen=pg.mkPen(grey, width=1))
        for column in sweep.output.T[:_MOST_OUTPUTS]:
            item.plot(sweep.places, column, pen=pg.mkPen(c.accent, width=2))
