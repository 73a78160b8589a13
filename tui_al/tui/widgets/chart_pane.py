"""The chart of a session's runs with the lines that name them."""

from dataclasses import replace

from tui_al.tui.memory import Memory
from tui_al.tui.series import draw_from
from tui_al.tui.session import Session
from tui_al.tui.widgets.curves_pane import CurvesPane


class ChartPane(CurvesPane):
    """Runs as they are computed: over labels or seconds, each by itself or means over seeds.
    The axis is remembered too."""

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__("live", memory, empty="The curve grows here, a point a cycle.")
        self._session = session
        if memory.recall("live", "axis", "") == "seconds":
            self.look = self.look.other_axis()

    def update_curves(self) -> None:
        """Draw the session as it is now."""
        series = draw_from(self._session, self.look)
        budgets = [run.budget for run in self._session.comparable()]
        by_labels = self.look.axis == "labels"
        self.draw(series, max(budgets, default=1) if by_labels else 0.0)

    def other_axis(self) -> None:
        self.chart.fit()
        self.change(self.look.other_axis())
        self._memory.remember("live", axis=self.look.axis)

    def show_means(self, *, shown: bool | None = None) -> None:
        """Means over seeds, or each run by itself; None for the other of the two."""
        mean = not self.look.mean if shown is None else shown
        self.change(replace(self.look, mean=mean))
