"""In which floating type a layer computes: float32 like Keras, float64, or a low precision.

float16 and bfloat16 are computed in float32 and rounded after each stage: NumPy has no fast
arithmetic for them, and Keras' CPU kernels too keep sums in float32.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.calculator.tensors import Array
from weightview.core.model import Layer

_COMPUTE = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
LOW = ("float16", "bfloat16")


@dataclass(frozen=True)
class Precision:
    """The floating type of a layer's arithmetic.

    Attributes:
        dtype: the type of the arrays: float32 or float64.
        low: ``float16`` or ``bfloat16`` where each result is rounded to it, else ``""``.
    """

    dtype: np.dtype[Any]
    low: str = ""

    def fit(self, values: Array) -> Array:
        """Return floats in this precision; integers, bools and text as they are."""
        if values.dtype.kind not in "fV" and values.dtype.name not in LOW:
            return values
        if self.low:
            return values.astype(low_dtype(self.low)).astype(self.dtype)
        return values if values.dtype == self.dtype else values.astype(self.dtype)


def low_dtype(name: str) -> np.dtype[Any]:
    """Return the dtype called ``float16`` or ``bfloat16``."""
    if name == "float16":
        return np.dtype(np.float16)
    import ml_dtypes

    low: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return low


def precision_of(policy: str, dtype: str) -> Precision:
    """Return the precision of a layer.

    Args:
        policy: the name of its dtype policy; quantised ones end in ``..._from_float32``.
        dtype: what was asked for: ``float32`` (as Keras computes) or ``float64`` (everything).
    """
    name = policy.rpartition("_from_")[2] or policy
    name = _COMPUTE.get(name, name)
    if dtype == "float64" or name == "float64":
        return Precision(np.dtype(np.float64))
    return Precision(np.dtype(np.float32), name if name in LOW else "")


def quantisation_mode(layer: Layer) -> str:
    """Return ``int8``, ``int4``, ``float8`` ... or ``""`` for a layer that is not quantised."""
    policy = layer.dtype
    if "_from_" in policy:
        return policy.partition("_from_")[0].partition("/")[0]
    dtype = layer.config.get("dtype")
    inner = dtype.get("config") if isinstance(dtype, dict) else None
    mode = inner.get("mode") if isinstance(inner, dict) else None
    return mode.partition("/")[0] if isinstance(mode, str) else ""
