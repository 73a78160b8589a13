"""A chart with the lines that name its curves, and how one looks at them."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui_al.tui.memory import Memory
from tui_al.tui.series import METRIC_NAMES, Series, View
from tui_al.tui.widgets.legend import Legend, LegendEntry
from tui_al.tui.widgets.live_chart import LiveChart


class CurvesPane(Vertical):
    """Names curves and reads their values: the newest, or those under the crosshair. The metric
    is remembered. A subclass draws, with `update_curves`."""

    def __init__(self, page: str, memory: Memory, *, empty: str) -> None:
        """`page` is the screen; `empty` a sentence for when there are no curves."""
        super().__init__()
        self._page = page
        self._memory = memory
        self._empty = empty
        self._series: Sequence[Series] = ()
        self._named: tuple[object, ...] = ()  # what the legend names
        metric = memory.recall(page, "metric", "")
        self.look = View(next((one for one in METRIC_NAMES if one == metric), "accuracy"))

    def compose(self) -> ComposeResult:
        yield Legend()
        yield LiveChart(self._empty)

    @property
    def chart(self) -> LiveChart:
        return self.query_one(LiveChart)

    def update_curves(self) -> None:
        """Draw what there is now, as `look` says."""
        raise NotImplementedError

    def draw(self, series: Sequence[Series], reach: float) -> None:
        """Draw these curves; the axis reaches to `reach` from the start."""
        self._series = series
        self.chart.show(series, reach)
        self._name_curves()

    def next_metric(self) -> None:
        self.change(self.look.next_metric())

    def change(self, look: View) -> None:
        """Look at the curves another way."""
        self.look = look
        self._memory.remember(self._page, metric=look.metric)
        self.update_curves()

    def step(self, by: int) -> None:
        """Move the crosshair; its values are painted with it, not a frame later."""
        self.chart.step(by)
        self._name_curves()

    def go_back(self) -> bool:
        """Take the crosshair away, else the zoom; whether there was either."""
        if self.chart.cycle is not None:
            self.chart.read(None)
            return True
        return self.chart.fit()

    @on(LiveChart.Read)
    def _name_curves(self) -> None:
        cycle, title = self.chart.cycle, self.look.title
        wanted = (cycle, self.look, self._series)
        if wanted == self._named:
            return
        self._named = wanted
        if self._series and cycle is not None:
            pointed = next((one for one in self._series if one.shown), self._series[-1])
            title = self.look.at(cycle, pointed.labels[pointed.last(cycle)])
        entries = [_entry(one, cycle, mean=self.look.mean) for one in self._series]
        self.query_one(Legend).show(entries, title)


def _entry(one: Series, cycle: int | None, *, mean: bool) -> LegendEntry:
    at = one.last(cycle)
    seeds = one.seeds[at]
    note = f"×{seeds}" if mean else ""
    spread = one.spreads[at] if seeds > 1 else None
    return LegendEntry(one.label, one.values[at], one.mark, one.shown, spread, note)
