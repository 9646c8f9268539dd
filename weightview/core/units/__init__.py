"""Units of a layer: which numbers belong to one, swapping two of them, copying one."""

from weightview.core.units.swapping import copy_unit, swap_units, unit_at, unit_count

__all__ = ["copy_unit", "swap_units", "unit_at", "unit_count"]
