"""Curves and stacked shares in characters, legible without colour."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.cells import cell_len
from rich.console import RenderableType
from rich.style import Style
from rich.text import Text

from tui_al.report.blocks import Bars, Lines
from tui_al.report.chart import FRAME_ROWS, Axis, log_ticks, round_ticks
from tui_al.report.rendering.heat import contrast, css
from tui_al.report.rendering.looks import Look, Looks, drawable, series_of
from tui_al.report.rendering.values import write_ticks, write_value
from tui_al.textsafe import visible

_ROWS = 14  # of a chart's canvas
_MARKS = 56  # on a chart: more would hide the lines


def lines_renderables(lines: Lines, looks: Looks, width: int) -> Iterator[RenderableType]:
    """Title, curves and a legend whose names stand in the order in which the curves end."""
    yield Text(visible(lines.title, one_line=True), "bold")
    points = drawable(lines)
    if points.is_empty():
        yield Text("nothing to draw", "dim")
        return
    across = _Across.of(lines, points)
    curves = {
        str(name): _Curve(
            list(map(across.place, part[lines.x])), part[lines.y].to_list(), looks[str(name)]
        )
        for (name,), part in points.group_by(lines.series, maintain_order=True)
    }
    yield Text.from_ansi(_plot(lines, curves, across, width).rstrip("\n"), no_wrap=True)
    ends = sorted(curves.items(), key=lambda item: item[1].values[-1], reverse=True)
    said = ((name, curve.look, write_value(curve.values[-1], lines.kind)) for name, curve in ends)
    yield _legend(said, width)


def bars_renderables(bars: Bars, looks: Looks, width: int) -> Iterator[RenderableType]:
    """Title, legend and a horizontal bar a value of x, its parts made of their markers."""
    yield Text(visible(bars.title, one_line=True), "bold")
    if bars.frame.is_empty():
        yield Text("nothing to draw", "dim")
        return
    shown = {name: looks[name] for name in series_of(bars)}
    yield _legend(((name, look, "") for name, look in shown.items()), width)
    names = {x: write_value(x) for x in bars.frame[bars.x].unique()}
    column = min(max(map(cell_len, (*names.values(), bars.x_title))), width // 3)
    whole = width - column - 2
    yield _row(Text(visible(bars.x_title)), column, Text(visible(bars.y_title)), "dim")
    for (x,), part in bars.frame.group_by(bars.x, maintain_order=True):
        shares = {str(name): share or 0.0 for name, share in
                  part.select(bars.series, bars.y).iter_rows()}  # fmt: skip
        yield _row(Text(names[x]), column, _stack(shares, shown, whole))


@dataclass(frozen=True, slots=True)
class _Curve:
    """Points along the axes, and what tells the curve from others."""

    x: list[float]
    values: list[float]
    look: Look


@dataclass(frozen=True, slots=True)
class _Across:
    """A horizontal axis: numbers, their logarithms, or names one after the other."""

    names: Mapping[object, int]
    log: bool
    low: float
    high: float
    ticks: Sequence[float]
    labels: Sequence[str]

    @classmethod
    def of(cls, lines: Lines, points: pl.DataFrame) -> "_Across":
        values = points[lines.x]
        if not values.dtype.is_numeric():
            names = {name: place for place, name in enumerate(values.unique(maintain_order=True))}
            labels = [write_value(name) for name in names]
            return cls(names, False, -0.5, len(names) - 0.5, list(names.values()), labels)
        low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]
        if lines.log_x:
            ticks = log_ticks(values)
            places = [math.log10(tick) for tick in ticks]
            labels = [f"{tick:,g}" for tick in ticks]
            return cls({}, True, math.log10(low) - 0.1, math.log10(high) + 0.1, places, labels)
        if high == low:
            return cls({}, False, low - 1, high + 1, [low], [f"{low:,g}"])
        ticks = round_ticks(low, high, 8)
        start = 0.0 if 0 <= ticks[0] < ticks[1] - ticks[0] else low
        ticks = [tick for tick in ticks if start <= tick <= high]
        return cls({}, False, start, high, ticks, write_ticks(ticks, "count"))

    def place(self, value: Any) -> float:
        if self.names:
            return float(self.names[value])
        return math.log10(value) if self.log else float(value)


def _plot(lines: Lines, curves: Mapping[str, _Curve], across: _Across, width: int) -> str:
    """The canvas with its axes, in plotext's escape codes."""
    import plotext

    values = [value for curve in curves.values() for value in curve.values]
    reference = [] if lines.reference is None else [lines.reference]
    low, high = min(values + reference), max(values + reference)
    spare = 0.0 if high > low else (abs(low) or 1.0) / 10
    up = Axis.around(low - spare, high + spare, _ROWS)
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limitsize(False, False)
    plotext.plotsize(width, _ROWS + FRAME_ROWS + 1)
    plotext.ylim(up.low, up.high)
    plotext.yticks(up.ticks, write_ticks(up.ticks, lines.kind))
    plotext.xlim(across.low, across.high)
    plotext.xticks(across.ticks, across.labels)
    plotext.xlabel(visible(lines.x_title, one_line=True))
    plotext.ylabel(visible(lines.y_title, one_line=True))
    for level in reference:
        plotext.plot([across.low, across.high], [up.on_line(level)] * 2, marker="┄", color="gray")
    for curve in curves.values():
        plotext.plot(curve.x, curve.values, marker="braille", color=curve.look.color)
    for place, curve in enumerate(curves.values()):
        marked = _marked(len(curve.values), place, len(curves))
        plotext.scatter(
            [curve.x[point] for point in marked],
            [up.on_line(curve.values[point]) for point in marked],
            marker=curve.look.marker,
            color=curve.look.color,
        )
    return str(plotext.build())


