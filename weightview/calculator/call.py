"""One call of one layer while it is computed: its config, weights and stages."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from weightview.calculator.activations import Activation, get, of_layer
from weightview.calculator.operations.activating import activate
from weightview.calculator.operations.rearranging import same
from weightview.calculator.precision import Precision
from weightview.calculator.registry import Rule, rule_for
from weightview.calculator.tensors import Array, Home, LazyTensor, Tensor
from weightview.calculator.trace import Index
from weightview.core.errors import CalculationError
from weightview.core.model import Layer, Weight
from weightview.core.values import Values

if TYPE_CHECKING:
    from weightview.calculator.plan import Plan

Progress = Callable[[float, str], None]
"""Called now and then with the finished share (0 to 1) and what is computed; raising
:class:`~weightview.core.errors.CancelledError` in it ends the calculation."""

OLD_GENERATION = 3


class Before:
    """What the same call gave for the same input and other weights.

    Attributes:
        values: the numbers it was computed with.
        stages: its stages by name.
    """

    __slots__ = ("stages", "values")

    def __init__(self, values: Values, stages: Mapping[str, Tensor]) -> None:
        """Keep both."""
        self.values = values
        self.stages = stages


class Call:
    """What a forward function is given beside its inputs.

    Attributes:
        layer: the layer.
        config: the layer's config.
        path: where the step stands, ``outer/inner``.
        node: which call of the layer.
        precision: the floating type of the arithmetic.
        values: every weight's numbers.
        stages: name, formula and array of each stage so far.
        notes: sentences for the person.
        before: the same call with other weights, where that may spare work; else None.
    """

    __slots__ = (
        "before",
        "config",
        "layer",
        "node",
        "notes",
        "path",
        "place",
        "plan",
        "precision",
        "prefix",
        "progress",
        "stages",
        "used_activation",
        "values",
    )

    def __init__(
        self,
        plan: "Plan",
        layer: Layer,
        path: str,
        node: int,
        values: Values,
        progress: Progress | None = None,
        before: Before | None = None,
    ) -> None:
        """Begin without any stage."""
        self.plan = plan
        self.layer = layer
        self.config = layer.config
        self.path = path
        self.node = node
        self.values = values
        self.precision: Precision = plan.precision(layer)
        self.stages: list[tuple[str, str, Tensor]] = []
        self.notes: list[str] = []
        self.progress = progress
        self.before = before
        self.used_activation = ""
        self.place: Callable[[Index], Index] | None = None
        self.prefix = ""

    @property
    def generation(self) -> int | None:
        """The major version of the Keras that wrote the file."""
        return self.plan.generation

    @property
    def is_old(self) -> bool:
        """Whether the file was written by Keras 1 or 2."""
        return self.generation is not None and self.generation < OLD_GENERATION

    def refuse(self, reason: str) -> CalculationError:
        """Return the error that says why this layer cannot be computed here."""
        return CalculationError(self.path, reason)

    def setting(self, *names: str, default: Any = None) -> Any:
        """Return the config's first entry of these names: today's name first, then older ones."""
        for name in names:
            if name in self.config:
                return self.config[name]
        return default

    def weight(self, role: str, layer: Layer | None = None) -> Tensor | None:
        """Return a weight of the layer (or of one inside it) in the call's precision, or None."""
        layer = self.layer if layer is None else layer
        weight = self.plan.weight_of(layer, role)
        if weight is None:
            return None
        # A layer inside a wrapper goes by its own path or by the wrapper's.
        without = self.plan.without_bias
        if without and role.startswith("bias") and {layer.path, self.path} & without:
            return None
        return self.plan.weight_tensor(weight, self.values, self.precision)

    def need(self, role: str) -> Tensor:
        """Return the layer's weight with this role.

        Raises:
            CalculationError: the file has none.
        """
        weight = self.weight(role)
        if weight is None:
            raise self.refuse(f"the file holds no {role} for this layer")
        return weight

    def stage(self, name: str, formula: str, x: Tensor) -> Tensor:
        """Make ``x`` a stage and return it, rounded where the precision is low."""
        name = self.prefix + name if self.prefix else name
        if x.home is not None:
            x = same(x)
        if self.precision.low:
            x = self._rounded(x)
        if self.place is None:
            x.home = self.plan.home(self.path, self.node, name)
        else:
            x.home = Home("stage", name, self.path, self.node, 0, self.place)
        self.stages.append((name, formula, x))
        return x

    def inner(
        self,
        layer: Layer,
        arguments: tuple[Tensor, ...],
        *,
        place: Callable[[Index], Index] | None = None,
        shown: Callable[[Tensor], Tensor] = same,
        prefix: str = "",
    ) -> tuple[Tensor, ...]:
        """Compute a layer inside this one, whose stages become stages of this call.

        Args:
            layer: the layer inside; may be a model.
            arguments: its inputs.
            place: from a cell of its arrays to the cell of the stage as it is shown.
            shown: makes of one of its arrays the array that is shown.
            prefix: put before the names of its stages.

        Returns:
            The outputs of the inner layer, not yet as they are shown.

        Raises:
            CalculationError: the layer inside cannot be computed.
        """
        if layer.graph is not None:
            from weightview.calculator.nesting import run_graph

            return run_graph(self, layer, arguments, place=place, shown=shown, prefix=prefix)
        rule = rule_for(layer)
        if rule is None:
            raise self.refuse(f"the calculator does not know {layer.class_name}, which is inside")
        sub = Call(self.plan, layer, self.path, self.node, self.values, self.progress)
        sub.place, sub.prefix = place, prefix
        result = rule.function(sub, *arguments)
        outputs = result if isinstance(result, tuple) else (result,)
        hand_mask_on(rule, outputs, next((x for x in arguments if isinstance(x, Tensor)), None))
        for name, formula, x in sub.stages:
            if name != f"{prefix}output" or prefix:
                view = shown(x)
                view.home = Home("stage", name, self.path, self.node)
                self.stages.append((name, formula, view))
        self.notes.extend(note for note in sub.notes if note not in self.notes)
        self.used_activation = self.used_activation or sub.used_activation
        return outputs

    def mask(self, formula: str, mask: Tensor) -> Tensor:
        """Make a mask the stage ``mask`` and return it."""
        mask.home = Home("stage", "mask", self.path, self.node)
        self.stages.append(("mask", formula, mask))
        return mask

    def _rounded(self, x: Tensor) -> Tensor:
        return Tensor(self.precision.fit(x.value), x.made, None, x.has_batch, x.mask)

    def floats(self, x: Tensor) -> Tensor:
        """Return ``x`` as floats of the call's type: integers are converted."""
        if x.dtype == self.precision.dtype:
            return x
        result = same(x)
        return Tensor(
            result.value.astype(self.precision.dtype), result.made, None, x.has_batch, x.mask
        )

    def number(self, value: float) -> Any:
        """Return a number of the config as a scalar of the call's type."""
        return self.precision.dtype.type(value)

    def activation(self, entry: str = "activation") -> Activation:
        """Return the activation in use: the chosen one, or that of the config."""
        return self.plan.activation(self.layer, entry)

    def activate(self, x: Tensor, entry: str = "activation") -> Tensor:
        """Return the stage ``output``: ``x`` after the layer's activation."""
        activation = self.activation(entry)
        self.note_activation(activation)
        return self.stage("output", activation.name, activate(x, activation))

    def note_activation(self, activation: Activation) -> None:
        """Remember which activation is in use, and what is to be said of it."""
        self.used_activation = activation.name
        if activation.note and activation.note not in self.notes:
            self.notes.append(activation.note)

    def report(self, share: float) -> None:
        """Tell how much of this call is done.

        Raises:
            CancelledError: the person cancelled.
        """
        if self.progress is not None:
            self.progress(share, self.path)


def hand_mask_on(rule: Rule, outputs: tuple[Tensor, ...], first: Tensor | None) -> None:
    """Give outputs without a mask that of the first input, where the class keeps it."""
    if rule.keeps_mask and first is not None and outputs[0].mask is None:
        for output in outputs:
            output.mask = first.mask


def own_activation(layer: Layer, generation: int | None) -> Activation | None:
    """Return the activation that the model itself gives ``layer``; None for one without.

    Raises:
        CalculationError: the config names one that Keras does not have.
    """
    if layer.class_name == "PReLU":
        from weightview.calculator.activations import ACTIVATIONS

        return ACTIVATIONS["leaky_relu"]
    found = of_layer(layer.class_name, layer.config, generation)
    if found is not None:
        return found
    if "activation" in layer.config:
        return get(layer.config["activation"], generation)
    return None


def weight_tensor(weight: Weight, values: Values, precision: Precision) -> Tensor:
    """Return ``weight`` as a tensor whose numbers are read when first needed."""

    def fetch() -> Array:
        return precision.fit(values.whole(weight))

    home = Home("weight", weight.path, weight.layer_path)
    return LazyTensor(weight.shape, fetch, home)
