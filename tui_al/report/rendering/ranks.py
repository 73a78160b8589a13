"""Where the parts of a critical-difference picture go, in ranks and rows (Demsar 2006, Fig. 1)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui_al.report.blocks import RankLine


@dataclass(frozen=True, slots=True)
class RankedName:
    """A name beside the axis: at its left the better half, at its right the others.

    `row` counts from 0 below the bars; a name's line goes down from its rank to its row and
    then outwards, so that no two lines cross.
    """

    name: str
    rank: float
    right: bool
    row: int


@dataclass(frozen=True, slots=True)
class GroupBar:
    """A bar over ranks that cannot be told apart; bars that overlap have different levels."""

    first: float
    last: float
    level: int


@dataclass(frozen=True, slots=True)
class RankPicture:
    """The axis goes from 1 to `last`."""

    last: int
    names: Sequence[RankedName]
    bars: Sequence[GroupBar]


def lay_out(line: RankLine) -> RankPicture:
    """Place names and bars."""
    ranked = sorted(zip(line.ranks, line.names, strict=True), key=lambda pair: pair[0])
    half = math.ceil(len(ranked) / 2)
    names = [
        RankedName(name, rank, place >= half, place if place < half else len(ranked) - 1 - place)
        for place, (rank, name) in enumerate(ranked)
    ]
    last = max(2, len(ranked), math.ceil(max(line.ranks, default=1)))
    return RankPicture(last, names, _stack(line))


def _stack(line: RankLine) -> list[GroupBar]:
    ranks = dict(zip(line.names, line.ranks, strict=True))
    spans = sorted(
        (min(within), max(within))
        for within in ([ranks[name] for name in group] for group in line.groups)
        if len(within) > 1
    )
    ends: list[float] = []  # of the last bar on each level
    bars = []
    for first, last in spans:
        level = next((level for level, end in enumerate(ends) if end < first), len(ends))
        ends[level : level + 1] = [last]
        bars.append(GroupBar(first, last, level))
    return bars
