"""Units of a layer: which numbers belong to one, swapping two of them, copying one."""

from weightview.core.units.swapping import (
    copied_unit,
    copy_unit,
    swap_units,
    swapped_units,
    unit_at,
    unit_count,
)

__all__ = ["copied_unit", "copy_unit", "swap_units", "swapped_units", "unit_at", "unit_count"]
