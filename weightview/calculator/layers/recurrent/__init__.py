"""The recurrent layers: cells over time, layers of them, and the wrappers around them."""

from weightview.calculator.layers.recurrent import convolutional, layers, wrappers

__all__ = ["convolutional", "layers", "wrappers"]
