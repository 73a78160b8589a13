"""The grid's screen: choose a slice, see what it takes, compute it, see what failed."""

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.theme import Theme
from textual.timer import Timer

from tui_al.grid.bulk import GridJob
from tui_al.report.catalog import DatasetRow, dataset_rows
from tui_al.tui.grid_options import GridOptions
from tui_al.tui.grid_status import say_status
from tui_al.tui.grid_work import GridWork
from tui_al.tui.jobs import JobReports
from tui_al.tui.keys import bind
from tui_al.tui.keys.grid import KEYS
from tui_al.tui.screens.grid_dialogs import BeginQuestion, FailureScreen, GridOptionsScreen
from tui_al.tui.screens.looking import LookingScreen
from tui_al.tui.services import Services
from tui_al.tui.slice import Slice
from tui_al.tui.widgets.costs import CostTable, FailureTable
from tui_al.tui.widgets.grid_choice import GridChoice
from tui_al.tui.widgets.picks import PickList
from tui_al.tui.widgets.status import StatusLine
from tui_al.tui.widgets.takes import TakesLines

_CHOSEN_FOR = 0.3  # seconds that a choice rests before it is counted
_TICK = 1.0  # seconds between two looks at the clock while runs are computed


class GridScreen(LookingScreen[Sequence[DatasetRow]]):
    """Hands in one grid at a time, computed by processes of their own."""

    PAGE = "grid"
    HELP = (
        "Every combination of what is ticked is a run: Space ticks, a ticks all, the arrows go "
        "from list to list. ○ is not on this machine yet: texts are fetched and embedded first, "
        "when you agree. o sets labels, cycles, workers and a time to fit into, or makes it a "
        "sweep: initial pools of many sizes, trained on alone.\n\n"
        "What the runs take is told below, by a calibration of a few seconds that is done again "
        "for whatever is new. r computes what is not stored yet. Each run is stored when it is "
        "done, so that stopping costs seconds, and the same choice goes on.\n\n"
        "A run that fails is noted with its error and left alone until t tries it again. y copies "
        "the command that computes the same grid in the shell."
    )
    CSS_PATH = "../styles/grid.tcss"
    AUTO_FOCUS = "#datasets"
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._desk = services.desks["grid"]
        self._questions = services.desks["questions"]
        self._work = GridWork()
        self._soon: Timer | None = None

    def compose_body(self) -> ComposeResult:
        rows = self._found = self.read_disk()
        yield GridChoice(rows, self.services.memory, self.services.choices)
        yield StatusLine()
        yield TakesLines(self.services.cache.root)
        with Vertical(id="work"):
            yield CostTable()
            yield FailureTable()

    def on_mount(self) -> None:
        self._show_state()
        self._count_soon()
        self.set_interval(_TICK, self._tick)
        self.app.theme_changed_signal.subscribe(self, self._recolor)

    def _recolor(self, _: Theme) -> None:
        self._show_state()

    def read_disk(self) -> Sequence[DatasetRow]:
        return dataset_rows(self.services.cache, self.services.data_dir)

    def show_disk(self, found: Sequence[DatasetRow]) -> None:
        self._choice.show_rows(found)
        self._count_soon()

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are dimmed."""
        if action == "stop":
            return True if self._work.computing is not None else None
        if action in ("run", "retry"):
            ready = self._work.computing is None and not self._choice.chosen.open
            return True if ready and (action == "run" or self._work.state.failures) else None
        return super().check_action(action, parameters)

    def action_choose(self) -> None:
        if isinstance(self.focused, PickList):
            self.focused.toggle()

    def action_all(self) -> None:
        if isinstance(self.focused, PickList):
            self.focused.toggle_all()

    def action_options(self) -> None:
        def answered(options: GridOptions | None) -> None:
            if options is not None:
                self._choice.set_options(options)

        self.app.push_screen(GridOptionsScreen(self._choice.chosen.options), answered)

    def action_run(self) -> None:
        costs = self._work.state.costs
        if costs is not None and not costs.todo and self._work.counting is None:
            self.notify("Nothing is left to compute", timeout=3)
            return
        self._ask_and_begin(retry=False)

    def action_retry(self) -> None:
        self._ask_and_begin(retry=True)

    def action_stop(self) -> None:
        if self._work.computing is None:
            return
        if self._work.stopping:
            self._desk.kill(self._work.computing)
            return
        self._work.stopping = True
        self._desk.stop(self._work.computing)
        self._say()

    def action_count(self) -> None:
        self._count()

    def copyable(self) -> str | None:
        failures = self.query_one(FailureTable)
        if self.focused is failures and failures.current is not None:
            return failures.current.reason
        return self._choice.chosen.command

    # Jobs.

    @on(GridChoice.Changed)
    def _choice_changed(self) -> None:
        self._work.choose_another()
        if self._work.computing is None:
            self.call_after_refresh(self._show_state)  # the tick is seen first
        self._count_soon()

    def _count_soon(self) -> None:
        """Count when the choice has rested; what was counted before is dropped."""
        self._drop_count()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(_CHOSEN_FOR, self._count_if_near)
        self._say()

    def _drop_count(self) -> None:
        if self._work.counting is not None:
            self._questions.stop(self._work.counting)
            self._work.counting = None

    def _count_if_near(self) -> None:
        if not self._choice.away:
            self._count()

    def _count(self) -> None:
        chosen = self._choice.chosen
        if self._work.computing is None and not chosen.open:
            self._drop_count()
            number = self.services.desks.new_number()
            self._work.count(number)
            self._questions.submit(self, self._job(number, chosen, dry=True))
            self._say()

    def _ask_and_begin(self, *, retry: bool) -> None:
        fetched, costs = sorted(self._choice.away), self._work.state.costs
        embedded = [f"{dataset} x {model}, {texts:,} texts"
                    for dataset, model, texts in (costs.unembedded if costs else ())]  # fmt: skip
        want = self.query_one(TakesLines).want(costs)
        if not fetched and not embedded and not want:
            self._begin(retry=retry)
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._begin(retry=retry)

        self.app.push_screen(BeginQuestion(fetched, embedded, want), answered)

    def _begin(self, *, retry: bool) -> None:
        self._drop_count()
        number = self.services.desks.new_number()
        self._work.compute(number, time.monotonic())
        self._desk.submit(self, self._job(number, self._choice.chosen, retry=retry))
        self._say()
        self.refresh_bindings()

    def _job(
        self, number: int, chosen: Slice, *, dry: bool = False, retry: bool = False
    ) -> GridJob:
        return GridJob(
            number,
            chosen.entries,
            self.services.cache.root,
            self.services.data_dir,
            dry=dry,
            retry_failed=retry,
            workers=chosen.options.workers,
            fit=chosen.options.seconds,
            costs=self._work.state.known,
        )

    @on(JobReports)
    def _reported(self, message: JobReports) -> None:
        news = self._work.take(message.job, message.events, time.monotonic())
        for title, reason in news.troubles:
            self.complain(reason, title)
        if news.planned:
            self._show_state()
        elif news.rows:
            self.query_one(CostTable).update(news.rows)
            self._show_failures()
        if news.grid_over:
            if not self.is_current and not news.troubles:
                self.notify(self._work.outcome, title="Grid", markup=False)
            self.look()
            self._count_soon()
        if news.over:
            self.refresh_bindings()
        self._say()

    @on(FailureTable.Opened)
    def _read(self, message: FailureTable.Opened) -> None:
        self.app.push_screen(FailureScreen(message.failure))

    # What is shown.

    @property
    def _choice(self) -> GridChoice:
        return self.query_one(GridChoice)

    def _show_state(self) -> None:
        work, chosen = self._work, self._choice.chosen
        self.query_one(CostTable).show(work.state.rows, pools=chosen.options.sweep)
        self._show_failures()
        computing = work.computing is not None
        self.query_one(TakesLines).show(chosen, work.state.costs, computing=computing)
        self.refresh_bindings()

    def _show_failures(self) -> None:
        self.query_one(FailureTable).show(self._work.state.failures)
        self.set_class(bool(self._work.state.failures), "-failures")

    def _tick(self) -> None:
        """Let time pass while no run ends."""
        if self._work.computing is not None and self._work.state.total and self.is_current:
            self._work.pass_time(_TICK)
            self._say()

    def _say(self) -> None:
        work, line = self._work, self.query_one(StatusLine)
        self.set_class(work.computing is not None, "-computing")
        if work.making is not None:
            line.show_progress(work.making)
            return
        choice = self._choice
        status = say_status(work, choice.chosen, choice.away, time.monotonic())
        line.say(status.text, done=status.done, total=status.total)
