"""Working out an edit: whether new numbers fit a weight, and what the document becomes by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import numpy.typing as npt

from weightview.core.errors import EditError
from weightview.core.history import Change, Edit
from weightview.core.model import Weight
from weightview.core.numbers import cannot_hold, cast, holds_real_numbers, is_integer
from weightview.core.regions import Region, normalise, shape_of
from weightview.core.values import Array, Values


@dataclass(frozen=True, eq=False)
class Prepared:
    """An edit that is worked out but not made yet; see :meth:`Document.adopt`.

    Attributes:
        edit: the edit.
        before: the numbers it was worked out from.
        after: the numbers with it.
    """

    edit: Edit
    before: Values
    after: Values


def prepare(
    values: Values,
    label: str,
    changes: Sequence[tuple[Weight, Region | int | slice | None, npt.ArrayLike]],
) -> Prepared:
    """Work out an edit without making it; may run in another thread.

    Raises:
        EditError: a change does not fit.
    """
    fitting = [_fitting(weight, region, numbers) for weight, region, numbers in changes]
    made: list[Change] = []
    new = values
    for weight, cells, after in fitting:
        made.append(Change(weight, cells, new.read(weight, cells), after))
        new = new.with_edit(weight, cells, after)
    return Prepared(Edit(label, tuple(made)), values, new)


def _fitting(
    weight: Weight, region: Region | int | slice | None, values: npt.ArrayLike
) -> tuple[Weight, Region, Array]:
    if not weight.editable:
        raise EditError(weight.path, f"“{weight.path}” can be looked at but not edited.")
    try:
        cells = normalise(region, weight.shape)
    except (IndexError, ValueError) as error:
        raise EditError(weight.path, f"“{weight.path}” {weight.shape}: {error}.") from error
    shape = shape_of(cells, weight.shape)
    return weight, cells, cast_values(weight, values, shape)


def cast_values(weight: Weight, values: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return ``values`` in the weight's dtype and of ``shape``, or refuse them.

    Raises:
        EditError: text, another shape, a number beyond the dtype's range, a fraction or NaN for
            an integer dtype, an infinity for a dtype that has none.
    """
    where = f"“{weight.path}”"
    given = _as_numbers(weight, values)
    try:
        given = np.broadcast_to(given, shape)
    except ValueError:
        message = f"{where}: values of shape {given.shape} do not fit the cells, {shape}."
        raise EditError(weight.path, message) from None
    after = cast(given, weight.dtype)
    refused = given.dtype != weight.dtype and cannot_hold(given, after)
    if np.any(refused):
        odd = given[refused].flat[0]
        large = not is_integer(weight.dtype) and np.isfinite(float(odd)) and odd
        why = "is too large for them" if large else "is not one of them"
        raise EditError(weight.path, f"{where} holds {weight.dtype} numbers; {odd} {why}.")
    after.setflags(write=False)
    return after


def _as_numbers(weight: Weight, values: npt.ArrayLike) -> Array:
    """Return ``values`` as an array of numbers.

    Raises:
        EditError: they are not numbers, or rows of different lengths, or the weight holds none.
    """
    where = f"“{weight.path}”"
    if not holds_real_numbers(weight.dtype):
        raise EditError(weight.path, f"{where} holds {weight.dtype}, which is not edited here.")
    try:
        given = np.asarray(values)
    except ValueError:
        raise EditError(weight.path, f"{where}: the rows differ in length.") from None
    if given.dtype.hasobject and all(isinstance(value, Real) for value in given.flat):
        try:
            given = given.astype(np.float64)  # whole numbers beyond 64 bits come as objects
        except OverflowError:
            message = f"{where}: a number is too large for any dtype."
            raise EditError(weight.path, message) from None
    if not holds_real_numbers(given.dtype):
        raise EditError(weight.path, f"{where} takes numbers; found {given.dtype}.")
    return given
