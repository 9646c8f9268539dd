"""Regions: which cells of an array are meant, as a tuple of slices and indices."""

import numpy as np
import numpy.typing as npt

Region = tuple[int | slice, ...]
"""One index or slice per axis; axes left out at the end are meant whole."""


def normalise(region: Region | int | slice | None, shape: tuple[int, ...]) -> Region:
    """Return ``region`` with one entry per axis, indices counted from the front.

    Args:
        region: indices and slices as numpy takes them, without steps backwards; None for all.
        shape: the array's shape.

    Raises:
        IndexError: an index lies outside its axis, or there are more entries than axes.
        ValueError: a slice runs backwards.
    """
    if region is None:
        region = ()
    elif not isinstance(region, tuple):
        region = (region,)
    if len(region) > len(shape):
        raise IndexError(f"{len(region)} indices for an array of {len(shape)} axes")
    entries: list[int | slice] = []
    for axis, length in enumerate(shape):
        entry = region[axis] if axis < len(region) else slice(None)
        if isinstance(entry, slice):
            start, stop, step = entry.indices(length)
            if step < 0:
                raise ValueError(f"the slice on axis {axis} runs backwards")
            entries.append(slice(start, max(start, stop), step))
            continue
        index = int(entry)
        if not -length <= index < length:
            raise IndexError(f"index {index} is outside axis {axis}, which has {length} entries")
        entries.append(index % length)
    return tuple(entries)


def shape_of(region: Region, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that ``array[region]`` has; ``region`` as :func:`normalise` returns it."""
    return tuple(
        len(range(*entry.indices(length)))
        for entry, length in zip(region, shape, strict=True)
        if isinstance(entry, slice)
    )


def first_axis_indices(region: Region, length: int) -> npt.NDArray[np.intp]:
    """Return the indices that a normalised ``region`` picks on axis 0."""
    entry = region[0]
    return np.atleast_1d(np.arange(length)[entry])
