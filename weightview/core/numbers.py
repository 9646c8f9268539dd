"""Numbers as text and back: one place decides how a number looks and what a text means.

Exact text is the shortest that gives the same bits again (at most 9 digits for float32, 17 for
float64), so copying and pasting loses nothing.
"""

import math
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weightview.core.errors import NumberError

Notation = Literal["auto", "fixed", "full", "scientific"]

_FIXED_DIGITS = 3
AUTO_DIGITS = 4
_SMALLEST_AUTO, _LARGEST_AUTO = 1e-3, 1e6
_SPARE_AUTO_DIGITS = 3
_SIGNIFICANT = 9
_SMALLEST_FIXED = 1e-3
_FLOAT32_BYTES = 4
_LARGEST_EXACT = 2.0**53
_LOWEST_64_BITS = -(2**63)
_LARGEST_64_BITS = 2**64 - 1
_BOOLS = {"true": True, "false": False}
_WORDS = {"inf": math.inf, "infinity": math.inf, "∞": math.inf, "nan": math.nan}


def is_integer(dtype: np.dtype[Any]) -> bool:
    """Return whether ``dtype`` holds whole numbers or bools, the small ones of ml_dtypes too."""
    return dtype.kind in "biu" or dtype.name.startswith(("int", "uint"))


def holds_real_numbers(dtype: np.dtype[Any]) -> bool:
    """Return whether ``dtype`` is a bool, integer or floating type, those of ml_dtypes included."""
    return dtype.kind in "biuf" or (dtype.kind == "V" and not issubclass(dtype.type, np.void))


