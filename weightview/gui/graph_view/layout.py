"""Where the boxes of a graph stand: in rows, each below all that it needs, lines seldom crossing.

Lines that pass several rows get a lane in each of them, so that they run beside the boxes. Short
cuts (past boxes that lead to the same place) give way: a chain with short cuts is a straight trunk,
while real branches stand side by side, evenly.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from weightview.core.model import Graph

Call = tuple[str, int]
"""A layer's name and which call of it."""
Stop = tuple[float, float, float]
"""Where a line runs straight down: across, and from which height to which."""
Size = tuple[float, float]
_Spot = tuple[str, int, int]  # a call and 0, or a number of a lane on a long line

GAP: Size = (24.0, 32.0)
_LANE = 20.0
_SWEEPS = 6
_PULL_OF_A_SHORT_CUT = 1e-6


@dataclass(frozen=True)
class Layout:
    """A drawing in pixels, from 0.

    Attributes:
        places: the middle of each call.
        lines: the stops of each connection, from the one call to the other, ends included.
        size: how wide and tall the drawing is.
    """

    places: Mapping[Call, tuple[float, float]]
    lines: Sequence[tuple[Call, Call, tuple[Stop, ...]]]
    size: Size


def lay_out(graph: Graph, size_of: Callable[[Call], Size]) -> Layout:
    """Return where the calls of ``graph`` stand, each of the size that ``size_of`` tells."""
    ranks = _ranks(graph)
    sizes = {call: size_of(call) for call in ranks}
    pairs = _connections(graph, ranks)
    rows: list[list[_Spot]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for call, rank in ranks.items():
        rows[rank].append((*call, 0))
    chains: list[tuple[_Spot, ...]] = []
    for number, (source, target) in enumerate(pairs, start=1):
        passed = [("", number, rank) for rank in range(ranks[source] + 1, ranks[target])]
        for spot in passed:
            rows[spot[2]].append(spot)
        chains.append(((*source, 0), *passed, (*target, 0)))
    spots = [spot for row in rows for spot in row]
    widths = {s: sizes[s[0], s[1]][0] + GAP[0] if s[0] else _LANE for s in spots}
    light = _short_cuts(pairs, ranks)
    pulls = {s: _PULL_OF_A_SHORT_CUT if not s[0] and s[1] in light else 1.0 for s in spots}
    across = _columns(rows, chains, widths, pulls)
    left = min((across[spot] - width / 2 for spot, width in widths.items()), default=0.0)
    right = max((across[spot] + width / 2 for spot, width in widths.items()), default=0.0)
    bands = _bands(rows, sizes)
    places = {call: (across[*call, 0] - left, sum(bands[rank]) / 2) for call, rank in ranks.items()}

    def stops(source: Call, chain: tuple[_Spot, ...], target: Call) -> tuple[Stop, ...]:
        first, last = places[source], places[target]
        foot, head = first[1] + sizes[source][1] / 2, last[1] - sizes[target][1] / 2
        lanes = ((across[spot] - left, *bands[spot[2]]) for spot in chain[1:-1])
        start = (first[0], foot, bands[ranks[source]][1])
        return (start, *lanes, (last[0], bands[ranks[target]][0], head))

    lines = [(s, t, stops(s, chain, t)) for (s, t), chain in zip(pairs, chains, strict=True)]
    return Layout(places, lines, (right - left, bands[-1][1] if bands else 0.0))


def _short_cuts(pairs: Sequence[tuple[Call, Call]], ranks: Mapping[Call, int]) -> set[int]:
    """Return which connections (numbered from 1) lead where a longer way leads too."""
    needs: dict[Call, list[Call]] = defaultdict(list)
    for source, target in pairs:
        needs[target].append(source)
    bits = {call: 1 << place for place, call in enumerate(ranks)}
    further = dict.fromkeys(ranks, 0)  # all that a call needs by way of another
    before = dict.fromkeys(ranks, 0)  # all that it needs
    for target in sorted(needs, key=ranks.__getitem__):
        for source in needs[target]:
            further[target] |= before[source]
            before[target] |= bits[source]
        before[target] |= further[target]
    return {
        place
        for place, (source, target) in enumerate(pairs, start=1)
        if further[target] & bits[source]
    }


def _bands(rows: Sequence[list[_Spot]], sizes: Mapping[Call, Size]) -> list[tuple[float, float]]:
    """Return from which height to which each row goes."""
    bands: list[tuple[float, float]] = []
    top = 0.0
    for row in rows:
        tall = max((sizes[spot[0], spot[1]][1] for spot in row if spot[0]), default=0.0)
        bands.append((top, top + tall))
        top += tall + GAP[1]
    return bands


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


def _columns(
    rows: Sequence[list[_Spot]],
    chains: Sequence[tuple[_Spot, ...]],
    widths: Mapping[_Spot, float],
    pulls: Mapping[_Spot, float],
) -> dict[_Spot, float]:
    """Return the middle of each spot, drawn towards its neighbours, apart within a row."""
    above: dict[_Spot, list[_Spot]] = defaultdict(list)
    below: dict[_Spot, list[_Spot]] = defaultdict(list)
    for chain in chains:
        for upper, lower in itertools.pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    across: dict[_Spot, float] = {}
    for row in rows:
        _set_apart(row, dict.fromkeys(row, 0.0), widths, pulls, across)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        near = above if is_down else below
        for row in rows if is_down else reversed(rows):
            wanted = {
                spot: _middle(near[spot], across, pulls) if near.get(spot) else across[spot]
                for spot in row
            }
            row.sort(key=wanted.__getitem__)
            _set_apart(row, wanted, widths, pulls, across)
    return across


def _middle(
    spots: Sequence[_Spot], across: Mapping[_Spot, float], pulls: Mapping[_Spot, float]
) -> float:
    """Return the mean place of ``spots``, each counting as much as it pulls."""
    places = (pulls[spot] * across[spot] for spot in spots)
    return sum(places) / sum(pulls[spot] for spot in spots)


def _set_apart(
    row: Sequence[_Spot],
    wanted: Mapping[_Spot, float],
    widths: Mapping[_Spot, float],
    pulls: Mapping[_Spot, float],
    across: dict[_Spot, float],
) -> None:
    """Put a row's spots as near to where they want to be as their widths allow."""
    edge = float("-inf")
    for spot in row:
        across[spot] = max(wanted[spot], edge + widths[spot] / 2)
        edge = across[spot] + widths[spot] / 2
    shift = _middle(row, {spot: wanted[spot] - across[spot] for spot in row}, pulls)
    for spot in row:
        across[spot] += shift
