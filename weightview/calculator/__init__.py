"""The calculator: each layer's arithmetic in NumPy, in stages, each number with its derivation."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightview.calculator.derivation import derive
    from weightview.calculator.inputs import expected_sentence, input_shapes, parse_input
    from weightview.calculator.propagation import Elsewhere, propagate
    from weightview.calculator.shapes import infer_shapes

_HOMES = {
    "Elsewhere": "propagation",
    "derive": "derivation",
    "expected_sentence": "inputs",
    "infer_shapes": "shapes",
    "input_shapes": "inputs",
    "parse_input": "inputs",
    "propagate": "propagation",
}

__all__ = [
    "Elsewhere",
    "derive",
    "expected_sentence",
    "infer_shapes",
    "input_shapes",
    "parse_input",
    "propagate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
