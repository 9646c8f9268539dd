"""How one number came about: the panel below the weight.

The parts are imported when they are first used: a window without a model needs no numpy.
"""

from typing import TYPE_CHECKING

from weightview.core.late_names import late_names

if TYPE_CHECKING:
    from weightview.gui.derivation_panel.panel import DerivationPanel

__all__ = ["DerivationPanel"]

__getattr__ = late_names(__name__, {"DerivationPanel": "panel"})
