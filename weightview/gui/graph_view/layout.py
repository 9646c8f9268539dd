"""Where the boxes of a graph stand: in rows, each below all that it needs, lines seldom crossing.

Lines that pass several rows get a place in each of them, so that they run between the boxes.
"""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weightview.core.model import Graph

Call = tuple[str, int]
"""A layer's name and which call of it."""
_Spot = tuple[str, int, int]  # a call and 0, or a number of a place on a long line

_SWEEPS = 6
_NARROW = 0.3


@dataclass(frozen=True)
class Layout:
    """A drawing without sizes: one unit is a box with its gap.

    Attributes:
        places: column and row of each call; columns may be fractions, from 0.
        lines: the points of each connection, from the one call to the other, ends included.
        columns: how wide the drawing is.
        rows: how many rows it has.
    """

    places: Mapping[Call, tuple[float, int]]
    lines: Sequence[tuple[Call, Call, tuple[tuple[float, int], ...]]]
    columns: float
    rows: int


def lay_out(graph: Graph) -> Layout:
    """Return where the calls of ``graph`` stand."""
    ranks = _ranks(graph)
    chains: list[tuple[Call, Call, tuple[_Spot, ...]]] = []
    rows: list[list[_Spot]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for call, rank in ranks.items():
        rows[rank].append((*call, 0))
    for number, (source, target) in enumerate(_connections(graph, ranks), start=1):
        passed = [("", number, rank) for rank in range(ranks[source] + 1, ranks[target])]
        for spot in passed:
            rows[spot[2]].append(spot)
        chains.append((source, target, ((*source, 0), *passed, (*target, 0))))
    above, below = _neighbours(chains)
    across = _columns(rows, above, below)
    left = min((across[spot] - _width(spot) / 2 for row in rows for spot in row), default=0.0)
    right = max((across[spot] + _width(spot) / 2 for row in rows for spot in row), default=0.0)
    row_of = {spot: rank for rank, row in enumerate(rows) for spot in row}

    def place(spot: _Spot) -> tuple[float, int]:
        return across[spot] - left, row_of[spot]

    return Layout(
        {call: place((*call, 0)) for call in ranks},
        [(source, target, tuple(map(place, chain))) for source, target, chain in chains],
        right - left,
        len(rows),
    )


def _ranks(graph: Graph) -> dict[Call, int]:
    """Return the row of each call: one below the lowest that it takes from."""
    ranks: dict[Call, int] = {}
    for node in graph.nodes:
        needed = [ranks[ref.layer, ref.node] for ref in node.inputs if _is_in(ref, ranks)]
        ranks[node.layer, node.index] = max(needed, default=-1) + 1
    return ranks


def _is_in(ref: object, ranks: Mapping[Call, int]) -> bool:
    return (getattr(ref, "layer", None), getattr(ref, "node", None)) in ranks


def _connections(graph: Graph, ranks: Mapping[Call, int]) -> list[tuple[Call, Call]]:
    pairs = (
        ((ref.layer, ref.node), (node.layer, node.index))
        for node in graph.nodes
        for ref in node.inputs
    )
    return [pair for pair in dict.fromkeys(pairs) if pair[0] in ranks]


def _neighbours(
    chains: Sequence[tuple[Call, Call, tuple[_Spot, ...]]],
) -> tuple[dict[_Spot, list[_Spot]], dict[_Spot, list[_Spot]]]:
    above: dict[_Spot, list[_Spot]] = defaultdict(list)
    below: dict[_Spot, list[_Spot]] = defaultdict(list)
    for _, _, chain in chains:
        for upper, lower in itertools.pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    return above, below


def _width(spot: _Spot) -> float:
    return 1.0 if spot[0] else _NARROW


def _columns(
    rows: Sequence[list[_Spot]],
    above: Mapping[_Spot, list[_Spot]],
    below: Mapping[_Spot, list[_Spot]],
) -> dict[_Spot, float]:
    """Return the middle of each spot, drawn towards its neighbours, apart within a row."""
    across: dict[_Spot, float] = {}
    for row in rows:
        _set_apart(row, {spot: float(place) for place, spot in enumerate(row)}, across)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        near = above if is_down else below
        for row in rows if is_down else reversed(rows):
            wanted = {
                spot: sum(across[other] for other in near[spot]) / len(near[spot])
                if near.get(spot)
                else across[spot]
                for spot in row
            }
            row.sort(key=wanted.__getitem__)
            _set_apart(row, wanted, across)
    return across


def _set_apart(
    row: Sequence[_Spot], wanted: Mapping[_Spot, float], across: dict[_Spot, float]
) -> None:
    """Put a row's spots as near to where they want to be as their widths allow."""
    edge = float("-inf")
    for spot in row:
        across[spot] = max(wanted[spot], edge + _width(spot) / 2)
        edge = across[spot] + _width(spot) / 2
    shift = sum(wanted[spot] - across[spot] for spot in row) / max(1, len(row))
    for spot in row:
        across[spot] += shift
