"""The embedding jobs of the sitting, one row each."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.message import Message
from textual.widgets import DataTable

from tui_al.textsafe import visible
from tui_al.tui.embedding_cells import SIGNS
from tui_al.tui.embedding_jobs import EmbeddingState
from tui_al.tui.embedding_words import describe_progress
from tui_al.tui.widgets.rows import RowTable

_COLUMNS = (("", 1), ("dataset x model", 28), ("how far", 100))
_SIGNS = {"waiting": SIGNS["waiting"], "running": SIGNS["running"], "done": SIGNS["here"],
          "stopped": "■", "failed": SIGNS["failed"]}  # fmt: skip


class JobList(RowTable):
    """What waits, what is done now, and what became of the others."""

    BINDING_GROUP_TITLE = "This list"

    class Opened(Message):
        """Enter, or a click on the cursor: more is wanted on a job."""

        def __init__(self, job: EmbeddingState) -> None:
            super().__init__()
            self.job = job

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=1)
        self.border_title = "Jobs: none yet"
        self.show_header = False
        self._jobs: Sequence[EmbeddingState] = ()

    def on_mount(self) -> None:
        for title, width in _COLUMNS:
            self.add_column(Text(title), width=width)

    def show(self, jobs: Sequence[EmbeddingState]) -> None:
        """Show these jobs, the newest last."""
        cursor = self.cursor_row
        self._jobs = list(jobs)
        self.clear()
        for job in jobs:
            self.add_row(*map(_cell, _words(job)))
        self.move_cursor(row=min(cursor, max(0, len(jobs) - 1)), animate=False)
        self.border_title = f"Jobs: {len(jobs)}" if jobs else "Jobs: none yet"
        self.show_header = bool(jobs)

    def update(self, job: EmbeddingState) -> None:
        """Show how far a job is now."""
        if job in self._jobs:
            row = self._jobs.index(job)
            for column, words in enumerate(_words(job)):
                self.update_cell_at((row, column), _cell(words))  # type: ignore[arg-type]

    @property
    def current(self) -> EmbeddingState | None:
        """The job under the cursor."""
        return self._jobs[self.cursor_row] if self.cursor_row < len(self._jobs) else None

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(self.Opened(self.current))


def _words(job: EmbeddingState) -> tuple[str, str, str]:
    how = job.reason or job.state
    if job.progress is not None and job.state != "failed":
        amount, rate, left = describe_progress(job.progress)
        running = job.state == "running"
        left = f"{left} left" if left and running else ""
        how = " · ".join(filter(None, (amount, rate, left)))
        how = how if running else f"{job.state}: {how}"
    return _SIGNS[job.state], " x ".join(job.pair), how


def _cell(words: str) -> Text:
    return Text(visible(words, one_line=True), no_wrap=True, overflow="ellipsis")
