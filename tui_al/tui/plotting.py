"""Curves on a canvas: axes, zoom, bands, marks and the crosshair, as printed rows."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style

from tui_al.report.chart import round_ticks
from tui_al.report.palette import Rgb
from tui_al.tui.canvas import DOTS_ACROSS, DOTS_HIGH, Canvas, Glyph, mix, paint
from tui_al.tui.series import Series

LEAST_COLUMNS, LEAST_ROWS = 16, 5
_FOOT = 2  # rows below the canvas: the axis and its numbers
_LEAST_SPAN = 0.05  # of the metric: a flat curve should look flat
_MARGIN = 0.06  # of what there is, around it
_COLUMNS_A_TICK, _ROWS_A_TICK = 10, 1.4
_CROWD = 3  # curves from which on not every cycle of each is marked
_GRID, _CROSS = "┈", "│"

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is behind the curves, and the colour of what is written on it.

    `shaded` is set where a tint of the ground cannot be seen.
    """

    back: Rgb
    front: Rgb
    dark: bool
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Where values are on a canvas of `columns` x `rows`, right of `left` columns of numbers."""

    columns: int
    rows: int
    left: int
    window: Window
    span: Window
    ticks_x: Sequence[float]
    ticks_y: Sequence[float]

    def dot_x(self, x: float) -> int:
        low, high = self.window
        return round((x - low) / (high - low) * (self.columns * DOTS_ACROSS - 1))

    def dot_y(self, value: float) -> int:
        low, high = self.span
        return round((value - low) / (high - low) * (self.rows * DOTS_HIGH - 1))

    def column(self, x: float) -> int:
        return self.dot_x(x) // DOTS_ACROSS

    def row(self, value: float) -> int:
        """From the top."""
        return self.rows - 1 - self.dot_y(value) // DOTS_HIGH

    def height(self, value: float) -> float:
        """In rows from the bottom."""
        low, high = self.span
        return (value - low) / (high - low) * (self.rows - 1 / DOTS_HIGH)

    def x_at(self, column: int) -> float:
        """The value in the middle of a column of the whole chart."""
        low, high = self.window
        return low + (column - self.left - 0.5) / self.columns * (high - low)


def full_window(series: Sequence[Series], reach: float) -> Window:
    """All of the axis, between round numbers; `reach` is where the curves are going to end."""
    xs = [x for one in series for x in (one.xs[0], one.xs[-1])]
    low, high = min(xs), max(*xs, reach)
    ticks = round_ticks(low if low < high else 0.0, high, 8)  # of a single point, from 0 to there
    return (0.0 if ticks[0] < ticks[1] - ticks[0] else ticks[0]), ticks[-1]


def make_plan(series: Sequence[Series], width: int, height: int, window: Window) -> Plan | None:
    """Fit the values that a window shows into a chart of this size; None where none fits."""
    rows = height - _FOOT
    if rows < LEAST_ROWS or width < LEAST_COLUMNS:
        return None
    values = list(_visible_values(series, window)) or [v for one in series for v in one.values]
    span = _fit(min(values), max(values))
    ticks_y = _ticks(span, rows)
    left = 1 + max(len(number) for number in _numbers(ticks_y))
    columns = width - left - 1
    ticks = round_ticks(*window, max(2, min(8, columns // _COLUMNS_A_TICK)))
    ticks_x = [tick for tick in ticks if window[0] <= tick <= window[1]]
    return Plan(columns, rows, left, window, span, ticks_x, ticks_y)


def _fit(low: float, high: float) -> Window:
    """A little more than what there is, within what a share can be."""
    middle, half = (low + high) / 2, max((high - low) * (1 + _MARGIN), _LEAST_SPAN) / 2
    return max(0.0, middle - half), min(1.0, middle + half)


def _ticks(span: Window, rows: int) -> list[float]:
    """As many round numbers as stand two rows apart."""
    low, high = span
    for most in range(rows // 2 + 2, 1, -1):
        ticks = [tick for tick in round_ticks(low, high, most) if low <= tick <= high]
        if len(ticks) > 1 and (ticks[1] - ticks[0]) / (high - low) * (rows - 1) >= _ROWS_A_TICK:
            return ticks
    return [low, high]


def _visible_values(series: Sequence[Series], window: Window) -> Iterator[float]:
    low, high = window
    for one in series:
        for x, value, spread in zip(one.xs, one.values, one.spreads, strict=True):
            if low <= x <= high:
                yield value + spread
                yield value - spread


def _numbers(ticks: Sequence[float]) -> list[str]:
    decimals = max((len(f"{tick:.4g}".partition(".")[2]) for tick in ticks), default=0)
    return [f"{tick:.{decimals}f}" for tick in ticks]


class Plot:
    """A chart, drawn once; where its crosshair stands is another matter."""

    def __init__(self, series: Sequence[Series], plan: Plan, ground: Ground) -> None:
        self.plan = plan
        self._ordered = sorted(series, key=lambda one: one.shown)  # the one pointed out on top
        self._ground = ground
        self._canvas = canvas = Canvas(plan.columns, plan.rows, ground.back, shaded=ground.shaded)
        faint = Glyph(_GRID, mix(ground.back, ground.front, 0.22))
        for row in map(plan.row, plan.ticks_y):
            for column in range(plan.columns):
                canvas.rule(column, row, faint)
        for one in self._ordered:
            _draw_band(canvas, plan, one, self._color(one))
        for one in self._ordered:
            _draw_line(canvas, plan, one, self._color(one))
        for place, one in enumerate(self._ordered):
            _draw_marks(canvas, plan, one, self._color(one), (place, len(self._ordered)))

    def _color(self, one: Series) -> Rgb:
        return one.mark.color(dark=self._ground.dark)

    def rows(self, cycle: int | None = None) -> list[list[Segment]]:
        """The rows of the chart; `cycle` is where the crosshair stands."""
        back, front, plan = self._ground.back, self._ground.front, self.plan
        upright, over = None, []
        if cycle is not None:
            pointed = self._ordered[-1]
            column = plan.column(pointed.xs[pointed.last(cycle)])
            upright = (column, Glyph(_CROSS, mix(back, front, 0.6)))
            over = [self._read(one, cycle) for one in self._ordered if cycle < len(one.values)]
        lines = self._canvas.lines(upright, over)
        return _frame(lines, plan, mix(back, front, 0.65))

    def _read(self, one: Series, cycle: int) -> tuple[int, int, Glyph]:
        """The mark of the cycle that is read."""
        glyph = Glyph(one.mark.marker, self._color(one), inverse=True)
        return self.plan.column(one.xs[cycle]), self.plan.row(one.values[cycle]), glyph


def _draw_band(canvas: Canvas, plan: Plan, one: Series, color: Rgb) -> None:
    if not one.banded:
        return
    edges = [(value - s, value + s) for value, s in zip(one.values, one.spreads, strict=True)]
    dots = [plan.dot_x(x) for x in one.xs]
    first, last = dots[0] // DOTS_ACROSS, dots[-1] // DOTS_ACROSS
    for column in range(max(0, first), min(plan.columns - 1, last) + 1):
        middle = column * DOTS_ACROSS + 0.5
        after = min(max(1, bisect_right(dots, middle)), len(dots) - 1)
        before = after - 1 if after else 0
        gap = dots[after] - dots[before]
        share = min(1.0, max(0.0, (middle - dots[before]) / gap)) if gap else 0.0
        low, high = (
            plan.height(a + (b - a) * share)
            for a, b in zip(edges[before], edges[after], strict=True)
        )
        canvas.band(column, low, high, color)


def _draw_line(canvas: Canvas, plan: Plan, one: Series, color: Rgb) -> None:
    dots = [(plan.dot_x(x), plan.dot_y(v)) for x, v in zip(one.xs, one.values, strict=True)]
    for (x0, y0), (x1, y1) in pairwise(dots):
        if x1 >= 0 and x0 < plan.columns * DOTS_ACROSS:
            canvas.line(x0, y0, x1, y1, color)


def _draw_marks(
    canvas: Canvas, plan: Plan, one: Series, color: Rgb, place: tuple[int, int]
) -> None:
    """Every cycle's mark, where curves are few; of many, each curve has its own cycles' turn."""
    number, among = place
    every = 1 if among <= _CROWD else min(among, _CROWD + 1)
    last = len(one.values) - 1
    for t, (x, value) in enumerate(zip(one.xs, one.values, strict=True)):
        if t == last or (t + number) % every == 0:
            canvas.put(plan.column(x), plan.row(value), Glyph(one.mark.marker, color))


def _frame(lines: Sequence[list[Segment]], plan: Plan, color: Rgb) -> list[list[Segment]]:
    style = paint(color)
    numbers = {
        plan.row(tick): number
        for tick, number in zip(plan.ticks_y, _numbers(plan.ticks_y), strict=True)
    }
    rows = []
    for row, line in enumerate(lines):
        number = numbers.get(row, "")
        edge = "┤" if number else "│"
        head = Segment(f"{number:>{plan.left - 1}} {edge}", style)
        rows.append([head, *line])
    return [*rows, *_foot(plan, style)]


def _foot(plan: Plan, style: Style) -> list[list[Segment]]:
    """The axis with its ticks, and their numbers below."""
    line = ["─"] * plan.columns
    below = [" "] * (plan.left + 1 + plan.columns)
    taken = 0
    for tick, number in zip(plan.ticks_x, _numbers(plan.ticks_x), strict=True):
        column = min(max(0, plan.column(tick)), plan.columns - 1)
        line[column] = "┬"
        start = min(plan.left + 1 + column - len(number) // 2, len(below) - len(number))
        if start >= taken:
            below[start : start + len(number)] = number
            taken = start + len(number) + 1
    axis = " " * plan.left + "└" + "".join(line)
    return [[Segment(axis, style)], [Segment("".join(below), style)]]
