"""The calculator: an input typed by hand, followed through each layer, number by number.

The parts are imported when they are first used: a window without a model needs no numpy.
"""

from typing import TYPE_CHECKING

from weightview.core.late_names import late_names

if TYPE_CHECKING:
    from weightview.gui.calculator_pane.pane import CalculatorPane

__all__ = ["CalculatorPane"]

__getattr__ = late_names(__name__, {"CalculatorPane": "pane"})
