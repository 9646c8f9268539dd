"""How one number came about: the panel below the weight.

The parts are imported when they are first used: a window without a model needs no numpy.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightview.gui.derivation_panel.panel import DerivationPanel

__all__ = ["DerivationPanel"]


def __getattr__(name: str) -> Any:
    """Import the panel when it is first asked for."""
    if name == "DerivationPanel":
        from weightview.gui.derivation_panel.panel import DerivationPanel

        return DerivationPanel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
