"""Learning curves, and the line that names them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.align import Align
from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.widgets import Static
from textual_plotext import PlotextPlot

from tui_al.report.chart import FRAME_ROWS, Curve, plot_curves

_LEAST_HEIGHT = FRAME_ROWS + 2
_EMPTY = "The accuracy curve grows here, a point a cycle."


class CurveChart(PlotextPlot):  # type: ignore[misc]  # untyped library
    """Accuracy over labels for several runs."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[Curve] = ()
        self._last_label: int | None = None

    def show(self, curves: Sequence[Curve], last_label: int | None) -> None:
        """Draw these curves; the axis reaches to `last_label` from the start."""
        self._curves, self._last_label = curves, last_label
        self.refresh()

    def render(self) -> RenderResult:
        if not self._curves:
            return Align.center(Text(_EMPTY, "dim", justify="center"), vertical="middle")
        if self.size.height < _LEAST_HEIGHT:
            return Text()
        plot_curves(
            self.plt, self._curves, rows=self.size.height - FRAME_ROWS, last_label=self._last_label
        )
        drawn: RenderResult = super().render()
        return drawn


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A curve's name and its latest value."""

    label: str
    value: float
    curve: Curve
    shown: bool


class Legend(Static):
    """Marker, name and latest accuracy of each curve; the run shown below is underlined."""

    def show(self, entries: Sequence[LegendEntry]) -> None:
        line = Text(no_wrap=True, overflow="ellipsis")
        if entries:
            line.append("accuracy over labels   ", "dim")
        for entry in reversed(entries):  # the newest first: the line may be too short for all
            color = Style(color="rgb({},{},{})".format(*entry.curve.color))
            line.append(f"{entry.curve.marker} ", color)
            line.append(entry.label, Style(underline=entry.shown, bold=entry.shown))
            line.append(f" {entry.value:.3f}   ", "dim")
        self.update(line)