def cast(values: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return a copy of ``values`` in ``dtype``, each the nearest number there is, ties to even.

    The types of ml_dtypes are reached by way of float32, which rounds twice: a number just beside
    the middle of two becomes the middle, and then the wrong one. Odd float32 numbers are no middle
    of any shorter type, so whatever float32 cannot hold is first rounded to an odd one.
    """
    with np.errstate(all="ignore"):
        if (dtype.kind != "V" and dtype.itemsize > 1) or values.dtype.itemsize <= _FLOAT32_BYTES:
            return np.array(values, dtype=dtype)
        if is_integer(dtype) or not holds_real_numbers(values.dtype):
            return np.array(values, dtype=dtype)
        wide = values.astype(np.float64)
        single = wide.astype(np.float32)
        is_even = (single.view(np.uint32) & 1) == 0
        inexact = np.isfinite(single) & (single != wide)
        beside = np.nextafter(single, np.where(wide > single, np.inf, -np.inf).astype(np.float32))
        return np.asarray(np.where(inexact & is_even, beside, single), np.float32).astype(dtype)


def cannot_hold(
    given: np.ndarray[Any, Any], stored: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return where ``stored``, the cast of ``given``, is not the number that was meant.

    Rounding to the nearest number of a floating dtype is meant; so is storing an infinity or NaN
    as itself. Not meant: a finite number that became none or was cut to the largest, an infinity
    or NaN that became something else (some types of ml_dtypes have none), and in an integer dtype
    anything but the number itself.
    """
    with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
        before, after = given.astype(np.float64), stored.astype(np.float64)
        largest = np.asarray(np.inf).astype(stored.dtype).astype(np.float64)
    if is_integer(stored.dtype):
        return np.asarray(before != after)
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    lost = np.where(np.isfinite(before), ~np.isfinite(after), ~same)
    if np.isfinite(largest):  # the smallest types cut there, having neither infinity nor NaN
        lost |= np.abs(before) > largest
    return np.asarray(lost, dtype=np.bool_)


def exact_text(value: Any) -> str:
    """Return the shortest text that gives the same number again in the value's own dtype."""
    scalar = np.asarray(value)
    if is_integer(scalar.dtype):
        return str(int(scalar)) if scalar.dtype.kind != "b" else str(scalar.item())
    if scalar.dtype.kind == "f" and scalar.dtype.itemsize in (2, 4, 8):
        number = float(scalar)
        if not math.isfinite(number):
            return str(number)
        own = scalar.dtype.type(scalar)
        magnitude = abs(number)
        if magnitude and not 1e-5 <= magnitude < 1e16:  # noqa: PLR2004 - where repr changes too
            return np.format_float_scientific(own, unique=True, trim="-")
        return np.format_float_positional(own, unique=True, trim="-")
    if scalar.dtype.kind in "fV":
        return _low_precision_text(scalar)
    return str(scalar.item())


def _low_precision_text(scalar: np.ndarray[Any, Any]) -> str:
    """Return the shortest text for the types of ml_dtypes, for which numpy has no such rule."""
    number = float(scalar)
    if not math.isfinite(number):
        return str(number)
    for digits in range(1, _SIGNIFICANT + 1):
        text = f"{number:.{digits}g}"
        again = cast(np.asarray(float(text)), scalar.dtype)
        if again.tobytes() == scalar.tobytes():
            return text
    return repr(number)


def shown_text(
    value: Any,
    notation: Notation = "full",
    digits: int | None = _FIXED_DIGITS,
    significant: int = AUTO_DIGITS,
) -> str:
    """Return a number as a view shows it.

    Args:
        value: a numpy scalar or Python number.
        notation: ``fixed`` so many decimals, ``full`` all digits that matter, ``scientific``, or
            ``auto``: about as many decimals as asked for, see :func:`auto_decimals`.
        digits: how many decimals ``fixed``, ``scientific`` and ``auto`` numbers have; None in
            ``auto`` for a weight whose numbers are all very small or large.
        significant: how many digits ``auto`` is to show of most numbers.
    """
    if notation == "full":
        return exact_text(value)
    scalar = np.asarray(value)
    if is_integer(scalar.dtype) or scalar.dtype.kind in "SUOc":
        return exact_text(value)
    number = float(scalar)
    if not math.isfinite(number):
        return str(number)
    if notation == "auto":
        return _auto_text(value, number, digits, significant)
    if notation == "scientific":
        return f"{number:.{digits}e}"
    return f"{number:.{digits}f}"


def auto_decimals(typical: float, significant: int = AUTO_DIGITS) -> int | None:
    """Return how many decimals show so many digits of a number of this magnitude.

    None where powers of ten are shorter.
    """
    if not typical or not math.isfinite(typical):
        return significant
    if not _SMALLEST_AUTO <= typical < _LARGEST_AUTO:
        return None
    return max(1, significant - 1 - math.floor(math.log10(typical)))


def _auto_text(value: Any, number: float, decimals: int | None, significant: int) -> str:
    """Return a number with so many decimals, in powers of ten where those would not show it.

    One that needs fewer digits is written exactly: 0.25, 0, 1e-35.
    """
    magnitude = abs(number)
    most = significant + _SPARE_AUTO_DIGITS
    if decimals is None or magnitude >= 10.0**most:
        text = _short_power(number, significant - 1)
    elif magnitude and magnitude < 10.0 ** (1 - decimals):
        text = _short_power(number, 1)
    else:
        whole = len(str(int(magnitude)))
        text = f"{number:.{min(decimals, max(1, most - whole))}f}"
    exact = exact_text(value)
    return exact if len(exact) <= len(text) else text


def _short_power(number: float, decimals: int) -> str:
    mantissa, _, power = f"{number:.{decimals}e}".partition("e")
    return f"{mantissa}e{int(power)}"


def parse_number(text: str, dtype: np.dtype[Any]) -> Any:
    """Return the number that ``text`` means, as it is stored in ``dtype``.

    A typographic minus and spaces around are understood; so are ``inf`` and ``nan``, and for a
    bool ``true`` and ``false``.

    Returns:
        A numpy scalar of ``dtype``: the nearest one that the dtype can hold.

    Raises:
        NumberError: not a number, or beyond the range of ``dtype``.
    """
    cleaned = text.strip().replace("\u2212", "-").replace("\u00a0", "")
    if dtype.kind == "b" and cleaned.lower() in _BOOLS:
        return np.bool_(_BOOLS[cleaned.lower()])
    number = _python_number(text, cleaned)
    if dtype.kind == "b":
        if number not in (0, 1):
            raise NumberError(text, f"“{text}” is not 0 or 1, and this array holds only those.")
        return np.bool_(bool(number))
    if is_integer(dtype):
        return _integer(text, number, dtype)
    given = np.asarray(number)
    stored = cast(given, dtype)
    if cannot_hold(given, stored).any():
        why = "is too large for" if math.isfinite(number) and number else "is not a number of"
        raise NumberError(text, f"“{shorten(cleaned)}” {why} {dtype}.")
    return _rounded_once(cleaned, number, stored)


def _rounded_once(cleaned: str, number: float, stored: np.ndarray[Any, Any]) -> Any:
    """Return ``stored`` or its neighbour: what ``cleaned`` rounds to directly.

    The text was rounded to float64 first. Where that fell right between two numbers of the dtype,
    the digits that were lost decide, not the rule for ties.
    """
    wide = float(stored)
    if isinstance(number, int) or not math.isfinite(wide) or wide == number:
        return stored[()]
    with np.errstate(all="ignore"):
        neighbour = np.asarray(number + (number - wide)).astype(stored.dtype)
    if float(neighbour) - number != number - wide:
        return stored[()]
    lost = Fraction(cleaned) - Fraction(number)
    return (neighbour if lost and (lost > 0) == (number > wide) else stored)[()]


def _python_number(text: str, cleaned: str) -> int | float:
    sign = -1 if cleaned.startswith("-") else 1
    word = cleaned[1:] if cleaned[:1] in ("+", "-") else cleaned
    if word.lower() in _WORDS:
        return sign * _WORDS[word.lower()]
    try:
        number = float(cleaned if "_" not in cleaned else "")
    except ValueError:
        pass
    else:
        if math.isinf(number):
            raise NumberError(text, f"“{shorten(cleaned)}” is too large for any dtype.")
        # A float keeps the sign of -0, an int every digit of a long whole number.
        if word.isdigit() and abs(number) >= _LARGEST_EXACT:
            whole = int(cleaned)
            return whole if _LOWEST_64_BITS <= whole <= _LARGEST_64_BITS else number
        return number
    hint = ""
    if cleaned.count(",") == 1 and "." not in cleaned:
        hint = f" Write {cleaned.replace(',', '.')} with a point."
    raise NumberError(text, f"“{shorten(text)}” is not a number.{hint}")


def _integer(text: str, number: float, dtype: np.dtype[Any]) -> Any:
    shown = shorten(text)
    if not math.isfinite(number) or number != int(number):
        raise NumberError(text, f"“{shown}” is not a whole number, and this array holds {dtype}.")
    low, high = _integer_limits(dtype)
    if not low <= int(number) <= high:
        raise NumberError(text, f"“{shown}” is outside {dtype}, which holds {low} to {high}.")
    return dtype.type(int(number))


def _integer_limits(dtype: np.dtype[Any]) -> tuple[int, int]:
    try:
        info = np.iinfo(dtype)
    except ValueError:  # the small integers of ml_dtypes
        import ml_dtypes

        small: Any = ml_dtypes.iinfo(dtype)  # type: ignore[no-untyped-call]
        return int(small.min), int(small.max)
    return int(info.min), int(info.max)


def shorten(text: str, length: int = 60) -> str:
    """Return ``text`` on one line, control characters made visible, at most ``length`` long."""
    visible = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return visible if len(visible) <= length else f"{visible[: length - 1]}…"


def aligned_texts(values: npt.ArrayLike, significant: int = 7) -> list[str]:
    """Return numbers in one common notation, so that their decimals stand under one another.

    Args:
        values: numbers of any shape, taken in C order.
        significant: how many digits the largest of them gets.

    Returns:
        Whole numbers as they are; others with as many decimals as the largest magnitude leaves,
        or all in scientific notation where that magnitude is below 0.001 or has too many digits.
    """
    numbers = np.asarray(values).reshape(-1)
    if is_integer(numbers.dtype):
        return [exact_text(number) for number in numbers]
    wide = numbers.astype(np.float64)
    finite = np.abs(wide[np.isfinite(wide)])
    form = aligned_format(float(finite.max()) if finite.size else 0.0, significant)
    return [format(number, form) for number in wide]


def aligned_format(largest: float, significant: int = 7) -> str:
    """Return the format in which :func:`aligned_texts` writes numbers up to ``largest``."""
    whole_digits = len(str(int(largest)))
    if (largest and largest < _SMALLEST_FIXED) or whole_digits > significant:
        return f".{max(1, significant - 3)}e"
    decimals = min(significant - whole_digits, significant - 1)
    if largest:
        decimals += max(0, math.ceil(-math.log10(largest)) - 1)
    return f".{decimals}f"
