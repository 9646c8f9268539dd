"""weightview: look into a saved Keras model, edit its weights, and follow its arithmetic.

The public interface lives in :mod:`weightview.api`; importing ``weightview`` itself is cheap, the
rest is imported when it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightview.api import (
        check_with_tensorflow,
        derive,
        open_document,
        propagate,
        show,
    )
    from weightview.core.errors import WeightviewError

__version__ = "0.1.0"

__all__ = [
    "WeightviewError",
    "__version__",
    "check_with_tensorflow",
    "derive",
    "open_document",
    "propagate",
    "show",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    import importlib

    home = "weightview.core.errors" if name == "WeightviewError" else "weightview.api"
    if name in __all__:
        value = globals()[name] = getattr(importlib.import_module(home), name)
        return value
    raise AttributeError(f"module 'weightview' has no attribute {name!r}")
