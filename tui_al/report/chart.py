"""Learning curves in plotext, for standard output."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui_al.learning.records import CycleRecord
from tui_al.report.palette import Mark

FRAME_ROWS = 3  # around a canvas: the frame and the line of ticks

_HEIGHT = 16
_LEAST_SPAN = 0.05  # of accuracy shown: a flat curve should look flat


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers, evenly spaced, that enclose low..high; about `most` of them at most."""
    rough = (high - low or 1.0) / max(1, most - 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    steps = (factor * magnitude for factor in (1, 2, 2.5, 5, 10))
    step = next(step for step in steps if step >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = max(first + 1, math.ceil(high / step - 1e-9))
    return [round(index * step, 10) for index in range(first, last + 1)]


def log_ticks(values: Iterable[float]) -> list[float]:
    """1, 2 and 5 times powers of ten among positive values, or the least where none is."""
    low, high = min(values := list(values)), max(values)
    powers = range(math.floor(math.log10(low)), 1 + math.ceil(math.log10(high)))
    decimal = (factor * 10.0**power for power in powers for factor in (1, 2, 5))
    return [tick for tick in decimal if low <= tick <= high] or [low]


@dataclass(frozen=True, slots=True)
class Axis:
    """A vertical axis on a canvas of `rows` rows, its ticks a whole number of rows apart."""

    low: float
    high: float
    ticks: list[float]
    rows: int

    @classmethod
    def around(cls, low: float, high: float, rows: int) -> "Axis":
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


def draw_accuracy(records: Sequence[CycleRecord], mark: Mark, width: int, *, color: bool) -> str:
    """Accuracy over labels as text, `width` columns wide; without colour, no escape codes.

    Ticks are round numbers, each cycle gets its marker.
    """
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, _HEIGHT)
    labels, values = [r.n_labeled for r in records], [r.accuracy for r in records]
    middle, half = (min(values) + max(values)) / 2, max(max(values) - min(values), _LEAST_SPAN) / 2
    rows = _HEIGHT - FRAME_ROWS - 1
    axis = Axis.around(max(0.0, middle - half), min(1.0, middle + half), rows)
    decimals = max(len(f"{tick:.10g}".partition(".")[2]) for tick in axis.ticks)
    plotext.ylim(axis.low, axis.high)
    plotext.yticks(axis.ticks, [f"{tick:.{decimals}f}" for tick in axis.ticks])
    ticks = round_ticks(min(labels), max(*labels, 1), 8)
    plotext.xlim(0 if ticks[0] < ticks[1] - ticks[0] else ticks[0], ticks[-1])
    plotext.xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    plotext.plot(labels, values, marker="braille", color=mark.color(dark=True))
    on_line = list(map(axis.on_line, values))
    plotext.scatter(labels, on_line, marker=mark.marker, color=mark.color(dark=True))
    plotext.xlabel("labels")
    plotext.ylabel("accuracy")
    drawn = plotext.build()
    return str(drawn if color else plotext.uncolorize(drawn))
