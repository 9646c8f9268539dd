"""What is said of a number that does not match: the mistakes that give it, else what is nearest."""

import math
from dataclasses import dataclass

from weightview.core.model import Model

LIKELY = 0.1
"""From this chance on a finding is said to be perhaps one by chance."""

_ROUNDING = 1e-3
_DROPPING = ("Dropout", "SpatialDropout", "GaussianNoise", "GaussianDropout", "AlphaDropout")


@dataclass(frozen=True)
class Finding:
    """One explanation.

    Attributes:
        sentence: what was done: ``without relu in dense``.
        kinds: the mistakes it is made of, one or two, as the list of mistakes calls them.
        numbers: what the model gives with it, in the places that were typed.
        distance: the largest distance of those from the typed numbers.
        parts_at: the layer at which the calculation parts from the model's own; ``""`` where it
            is the model's own.
        chance: how likely some mistake would fit a number that has nothing to do with it.
    """

    sentence: str
    kinds: tuple[str, ...]
    numbers: tuple[float, ...]
    distance: float
    parts_at: str
    chance: float

    @property
    def is_likely_chance(self) -> bool:
        """Whether the digits given are too few to tell a mistake from a hit by chance."""
        return self.chance > LIKELY


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        findings: the nearest first; empty where no mistake gives the number.
        is_models_own: whether the number is the one that the model itself gives.
        tried: how many ways to compute were compared.
        with_pairs: whether pairs of mistakes were tried too.
        near: where nothing fits, single mistakes that come nearer to the number than the model's
            own calculation, the nearest first; the chance of each is 1.
        own: what the model itself gives in the places that were typed.
        own_distance: the largest distance of those from the typed numbers.
        advice: where nothing fits, what else is worth a look, as sentences.
    """

    findings: tuple[Finding, ...]
    is_models_own: bool
    tried: int
    with_pairs: bool
    near: tuple[Finding, ...] = ()
    own: tuple[float, ...] = ()
    own_distance: float = 0.0
    advice: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer in one sentence, or two."""
        if self.is_models_own:
            return "Your number is the model's own, to the digits given."
        if not self.findings:
            ways = "ways to compute it" if self.with_pairs else "usual mistakes"
            pairs = ", with one or two usual mistakes," if self.with_pairs else ""
            none = f"None of {self.tried:,} {ways}{pairs} gives your number."
            return f"{none} {self._nearest}"
        best = self.findings[0]
        at = f"; it parts from the model at {best.parts_at}" if best.parts_at else ""
        chance = ""
        if best.is_likely_chance:
            chance = " With so few digits that may well be by chance: type more of them."
        return f"Your number comes out {best.sentence}{at}.{chance}"

    @property
    def _nearest(self) -> str:
        if not math.isfinite(self.own_distance):
            return f"The model's own is {self.own[0]}."
        if not self.near:
            said, numbers, distance = "The model's own is nearest", self.own, self.own_distance
        else:
            best = self.near[0]
            said, numbers, distance = f"The nearest: {best.sentence}", best.numbers, best.distance
        # Of several numbers the one that is farthest off counts.
        one = f", {numbers[0]:.7g}, off by" if len(numbers) == 1 else ", off by at most"
        return f"{said}{one} {distance:.3g}."


def advice_for(model: Model, *, distance: float, size: float) -> tuple[str, ...]:
    """Return what else is worth a look where no mistake gives a number.

    Args:
        model: the model, whose layers decide what can differ.
        distance: how far the model's own number is from the typed one.
        size: the typed number's magnitude.
    """
    told = []
    if distance <= _ROUNDING * size:
        told.append(
            "It is within a thousandth of the model's own: other rounding, as of float16, or of"
            " weights copied with few digits, can be all there is."
        )
    told.append(
        "Was the input scaled before it went into the model, by mean and deviation of the training"
        " table? That is not in the file: Explore, Many inputs can do the same."
    )
    told.append("Is it the same save of the weights, and the same input, in the same order?")
    classes = {layer.class_name for layer in model.walk()}
    if "BatchNormalization" in classes:
        told.append(
            "BatchNormalization computes with a batch's own mean while it trains; call the model"
            " with training=False, or use predict."
        )
    if classes & set(_DROPPING):
        told.append("Dropout and noise act while training only: use predict, not training=True.")
    told.append("Was it one sample, or the mean over a batch, as a loss is?")
    return tuple(told)
