"""One line that says what is going on, with a bar while something is."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from tui_al.progress import Progress
from tui_al.textsafe import visible
from tui_al.tui.keys import fill_in, written_keys


class StatusLine(Horizontal):
    """What is happening and how far it has come."""

    def compose(self) -> ComposeResult:
        yield Static(id="state", markup=False)
        yield ProgressBar(id="bar", show_eta=False, show_percentage=False)

    def say(self, text: str, *, done: float | None = None, total: float | None = None) -> None:
        """Show a sentence, in which {live.run} is that action's key; with `total`, the bar at
        `done`."""
        sentence = fill_in(text, written_keys(self.app))
        shown = Text(visible(sentence, one_line=True), no_wrap=True)
        self.query_one("#state", Static).update(shown, layout=False)  # one line as wide as before
        bar = self.query_one(ProgressBar)
        bar.display = total is not None
        if total is not None:
            bar.update(total=total, progress=done or 0)

    def show_progress(self, progress: Progress) -> None:
        """Show a download or an embedding: amount, rate and time left."""
        if progress.unit == "B":
            amount = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB"
            rate = f"{progress.rate / 1e6:,.1f} MB/s"
        else:
            amount = f"{progress.done:,} of {progress.total:,} {progress.unit}"
            rate = f"{progress.rate:,.0f}/s"
        left = progress.seconds_left
        time_left = f" · {left:,.0f} s left" if left is not None and progress.done else ""
        what = progress.stage.partition(" ")[0].capitalize()  # the bar above names the rest
        self.say(f"{what} {amount} · {rate}{time_left}", done=progress.done, total=progress.total)
