"""File formats: recognise a saved model, read what it holds, write edits back."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightview.formats.opened import Opened
    from weightview.formats.registry import FORMATS, load

__all__ = ["FORMATS", "Opened", "load"]


def __getattr__(name: str) -> Any:
    """Import the formats when they are first asked for."""
    import importlib

    if name in ("FORMATS", "load"):
        return getattr(importlib.import_module("weightview.formats.registry"), name)
    if name == "Opened":
        return importlib.import_module("weightview.formats.opened").Opened
    raise AttributeError(f"module 'weightview.formats' has no attribute {name!r}")
