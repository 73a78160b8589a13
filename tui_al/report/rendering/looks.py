"""What of a chart is drawn, and which colour and marker a name has: the same in all charts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from tui_al.report.blocks import Bars, Lines, Section
from tui_al.report.palette import MARKS, STRATEGY_MARKS, Mark, Rgb


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is told from others: colour is never the only difference."""

    color: Rgb
    marker: str


LOOKS = tuple(Look(mark.anywhere, mark.marker) for mark in MARKS)
"""All pairs of a colour with a marker; the first eight differ in both."""

Looks = Mapping[str, Look]


def choose_looks(sections: Iterable[Section], *, dark: bool | None = None) -> Looks:
    """A look for every series that is drawn, in the colours for dark or light ground, by
    default those for a ground that is not known.

    Strategies have the same in every report; other names take the first that no series has
    in any chart with them.
    """
    charts = [series_of(block) for section in sections for block in section.blocks
              if isinstance(block, Lines | Bars)]  # fmt: skip
    companions: dict[str, set[str]] = {}
    for chart in charts:
        for name in chart:
            companions.setdefault(name, set()).update(chart)
    marks: dict[str, Mark] = {}
    for name, others in companions.items():
        taken = {marks.get(other, STRATEGY_MARKS.get(other)) for other in others}
        free = (mark for mark in MARKS if mark not in taken)
        marks[name] = STRATEGY_MARKS.get(name) or next(free, MARKS[0])
    return MappingProxyType({name: _look(mark, dark) for name, mark in marks.items()})


def _look(mark: Mark, dark: bool | None) -> Look:
    return Look(mark.anywhere if dark is None else mark.color(dark=dark), mark.marker)


def series_of(block: Lines | Bars) -> Sequence[str]:
    """The names of a chart's series in their order of appearance."""
    return [str(name) for name in block.frame[block.series].unique(maintain_order=True)]


def drawable(lines: Lines) -> pl.DataFrame:
    """The points of a chart that can be drawn: with both numbers, positive where x is a power."""
    points = lines.frame.filter(pl.col(lines.y).is_finite(), pl.col(lines.x).is_not_null())
    return points.filter(pl.col(lines.x) > 0) if lines.log_x else points
