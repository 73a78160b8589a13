"""Learning curves in plotext, the same on standard output and in the app."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui_al.learning.records import CycleRecord

Rgb = tuple[int, int, int]

# Okabe & Ito's colour-blind-safe palette, the strongest contrasts first. Each curve has a
# marker of its own too: colour is never the only difference.
PALETTE: tuple[Rgb, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (213, 94, 0),
    (0, 114, 178),
)
MARKERS = "●▲■◆✚★▼"

FRAME_ROWS = 3  # around a canvas: the frame and the line of ticks

_HEIGHT = 16
_LEAST_SPAN = 0.05  # of accuracy shown: a flat curve should look flat


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over labels; `style` numbers its colour and marker."""

    labels: Sequence[int]
    values: Sequence[float]
    style: int = 0

    @property
    def color(self) -> Rgb:
        return PALETTE[self.style % len(PALETTE)]

    @property
    def marker(self) -> str:
        return MARKERS[self.style % len(MARKERS)]


def plot_curves(
    figure: Any, curves: Sequence[Curve], *, rows: int, last_label: int | None = None
) -> None:
    """Draw curves into a plotext figure whose canvas has `rows` rows.

    Ticks are round numbers, each cycle gets its curve's marker, and `last_label` extends
    the axis to where the curves are going to end.
    """
    figure.clear_data()
    values = [value for curve in curves for value in curve.values] or [0.0, 1.0]
    labels = [label for curve in curves for label in curve.labels] or [0]
    middle, half = (min(values) + max(values)) / 2, max(max(values) - min(values), _LEAST_SPAN) / 2
    axis = _Axis.around(max(0.0, middle - half), min(1.0, middle + half), rows)
    decimals = max(len(f"{tick:.10g}".partition(".")[2]) for tick in axis.ticks)
    figure.ylim(axis.low, axis.high)
    figure.yticks(axis.ticks, [f"{tick:.{decimals}f}" for tick in axis.ticks])
    spread = round_ticks(min(labels), max(*labels, last_label or 1), 8)
    figure.xlim(0 if spread[0] < spread[1] - spread[0] else spread[0], spread[-1])
    figure.xticks(spread, [f"{tick:.0f}" for tick in spread])
    for curve in curves:
        figure.plot(list(curve.labels), list(curve.values), marker="braille", color=curve.color)
        on_line = list(map(axis.on_line, curve.values))
        figure.scatter(list(curve.labels), on_line, marker=curve.marker, color=curve.color)


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers, evenly spaced, that enclose low..high; about `most` of them at most."""
    rough = (high - low or 1.0) / max(1, most - 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    steps = (factor * magnitude for factor in (1, 2, 2.5, 5, 10))
    step = next(step for step in steps if step >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = max(first + 1, math.ceil(high / step - 1e-9))
    return [round(index * step, 10) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Axis:
    """A vertical axis on a canvas of `rows` rows, its ticks a whole number of rows apart."""

    low: float
    high: float
    ticks: list[float]
    rows: int

    @classmethod
    def around(cls, low: float, high: float, rows: int) -> "_Axis":
        """The axis with the most round ticks, two rows apart at least, that shows low..high."""
        choices = (round_ticks(low, high, most) for most in range(rows // 2 + 1, 1, -1))
        fitting = (ticks for ticks in choices if 2 * (len(ticks) - 1) <= rows - 1)
        ticks = next(fitting, [low, high])
        apart, spare = divmod(rows - 1, len(ticks) - 1)
        row = (ticks[1] - ticks[0]) / apart
        below = spare // 2
        return cls(ticks[0] - below * row, ticks[-1] + (spare - below) * row, ticks, rows)

    def on_line(self, value: float) -> float:
        """The value whose row, as plotext rounds it, is the one that the braille line crosses.

        A braille cell is four dots high; marker and line, rounded apart, would part company.
        """
        dot = round((value - self.low) / (self.high - self.low) * (4 * self.rows - 1))
        return self.low + (dot // 4) / max(1, self.rows - 1) * (self.high - self.low)


def draw_accuracy(records: Sequence[CycleRecord], width: int, *, color: bool) -> str:
    """Accuracy over labels as text, `width` columns wide; without colour, no escape codes."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, _HEIGHT)
    curve = Curve([r.n_labeled for r in records], [r.accuracy for r in records])
    plot_curves(plotext, [curve], rows=_HEIGHT - FRAME_ROWS - 1)
    plotext.xlabel("labels")
    plotext.ylabel("accuracy")
    drawn = plotext.build()
    return str(drawn if color else plotext.uncolorize(drawn))
