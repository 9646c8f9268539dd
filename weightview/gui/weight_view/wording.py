"""What the weight view says: titles, facts, the answer to a newcomer's question, cells in words."""

from weightview.core.model import Layer, Weight
from weightview.core.numbers import exact_text, is_integer
from weightview.core.statistics import Statistics
from weightview.gui.weight_view.slicing import Index

MOST_SECTIONS = 2_000_000
"""Rows or columns that a table can carry without a stall; the rest is reached by the image."""

_FLOAT_DIGITS = {2: 5, 4: 9, 8: 17}
_EXTENTS = {"height", "width", "depth", "length"}
_PLURALS = {"index": "indices", "input or recurrent": "sides"}
_SMALL_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def axis_word(weight: Weight, axis: int) -> str:
    """Return what an axis counts, in a word or two: ``unit``, ``height``."""
    if axis >= len(weight.axes):
        return f"axis {axis}"
    if _is_gated(weight, axis):
        return "unit"
    return weight.axes[axis].removeprefix("kernel ")


def _is_gated(weight: Weight, axis: int) -> bool:
    gates = len(weight.gates)
    return bool(gates) and axis == len(weight.shape) - 1 and weight.shape[axis] % gates == 0


def place_text(weight: Weight, axis: int, place: int) -> str:
    """Return the name of one row, column or slice: ``unit 3``, ``f · unit 3``."""
    if _is_gated(weight, axis):
        units = weight.shape[axis] // len(weight.gates)
        return f"{weight.gates[place // units]} · unit {place % units}"
    word = axis_word(weight, axis)
    return f"{word}: {place}" if word[-1:].isdigit() else f"{word} {place}"


def cell_text(weight: Weight, index: Index) -> str:
    """Return where a cell is, in words: ``input 3, unit 2``."""
    if not index:
        return weight.name
    places = ", ".join(place_text(weight, axis, place) for axis, place in enumerate(index))
    return f"{weight.name}: {places}" if weight.role == "bias" else places


def address_text(weight: Weight, index: Index) -> str:
    """Return a cell as an Undo entry names it: ``dense/kernel[3, 2]``."""
    places = ", ".join(str(place) for place in index)
    return f"{weight.path}[{places}]" if index else weight.path


def stored_text(value: object, itemsize: int) -> str:
    """Return a number with the digits that show what is stored: 9 significant for float32."""
    digits = _FLOAT_DIGITS.get(itemsize, 17)
    return f"{float(value):.{digits}g}"  # type: ignore[arg-type]


def value_text(weight: Weight, value: object) -> str:
    """Return a cell's value for the status bar."""
    if is_integer(weight.dtype) or weight.dtype.kind != "f":
        return exact_text(value)
    return stored_text(value, weight.dtype.itemsize)


def count_text(count: int, word: str) -> str:
    """Return ``8 inputs``, ``1 unit`` or, for an extent in space, ``height 3``."""
    if word in _EXTENTS or word[-1:].isdigit():
        return f"{word} {count}"
    return f"{count:,} {word if count == 1 else plural(word)}"


def plural(word: str) -> str:
    """Return the plural of a word that counts an axis."""
    return _PLURALS.get(word, f"{word}s")


def title_text(weight: Weight) -> str:
    """Return ``dense_1 / kernel``."""
    layer, _, name = weight.path.rpartition("/")
    return f"{layer.replace('/', ' / ')} / {name}" if layer else name


def shape_text(weight: Weight) -> str:
    """Return the axes with their lengths: ``8 inputs × 5 units``."""
    if not weight.shape:
        return "a single number"
    return " × ".join(_axis_count(weight, axis) for axis in range(len(weight.shape)))


def _axis_count(weight: Weight, axis: int) -> str:
    if _is_gated(weight, axis):
        gates = len(weight.gates)
        return f"{gates} gates of {count_text(weight.shape[axis] // gates, 'unit')}"
    return count_text(weight.shape[axis], axis_word(weight, axis))


def facts(weight: Weight) -> tuple[str, ...]:
    """Return the facts of a weight but its expression: axes, dtype, how many parameters."""
    word = "parameter" if weight.kind == "weight" else "number"
    result = [shape_text(weight), str(weight.dtype)]
    if weight.shape:
        result.append(count_text(weight.size, word))
    if weight.gates:
        result.append(f"gates {' '.join(weight.gates)}")
    if weight.kind == "weight" and not weight.trainable:
        result.append("not trained")
    if any(length > MOST_SECTIONS for length in weight.shape):
        result.append(f"the table shows the first {MOST_SECTIONS:,} places of an axis")
    if not weight.editable:
        result.append("only to look at")
    return tuple(result)


