"""Everything that is stored of one run, over the screen that lists it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_al.errors import first_line
from tui_al.report.run_facts import FactGroup, describe_run, repeat_command
from tui_al.textsafe import visible
from tui_al.tui.screens.dialogs import Dialog, DialogBox

_NAMES = 16  # cells of a fact's name


class RunFactsScreen(Dialog[None]):
    """What was computed, from what, by what, and the command that does it again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,i,enter", "dismiss", "Close")]

    def __init__(self, read: Callable[[], Mapping[str, Any] | None]) -> None:
        """`read` gives the run's row of `ResultStore.runs`, None where it is gone. It is called
        in a thread."""
        super().__init__()
        self._read_run = read
        self._command: str | None = None

    def compose(self) -> ComposeResult:
        with DialogBox("Run", wide=True, hint="y copies the command   Esc closes"):
            yield Static("Reading ...", id="facts")

    def on_mount(self) -> None:
        self._read()

    @work(thread=True, exit_on_error=False)
    def _read(self) -> None:
        try:
            run = self._read_run()
        except Exception as error:  # a damaged file, say: the app stays
            self.app.call_from_thread(self._say, first_line(error))
            return
        if run is None:
            self.app.call_from_thread(self._say, "This run was deleted meanwhile.")
        else:
            self.app.call_from_thread(self._show, describe_run(run), repeat_command(run))

    def _show(self, groups: Sequence[FactGroup], command: str) -> None:
        self._command = command
        again = FactGroup("To compute it again", (("", command),))
        self.query_one("#facts", Static).update(Group(*map(_draw, (*groups, again))))

    def _say(self, sentence: str) -> None:
        self.query_one("#facts", Static).update(Text(visible(sentence)))

    def copyable(self) -> str | None:
        return self._command


def _draw(group: FactGroup) -> Group:
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    if any(name for name, _ in group.facts):
        table.add_column(width=_NAMES, style="dim", no_wrap=True, overflow="ellipsis")
    table.add_column(ratio=1, overflow="fold")
    for fact in group.facts:
        table.add_row(*(Text(visible(part, one_line=True)) for part in fact if part))
    return Group(Text(group.title, style="bold"), table, Text())
