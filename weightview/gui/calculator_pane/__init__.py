"""The calculator: an input typed by hand, followed through each layer, number by number.

The parts are imported when they are first used: a window without a model needs no numpy.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightview.gui.calculator_pane.pane import CalculatorPane

__all__ = ["CalculatorPane"]


def __getattr__(name: str) -> Any:
    """Import the pane when it is first asked for."""
    if name == "CalculatorPane":
        from weightview.gui.calculator_pane.pane import CalculatorPane

        return CalculatorPane
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
