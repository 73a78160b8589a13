"""One line on what is analysed: the metric, the slice, and whether it is being computed."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from tui_al.textsafe import visible
from tui_al.tui.slicing import FIELDS, Chosen

_WORKING = "working …"
_PATIENCE = 0.15  # seconds until it is worth saying that something is being computed


class Part(Static):
    """A part of the line that can be clicked."""

    def on_click(self) -> None:
        self.post_message(SliceLine.Clicked(self.id or ""))


class SliceLine(Horizontal):
    """Metric and slice; a click on either asks for another."""

    class Clicked(Message):
        """A part of the line was clicked: "metric" or "slice"."""

        def __init__(self, part: str) -> None:
            super().__init__()
            self.part = part

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def compose(self) -> ComposeResult:
        yield Part(id="metric", markup=False)
        yield Part(id="slice", markup=False)
        yield Static(id="working", markup=False)

    def show(self, metric: str, chosen: Chosen, runs: int | None, earlier: int) -> None:
        """Name the metric and the slice of so many runs; None while that is not known."""
        self.query_one("#metric", Part).update(metric)
        line = Text(no_wrap=True, overflow="ellipsis")
        for field, title in FIELDS.items():
            if names := chosen.names(field):
                line.append(f"{title} ", "dim")
                line.append(visible(", ".join(names), one_line=True), "bold")
                line.append("   ")
        if runs is not None:
            what = "" if line or not runs else "all of "
            number = f"{runs:,}" if runs else "no"
            line.append(f"{what}{number} stored {'run' if runs == 1 else 'runs'}", "dim")
        if earlier:
            line.append(f", {earlier:,} of an earlier text or embedding left out", "dim")
        self.query_one("#slice", Part).update(line)

    def work(self, *, busy: bool) -> None:
        """Say that something is being computed, if it takes longer than a moment."""
        self._busy = busy
        if busy:
            self.set_timer(_PATIENCE, self._tell)
        else:
            self._tell()

    def _tell(self) -> None:
        self.query_one("#working", Static).update(_WORKING if self._busy else "")
