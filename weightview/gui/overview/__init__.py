"""All weights of a model in one sortable table: their statistics and histograms."""

from weightview.gui.overview.view import Overview

__all__ = ["Overview"]
