"""The centre of the window: one weight as a table and as an image, with its bias."""

from weightview.gui.weight_view.view import WeightView

__all__ = ["WeightView"]
