"""Why doesn't my number match? The question and its answer, below the derivation."""

from weightview.gui.mismatch_panel.panel import MismatchPanel

__all__ = ["MismatchPanel"]
