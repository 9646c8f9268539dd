"""The variables of every layer class: their names, axes and order, one table per family."""
