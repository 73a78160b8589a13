"""A dialog with the stored runs, to choose one of them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_al.results.runs import RunIdentity
from tui_al.textsafe import visible
from tui_al.tui.exploration import mark_of
from tui_al.tui.screens.dialogs import Dialog, DialogBox
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable
from tui_al.tui.widgets.tints import tint_of

_COLUMNS = (
    LineColumn("strategy", 14),
    LineColumn("dataset", 14),
    LineColumn("model", 18),
    LineColumn("initial", 10),
    LineColumn("seed", 4, right=True),
    LineColumn("labels", 7, right=True),
    LineColumn(""),
)


class _Filtered(Message, bubble=False):
    def __init__(self, runs: Sequence[RunIdentity]) -> None:
        super().__init__()
        self.runs = runs


class ChooseRunScreen(Dialog[RunIdentity]):
    """Runs in a list that narrows as words are typed: each word in some name of the run.

    `states` says of those without all their labels, by run id, how they are: running, stopped.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next", show=False),
        Binding("up", "step(-1)", "Previous", show=False),
    ]

    def __init__(self, title: str, runs: Sequence[RunIdentity], states: Mapping[str, str]) -> None:
        super().__init__()
        self._states = states
        self._title = title
        self._runs = self._shown = runs

    def compose(self) -> ComposeResult:
        with DialogBox(self._title, wide=True, hint="Enter chooses, Esc closes") as box:
            box.can_focus = False
            yield Input(placeholder="words of its names, such as: trec6 margin 0", compact=True)
            yield LineTable("runs")

    def on_mount(self) -> None:
        self._show(self._runs)

    def _show(self, runs: Sequence[RunIdentity]) -> None:
        self._shown = runs
        self.query_one(LineTable).show_rows(lambda _: _COLUMNS, len(runs), self._cells)
        self.query_one(DialogBox).border_title = f"{self._title} ({len(runs):,})"

    def _cells(self, row: int) -> Cells:
        run = self._shown[row]
        mark = mark_of(run)
        name = Text().append(f"{mark.marker} ", tint_of(self, mark))
        labels = self._states.get(run.run_id, f"{run.budget:,}")
        names = (run.dataset, run.model, run.ips, str(run.seed), labels, "")
        cells = (Text(visible(cell, one_line=True)) for cell in names)
        return (name.append(visible(run.strategy, one_line=True)), *cells)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value.casefold().split())

    @work(thread=True, exclusive=True, group="filter")
    def _filter(self, words: Sequence[str]) -> None:
        found = [run for run in self._runs if _matches(run, words)]
        if not get_current_worker().is_cancelled:
            self.post_message(_Filtered(found))

    @on(_Filtered)
    def _filtered(self, message: _Filtered) -> None:
        self._show(message.runs)

    def action_step(self, step: int) -> None:
        self.query_one(LineTable).cursor += step

    @on(Input.Submitted)
    @on(LineTable.Opened)
    def _chosen(self) -> None:
        if self._shown:
            self.dismiss(self._shown[self.query_one(LineTable).cursor])


def _matches(run: RunIdentity, words: Sequence[str]) -> bool:
    names = f"{run.strategy} {run.dataset} {run.model} {run.ips} seed {run.seed}".casefold()
    parts = names.split()
    return all(word in parts if word.isdecimal() else word in names for word in words)
