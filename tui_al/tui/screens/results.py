"""The results screen: the stored runs in a table, the curves of the selected ones below."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_al.analysis.browse import Stored
from tui_al.errors import first_line
from tui_al.tui import results_words as words
from tui_al.tui.asking import Asking
from tui_al.tui.browsing import Browsing, Marked
from tui_al.tui.keys import bind
from tui_al.tui.keys.results import KEYS
from tui_al.tui.looking import Found, Problem, Wanted, find
from tui_al.tui.overlay import mark_rows
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.screens.results_dialogs import ColumnsScreen, DeleteScreen, ExportScreen
from tui_al.tui.screens.run_facts import RunFactsScreen
from tui_al.tui.services import Services
from tui_al.tui.stored_runs import Parts, Reading, StoredRuns, Visit
from tui_al.tui.widgets.filter_line import FilterLine
from tui_al.tui.widgets.frame_table import FrameTable
from tui_al.tui.widgets.overlay_pane import OverlayPane

_ON_ROWS = frozenset(key.does for key in KEYS) - {"reload"}


class ResultsScreen(AppScreen):
    """Keys change what is wanted; threads read the store and find the rows. What a key does to
    a row, it does to the one that is seen."""

    PAGE = "results"
    HELP = words.HELP
    CSS_PATH = "../styles/results.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bind(KEYS),
        Binding("enter", "leave_filter", "To the rows", priority=True),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._runs = StoredRuns(services.cache)
        self._stored: Stored | None = None
        self._browsing = Browsing(services.memory)
        self._found: Found | None = None  # what the table shows
        self._parts: Parts | None = None  # that were read
        self._reading = Asking(self, self._runs.read, self._take, fail=self._complain_of_store)
        self._finding = Asking(self, find, self._show, fail=self.complain)

    def compose_body(self) -> ComposeResult:
        yield FilterLine()
        yield FrameTable(id="table")
        yield Static(words.NOTHING, id="nothing", markup=False)
        yield OverlayPane(self.services.memory, self.complain)

    def on_mount(self) -> None:
        self._table.border_title = "Reading the stored runs ..."
        self._table.focus()

    def on_screen_resume(self) -> None:
        """Shown again: something may have been stored meanwhile."""
        if self._parts is None:
            self._read()
        else:
            self.when_settled(self._read)

    def _read(self) -> None:
        self._reading.ask(Visit(self._parts))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without rows there is nothing that most keys could do; in the filter, characters are
        characters."""
        if action in _ON_ROWS and (self._stored is None or self._stored.runs.is_empty()):
            return False
        if action in ("filter", "leave_filter"):
            typing = self.is_mounted and self.focused is self._filter.field
            return typing == (action == "leave_filter")
        return super().check_action(action, parameters)

    @property
    def _table(self) -> FrameTable:
        return self.query_one(FrameTable)

    @property
    def _filter(self) -> FilterLine:
        return self.query_one(FilterLine)

    @property
    def _curves(self) -> OverlayPane:
        return self.query_one(OverlayPane)

    # What is read, and what of it is shown.

    def action_reload(self) -> None:
        self._reading.ask(Visit(None))

    def _take(self, reading: Reading) -> None:
        """There is something to look at, perhaps something new."""
        self._parts, stored = reading.parts, reading.stored
        if self._stored is not None and stored.runs.equals(self._stored.runs):
            return
        self._stored = stored
        self._browsing.forget(reading.known)
        self.set_class(stored.runs.is_empty(), "-empty")
        self.refresh_bindings()
        self._look()

    def _complain_of_store(self, reason: str) -> None:
        self.complain(reason, words.UNREADABLE)
        if self._stored is None:
            self._table.border_title = words.UNREADABLE

    def _look(self) -> None:
        """Ask for the rows that are wanted now."""
        if self._stored is None:
            return
        browsing = self._browsing
        look, marked = browsing.look, browsing.marked[browsing.look.grouped]
        self._finding.ask(
            Wanted(self._stored, look, browsing.hidden[look.level], (*marked.pinned,))
        )

    def _show(self, answer: Found | Problem) -> None:
        """Show the rows that were wanted; while the filter makes no sense, the last ones stay."""
        self._filter.complain(answer.reason if isinstance(answer, Problem) else "")
        if isinstance(answer, Found):
            self._found = answer
            self._table.border_title = answer.title
            self._table.show(answer, words.NO_MATCH)
            self._show_marks()

    def _show_marks(self) -> None:
        """Show what is selected and pinned: in the table, on its border, soon in the chart."""
        marked = self._marked
        self._table.mark(mark_rows(marked.selected), marked.pinned)
        self._table.border_subtitle = str(marked)
        self._show_curves()

    @on(FrameTable.Moved)
    def _show_curves(self) -> None:
        """Have the curves drawn of the selected rows and of that under the cursor."""
        if self._found is not None:
            here = self._table.here
            rows = {**self._marked.selected, **self._row_here}
            self._curves.show(self._found.wanted.stored, self._found.view, rows, here)

    @property
    def _marked(self) -> Marked:
        """What is marked of rows such as those that are seen."""
        return self._browsing.marked[self._found is None or self._found.view.grouped]

    @property
    def _row_here(self) -> dict[str, str]:
        """Key and strategy of the row under the cursor, if there is one."""
        here = self._table.here
        return {here: self._found.strategy_of(self._table.cursor)} if here and self._found else {}

    @property
    def _meant(self) -> dict[str, str]:
        """The selected rows, else the one under the cursor."""
        return self._marked.selected or self._row_here

    # What the keys do.

    def action_filter(self) -> None:
        self.set_focus(self._filter.field)

    def action_leave_filter(self) -> None:
        self.set_focus(self._table)

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        if event.text == self._filter.field.value:  # else there is another word on its way
            self._browsing.type(event.text, typing=event.typing)
            self._look()

    def action_sort(self) -> None:
        column = self._table.column
        if column is not None:
            self._sort(column.name)

    @on(FrameTable.SortAsked)
    def _sort_asked(self, event: FrameTable.SortAsked) -> None:
        self._sort(event.column)

    def _sort(self, column: str) -> None:
        self._browsing.sort(column)
        self._look()

    def action_group(self) -> None:
        self._browsing.toggle_grouped()
        self._look()

    def action_level(self) -> None:
        self._browsing.toggle_level()
        self._look()

    @on(FrameTable.Opened)
    def _opened(self, event: FrameTable.Opened) -> None:
        assert isinstance(event.rows, Found)
        if self._browsing.open(event.rows.wanted.look, event.key):
            self._look_elsewhere()

    def go_back(self) -> bool:
        """Out of the filter, then without crosshair, zoom and filter, then out of what was
        opened."""
        field = self._filter.field
        if field.has_focus:
            self.set_focus(self._table)
        elif self._curves.go_back():
            pass
        elif field.value:
            field.value = ""
        elif self._browsing.go_back():
            self._look_elsewhere()
        else:
            return False
        return True

    def _look_elsewhere(self) -> None:
        """Show another look, whose filter goes into the field."""
        self._filter.set_text(self._browsing.look.text)
        self._look()

    @on(FrameTable.Toggled)
    def _toggled(self, event: FrameTable.Toggled) -> None:
        assert isinstance(event.rows, Found)
        marked = self._browsing.marked[event.rows.view.grouped]
        marked.choose(event.key, event.rows.strategy_of(event.row))
        self._show_marks()

    def action_clear(self) -> None:
        self._marked.selected.clear()
        self._show_marks()

    def action_pin(self) -> None:
        here = self._table.here
        if here is not None:
            self._marked.pin(here)
            self._show_marks()
            self._look()

    def action_metric(self) -> None:
        self._curves.next_metric()

    def action_read(self, step: int) -> None:
        self._curves.step(step)

    def action_zoom(self, steps: int) -> None:
        self._curves.chart.zoom(steps)

    def copyable(self) -> str | None:
        table = self._table
        return "\t".join(table.written(table.cursor)) if table.row_count else None

    # Dialogs.

    def action_columns(self) -> None:
        if self._found is None:
            return
        view = self._found.view

        def answered(hidden: frozenset[str] | None) -> None:
            if hidden is not None:
                self._browsing.hide(view.level, hidden)
                self._look()

        self.app.push_screen(ColumnsScreen(view, self._browsing.hidden[view.level]), answered)

    def action_export(self) -> None:
        if self._found is not None:
            selected, metric = [*self._marked.selected], self._curves.look.metric
            self.app.push_screen(ExportScreen(self._found, selected, self._meant, metric))

    def action_facts(self) -> None:
        if self._found is None or self._table.here is None:
            return
        runs = self._found.wanted.stored.runs_of(self._found.view, [self._table.here])
        newest = str(runs.sort("finished")["run_id"][-1])
        self.app.push_screen(RunFactsScreen(partial(self._runs.facts, newest)))

    def action_delete(self) -> None:
        if self._found is None or not self._meant:
            return
        runs = self._found.wanted.stored.runs_of(self._found.view, self._meant)
        own = runs.filter(origin="own")
        if own.is_empty():
            self.complain(words.NOT_YOURS, "Nothing to delete")
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._delete([str(run) for run in own["run_id"]])

        self.app.push_screen(DeleteScreen(own, runs.height - own.height), answered)

    @work(thread=True, group="delete")
    def _delete(self, run_ids: list[str]) -> None:
        try:
            count = self._runs.delete(run_ids)
        except Exception as error:
            self.app.call_from_thread(self.complain, first_line(error), "Nothing was deleted")
            return
        self.app.call_from_thread(self.notify, words.say_deleted(count), timeout=4)
        self.app.call_from_thread(self.action_reload)
