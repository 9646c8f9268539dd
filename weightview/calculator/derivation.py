"""How one number of a trace came about: the terms it is made of, and where each is to be found."""

from weightview.calculator.tensors import Explanation, Home, Look, Tensor, number_text
from weightview.calculator.trace import Derivation, Index, Trace


class Deriver:
    """Derives any number of one stage; made with the stage, works only when called."""

    __slots__ = ("layer_path", "look", "node", "stage", "tensor")

    def __init__(self, tensor: Tensor, look: Look, layer_path: str, node: int, stage: str) -> None:
        """Keep the stage's array and where it stands."""
        self.tensor = tensor
        self.look = look
        self.layer_path = layer_path
        self.node = node
        self.stage = stage

    def __call__(self, index: Index) -> Derivation:
        """Return how the number at ``index`` (in the form of the trace) came about.

        Raises:
            IndexError: the stage has no such number.
        """
        full = self._checked(index)
        explained = explain(self.tensor, full, self.look)
        return Derivation(
            self.layer_path,
            self.node,
            self.stage,
            index,
            explained.formula,
            explained.substituted,
            explained.terms,
            float(self.tensor.value[full]),
            explained.combine,
            explained.bias,
            explained.total,
            explained.evaluator,
        )

    def called(self, index: Index) -> str:
        """Return the model's own name of the number at ``index``, ``""`` for one without."""
        home, value = self.tensor.home, self.tensor.value
        if home is None or value.dtype.kind in "SUO":
            return ""
        return self.look.called(home, index, float(value[self._checked(index)]))

    def _checked(self, index: Index) -> Index:
        full = (0, *index) if self.look.sample and self.tensor.has_batch else index
        shape = self.tensor.shape
        if len(full) != len(shape) or any(not 0 <= i < n for i, n in zip(full, shape, strict=True)):
            seen = shape[len(full) - len(index) :]
            raise IndexError(
                f"{self.layer_path}, {self.stage}: there is no number {index}; "
                f"the stage has the shape {seen}"
            )
        return full


def explain(tensor: Tensor, index: Index, look: Look) -> Explanation:
    """Return how the number at ``index`` (with the batch axis) came about."""
    own, made = tensor.home, tensor.made
    while made is not None and hasattr(made, "origin"):
        source, at = made.origin(index)
        if not _same_stage(own, source.home) and (source.home is not None or source.made is None):
            return _moved(source, at, look)
        tensor, index, made = source, at, source.made
    if made is None:
        return _given(tensor, index, look)
    return made.explain(index, look)


def _same_stage(own: Home | None, other: Home | None) -> bool:
    """Return whether both are one stage: an inner layer's array, and the view of it shown."""
    if own is None or other is None:
        return False
    return (own.name, own.layer_path, own.node) == (other.name, other.layer_path, other.node)


def _moved(source: Tensor, index: Index, look: Look) -> Explanation:
    term = look.term(source, index)
    text = f"{term.label} = {number_text(term.value)}"
    return Explanation(term.label, text, (term,), "function", evaluator=lambda t, _: t[0].value)


def _given(tensor: Tensor, index: Index, look: Look) -> Explanation:
    """Explain a number without a history: an input, or what TensorFlow computed."""
    number = float(tensor.value[index])
    if tensor.home is not None and tensor.home.kind != "stage":
        return _moved(tensor, index, look)
    text = number_text(number)
    return Explanation("computed by TensorFlow", text, (), "function", evaluator=lambda *_: number)


def derive(
    trace: Trace,
    layer_path: str,
    index: int | Index,
    stage: str = "output",
    node: int = 0,
) -> Derivation:
    """Return how one number of ``trace`` came about.

    Args:
        trace: what :func:`weightview.calculator.propagate` returned.
        layer_path: the layer, ``outer/inner``.
        index: the cell within the stage; with the batch axis only where the trace has it.
        stage: the stage's name.
        node: which call of the layer.

    Raises:
        KeyError: there is no such layer, call or stage.
        IndexError: the stage has no such number.
        CalculationError: the step was not computed here.
    """
    from weightview.core.errors import CalculationError

    step = trace.step(layer_path, node)
    if step.computed_by is None:
        raise CalculationError(layer_path, f"{layer_path}: {step.reason}")
    found = step.stage(stage)
    if found.deriver is None:
        raise CalculationError(layer_path, f"{layer_path}: “{stage}” has no derivation.")
    return found.deriver((index,) if isinstance(index, int) else tuple(int(i) for i in index))