def edited_text(count: int | None) -> str:
    """Return ``one cell edited``, or nothing; ``edited`` for None, while they are counted."""
    if count is None:
        return "edited"
    if not count:
        return ""
    number = _SMALL_COUNTS[count] if count < len(_SMALL_COUNTS) else f"{count:,}"
    return f"{number} cell{'' if count == 1 else 's'} edited"


def range_text(statistics: Statistics) -> str:
    """Return the smallest and the largest number, and how many are none."""
    if not statistics.finite:
        return "no finite number" if statistics.count else ""
    text = f"{statistics.minimum:.3g} … {statistics.maximum:.3g}"
    if statistics.is_partial:
        return f"about {text}"
    odd = statistics.nans + statistics.infinities
    return f"{text} · {odd:,} NaN or infinite" if odd else text


def answer(weight: Weight, layer: Layer | None, *, has_bias: bool, is_turned: bool = False) -> str:
    """Return one sentence for the person who wonders why the array looks like this.

    Args:
        weight: the array.
        layer: its layer.
        has_bias: whether a bias is added.
        is_turned: whether it is shown as textbooks write it, units as rows.
    """
    class_name = layer.class_name if layer is not None else ""
    if weight.kind != "weight":
        return "Not a weight of the model: the file keeps it beside them, and saving keeps it."
    if weight.role == "bias":
        return _bias_answer(weight, class_name)
    if weight.role == "kernel" and class_name == "Dense":
        plus = " + bias" if has_bias else ""
        if is_turned:
            return (
                f"Shown as textbooks write it, one row per unit: y = W·x{plus}. "
                f"The file keeps the transpose, {weight.shape}: y = x @ kernel{plus}."
            )
        return (
            f"One row per input, one column per unit: y = x @ kernel{plus}. "
            "Textbooks that write W·x use the transpose."
        )
    return _ANSWERS.get((class_name, weight.role)) or _ANSWERS.get(("", weight.role), "")


def _bias_answer(weight: Weight, class_name: str) -> str:
    place = f"[{weight.keras_index}] = " if weight.keras_index is not None else ""
    layer = weight.layer_path.rpartition("/")[2]
    word = axis_word(weight, len(weight.shape) - 1) if weight.shape else "unit"
    text = f"{place}bias of {layer} {weight.shape}: one number per {word}"
    if weight.gates:
        text += " and gate"
    if class_name == "GRU" and len(weight.shape) > 1:
        return f"{text}; row 0 is added to the input's part, row 1 to the state's."
    if weight.gates:
        return f"{text}, added to both products."
    return f"{text}, added after the products are summed."


_CONV = (
    "One small filter per output channel, over every input channel; it slides over the input "
    "unflipped, and the products are summed."
)
_RECURRENT = "What the layer's own last output is multiplied with, one block of columns per gate."
_GATED = "One row per input; the columns are one block of units per gate."
_ANSWERS: dict[tuple[str, str], str] = {
    ("Conv1D", "kernel"): _CONV,
    ("Conv2D", "kernel"): _CONV,
    ("Conv3D", "kernel"): _CONV,
    ("DepthwiseConv1D", "kernel"): "One filter per input channel; channels are not mixed.",
    ("DepthwiseConv2D", "kernel"): "One filter per input channel; channels are not mixed.",
    ("LSTM", "kernel"): _GATED,
    ("GRU", "kernel"): _GATED,
    ("LSTMCell", "kernel"): _GATED,
    ("GRUCell", "kernel"): _GATED,
    ("SimpleRNN", "kernel"): "One row per input, one column per unit: z = x @ kernel + h @ "
    "recurrent_kernel + bias.",
    ("", "recurrent_kernel"): _RECURRENT,
    ("", "embeddings"): "One row per token: the layer looks rows up, nothing is multiplied.",
    ("", "gamma"): "One factor per channel, applied after the normalisation.",
    ("", "beta"): "One number per channel, added after the normalisation and gamma.",
    ("", "moving_mean"): "The mean of each channel as training saw it; subtracted at prediction.",
    ("", "moving_variance"): "The variance of each channel as training saw it; its square root "
    "(with epsilon) divides at prediction.",
    ("", "depthwise_kernel"): "One filter per input channel, before the channels are mixed.",
    ("", "pointwise_kernel"): "Mixes the channels that the depthwise filters gave.",
}
