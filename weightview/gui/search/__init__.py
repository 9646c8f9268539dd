"""The search in the toolbar: layers and weights by name, numbers over all weights, words."""

from weightview.gui.search.entries import Entry
from weightview.gui.search.field import SearchField

__all__ = ["Entry", "SearchField"]
