"""File formats: recognise a saved model, read what it holds, write edits back."""

from typing import TYPE_CHECKING

from weightview.core.late_names import late_names

if TYPE_CHECKING:
    from weightview.formats.opened import Opened
    from weightview.formats.registry import FORMATS, load

__all__ = ["FORMATS", "Opened", "load"]

__getattr__ = late_names(__name__, {"FORMATS": "registry", "Opened": "opened", "load": "registry"})
