"""How large a result may be: a file's config may ask for more than any machine has."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

MOST_NUMBERS = 1 << 30
"""No single array may hold more numbers (4 GiB of float32)."""

MOST_NESTED = 64
"""No model may stand inside more models."""

CONFIG_ERRORS = (
    ValueError,
    IndexError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    MemoryError,
)
"""What numpy and plain Python say to settings of a file that do not fit together."""


def count_of(shapes: Any) -> int:
    """Return how many numbers an array of this shape (or the largest of several) holds."""
    if shapes and isinstance(shapes[0], (tuple, list)):
        return max(count_of(shape) for shape in shapes)
    return math.prod(int(n or 1) for n in shapes)


def too_many(count: int) -> str:
    """Return why an array of so many numbers is not made."""
    return f"its output would hold {count:,} numbers, which is more than can be computed"


def repeated(shape: Sequence[int], times: Iterable[int]) -> int:
    """Return how many numbers there are when an array of ``shape`` is repeated."""
    return math.prod(shape) * math.prod(int(n) for n in times)
