"""A weight or one of its cells as Python code: how it is fetched, and how it is written."""

from weightview.core.model import Weight
from weightview.core.numbers import exact_text
from weightview.gui.weight_view.slicing import Index


def fetching_code(weight: Weight, index: Index | None) -> str:
    """Return the expression that fetches a weight, or one of its cells, from a loaded model."""
    expression = weight.expression or f'document.read("{weight.path}")'
    return f"{expression}[{_places(index)}]" if index else expression


def writing_code(weight: Weight, index: Index, value: object) -> str:
    """Return the statements that write one cell of a loaded Keras model."""
    if weight.layer_index is None:
        text = _literal(exact_text(value))
        return f'document.set_values("{weight.path}", ({_places(index)},), {text})'
    layer = weight.expression.rpartition(".get_weights()")[0] or "model"
    place = weight.layer_index if ".get_layer(" in layer else weight.keras_index
    target = f"weights[{place}][{_places(index)}]" if index else f"weights[{place}][...]"
    return (
        f"weights = {layer}.get_weights()\n"
        f"{target} = {_literal(exact_text(value))}\n"
        f"{layer}.set_weights(weights)"
    )


def _literal(text: str) -> str:
    words = {"inf": "float('inf')", "-inf": "float('-inf')", "nan": "float('nan')"}
    return words.get(text, text)


def _places(index: Index | None) -> str:
    return ", ".join(str(place) for place in index or ())
