"""What is below the chart: the cycles of one run, their texts, and the log."""

from typing import Literal, get_args

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.event_log import EventLog
from tui_al.tui.widgets.queried import QueriedTexts

Pane = Literal["texts", "log", "none"]
PANES: tuple[Pane, ...] = get_args(Pane)


class Details(Horizontal):
    """Cycles and texts (and, where it is very wide, the log), or cycles and log, or nothing."""

    def __init__(self) -> None:
        super().__init__(id="details", classes="-texts")
        self._pane: Pane = "texts"

    def compose(self) -> ComposeResult:
        yield CycleTable()
        yield QueriedTexts()
        yield EventLog()

    @property
    def pane(self) -> Pane:
        return self._pane

    def turn(self) -> None:
        """Show the next arrangement."""
        self.show(PANES[(PANES.index(self._pane) + 1) % len(PANES)])

    def show(self, pane: Pane) -> None:
        """Show an arrangement; what is hidden gives the focus away."""
        self._pane = pane
        for name in PANES:
            self.set_class(name == pane, f"-{name}")
