"""The calculator: each layer's arithmetic in NumPy, in stages, each number with its derivation."""

from typing import TYPE_CHECKING

from weightview.core.late_names import late_names

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

__getattr__ = late_names(__name__, _HOMES)
