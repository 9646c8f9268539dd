"""The public interface: formats, calculator and worker put together.

``import weightview`` hands these names on. Each is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from weightview.core.late_names import late_names

if TYPE_CHECKING:
    from weightview.api.calculation import derive, propagate
    from weightview.api.documents import convert, obstacle_to_conversion, open_document, save
    from weightview.api.explanation import explain_number
    from weightview.api.exploration import (
        evaluate_rows,
        gradients,
        idle_in,
        judge_fit,
        moves_to,
        sweep_input,
        sweep_weight,
    )
    from weightview.api.live import document_of, follow
    from weightview.api.names import own_names
    from weightview.api.referee import Verdict, check_with_tensorflow
    from weightview.api.shapes import ask_shapes, lacks_shapes, learn_shapes
    from weightview.api.showing import show

_HOMES = {
    "Verdict": "referee",
    "ask_shapes": "shapes",
    "check_with_tensorflow": "referee",
    "convert": "documents",
    "derive": "calculation",
    "document_of": "live",
    "evaluate_rows": "exploration",
    "explain_number": "explanation",
    "follow": "live",
    "gradients": "exploration",
    "idle_in": "exploration",
    "judge_fit": "exploration",
    "lacks_shapes": "shapes",
    "learn_shapes": "shapes",
    "moves_to": "exploration",
    "obstacle_to_conversion": "documents",
    "open_document": "documents",
    "own_names": "names",
    "propagate": "calculation",
    "save": "documents",
    "show": "showing",
    "sweep_input": "exploration",
    "sweep_weight": "exploration",
}

__all__ = [
    "Verdict",
    "ask_shapes",
    "check_with_tensorflow",
    "convert",
    "derive",
    "document_of",
    "evaluate_rows",
    "explain_number",
    "follow",
    "gradients",
    "idle_in",
    "judge_fit",
    "lacks_shapes",
    "learn_shapes",
    "moves_to",
    "obstacle_to_conversion",
    "open_document",
    "own_names",
    "propagate",
    "save",
    "show",
    "sweep_input",
    "sweep_weight",
]

__getattr__ = late_names(__name__, _HOMES)