def _marked(points: int, place: int, curves: int) -> Sequence[int]:
    """Points of a curve that get its marker: staggered, where all would hide each other."""
    step = max(1, math.ceil(points * curves / _MARKS))
    return range(place % min(step, points), points, step)


def _legend(entries: Iterable[tuple[str, Look, str]], width: int) -> Text:
    """Marker, name and value of each curve; an entry stays on one line, its name cut for that."""
    legend, used = Text(), 0
    for name, look, value in entries:
        shown = Text(visible(name, one_line=True))
        shown.truncate(width - cell_len(value) - 3, overflow="ellipsis")
        said = f" {shown} {value}".rstrip()
        length = 1 + cell_len(said)
        if used and used + 3 + length <= width:
            legend.append("   ")
            used += 3
        elif used:
            legend.append("\n")
            used = 0
        legend.append(look.marker, css(look.color)).append(said)
        used += length
    return legend


def _row(name: Text, column: int, rest: Text, style: str = "") -> Text:
    name.truncate(column, overflow="ellipsis")
    name.align("right", column)
    return Text.assemble(name, "  ", rest, style=style, no_wrap=True)


def _stack(shares: Mapping[str, float], looks: Looks, whole: int) -> Text:
    """The parts of a bar; a part that is long enough has its share written in it."""
    bar = Text()
    begin, total = 0, 0.0
    for name, look in looks.items():
        total += shares.get(name, 0.0)
        end = round(min(total, 1.0) * whole)
        cells = end - begin
        said = f" {write_value(shares.get(name), 'percent', 2)} "
        said = said if cells >= len(said) + 2 else ""
        before = (cells - len(said)) // 2
        # Markers are as good as invisible on their own colour, and all there is without colours.
        solid, ink = css(look.color), css(contrast(look.color))
        bar.append(look.marker * before, Style(color=solid, bgcolor=solid))
        bar.append(said, Style(color=ink, bgcolor=solid))
        bar.append(look.marker * (cells - before - len(said)), Style(color=solid, bgcolor=solid))
        begin = end
    return bar
