"""Regions: which cells of an array are meant, as a tuple of slices and indices."""

import operator

Region = tuple[int | slice, ...]
"""One index or slice per axis; axes left out at the end are meant whole."""


def normalise(region: Region | int | slice | None, shape: tuple[int, ...]) -> Region:
    """Return ``region`` with one entry per axis, indices counted from the front.

    Args:
        region: indices and slices as numpy takes them, without steps backwards; None for all.
        shape: the array's shape.

    Raises:
        IndexError: an index lies outside its axis or is no whole number, or there are more
            entries than axes.
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
        try:
            index = operator.index(entry)
        except TypeError:
            raise IndexError(f"{entry!r} on axis {axis} is neither an index nor a slice") from None
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


def overlap(entry: int | slice, low: int, high: int) -> tuple[slice, slice]:
    """Return where the rows that ``entry`` picks meet the rows from ``low`` to before ``high``.

    Args:
        entry: the entry of a normalised region for axis 0.
        low: the first row of a block.
        high: the row after its last.

    Returns:
        Which of the picked rows lie in the block, and which rows of the block they are; both
        slices have the same length, which may be 0.
    """
    picked = _rows(entry)
    first = _count_before(picked, low)
    last = _count_before(picked, high)
    start = picked.start + first * picked.step - low
    rows = slice(start, start + (last - first) * picked.step, picked.step)
    return slice(first, last), rows


def _rows(entry: int | slice) -> range:
    if isinstance(entry, slice):
        return range(entry.start, entry.stop, entry.step)
    return range(entry, entry + 1)


def _count_before(picked: range, row: int) -> int:
    """Return how many of the ``picked`` rows come before ``row``."""
    return min(len(picked), max(0, -(-(row - picked.start) // picked.step)))


def blocks_met(entry: int | slice, rows_per_block: int) -> range:
    """Return the numbers of the blocks from the first to the last that ``entry`` may touch."""
    picked = _rows(entry)
    if not picked:
        return range(0)
    return range(picked[0] // rows_per_block, picked[-1] // rows_per_block + 1)
