"""The live screen: choose, run, watch, compare."""

from dataclasses import asdict
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui_al.learning.strategies import strategies
from tui_al.tui.choices import DEMO, Choices
from tui_al.tui.crew import count_processes
from tui_al.tui.frames import Frames
from tui_al.tui.jobs import JobReports
from tui_al.tui.keys import bind, written_keys
from tui_al.tui.keys.live import KEYS
from tui_al.tui.running import Runs
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.screens.dialogs import OfferScreen, TextScreen
from tui_al.tui.screens.several import MOST_SEEDS, Several, SeveralScreen
from tui_al.tui.services import Services
from tui_al.tui.widgets.chart_pane import ChartPane
from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.details import PANES, Details
from tui_al.tui.widgets.event_log import EventLog
from tui_al.tui.widgets.linetable import LineTable
from tui_al.tui.widgets.live_chart import LiveChart
from tui_al.tui.widgets.queried import QueriedTexts
from tui_al.tui.widgets.setup import SetupBar
from tui_al.tui.widgets.status import StatusLine
from tui_al.tui.wording import say_ready

_WATCHABLE = 0.25  # seconds a cycle takes at least, so that the curve is seen to grow
_WHILE_BUSY = frozenset({"pause", "step", "stop", "stop_shown"})
_WHILE_IDLE = frozenset({"run", "embed"})


class LiveScreen(AppScreen):
    """Hands in runs and shows what comes back, one drawing for all that comes meanwhile."""

    PAGE = "live"
    HELP = (
        "Choose a dataset, an embedding model, an initial pool and a strategy above, and run "
        "them. ● is on this machine; ○ is not: what is missing is embedded when you agree.\n\n"
        "The curve shows a metric of the test set over labels spent, a marker a cycle. Several "
        "strategies and seeds run beside each other, and share the chart while the dataset is "
        "the same. Finished runs stay; equal choices run again with the next seed. Every "
        "finished run is stored, and tui-al report lists them."
    )
    CSS_PATH = "../styles/live.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (70, "-narrow"), (140, "-very-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        desks = ["runs", *(f"runs {number}" for number in range(2, count_processes() + 1))]
        self._runs = Runs(services, self, desks, self._note)
        self._runs.crew.pace = _WATCHABLE
        self._session = self._runs.session
        self._frames = Frames(self, self._draw)
        self._undrawn = False  # something has happened while another screen was shown

    def compose_body(self) -> ComposeResult:
        services = self.services
        yield SetupBar(services.choices, services.cache, services.data_dir)
        yield StatusLine()
        yield ChartPane(self._session, services.memory)
        yield Details()

    def on_mount(self) -> None:
        self._say_ready()
        self.query_one("#strategy").focus()
        pane = self.services.memory.recall("live", "pane", PANES[0])
        self.query_one(Details).show(next((one for one in PANES if one == pane), PANES[0]))
        self.call_after_refresh(self._start_engine)  # the first frame comes first

    def on_screen_resume(self) -> None:
        """Other screens, and the shell, add datasets and embeddings."""
        if self._undrawn:
            self._draw()
        self.when_settled(self._bar.look_again)

    def _start_engine(self) -> None:
        self._runs.crew.start()
        if self.services.start:
            self._begin()

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are dimmed."""
        if action in _WHILE_BUSY:
            return True if self._runs.busy else None
        if action in _WHILE_IDLE:
            return None if self._runs.busy else True
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        if self._bar.embedded:
            self._begin()
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._begin()

        stop = written_keys(self.app)["live.stop"]
        self.app.push_screen(OfferScreen(self._bar.choices, stop), answered)

    def action_several(self) -> None:
        memory, choices = self.services.memory, self._bar.choices
        ticked = memory.recall("live", "several", ["random", choices.strategy])
        seeds = min(max(1, memory.recall("live", "seeds", 3)), MOST_SEEDS)
        start = Several(tuple(name for name in strategies() if name in ticked), seeds)

        def answered(several: Several | None) -> None:
            if several is not None:
                memory.remember("live", several=list(several.strategies), seeds=several.seeds)
                self._begin_several(choices, several)

        def describe(several: Several) -> str:
            return self._runs.describe(choices, several.runs(), embedded=self._bar.embedded)

        self.app.push_screen(SeveralScreen(choices, start, describe), answered)

    def action_embed(self) -> None:
        self._runs.embed(self._bar.choices)
        self._show_news()

    def action_pause(self) -> None:
        crew = self._runs.crew
        crew.hold(paused=not crew.paused)
        self._note("Paused" if crew.paused else "Goes on")
        self._show_news()

    def action_step(self) -> None:
        self._runs.crew.step()
        self._note("One step")
        self._show_news()

    def action_stop(self) -> None:
        if self._runs.busy:
            self._runs.stop()
            self._show_news()

    def action_stop_shown(self) -> None:
        self._runs.stop_shown()

    def action_pace(self) -> None:
        crew = self._runs.crew
        crew.set_pace(0.0 if crew.pace else _WATCHABLE)
        said = "Slow enough to watch" if crew.pace else "Full speed"
        self._note(said)
        self.notify(said, timeout=2)

    def action_clear(self) -> None:
        self._session.forget_others()
        self._draw()

    def action_show_run(self, step: int) -> None:
        self._session.move(step)
        self._show_run()

    def action_demo(self) -> None:
        """Run what comes with the program, without further questions."""
        if not self._runs.busy:
            self._bar.choose(DEMO)
            self._begin()

    def action_metric(self) -> None:
        self._pane.next_metric()

    def action_axis(self) -> None:
        self._pane.other_axis()

    def action_mean(self) -> None:
        self._pane.show_means()

    def action_pane(self) -> None:
        details = self.query_one(Details)
        details.turn()
        self.services.memory.remember("live", pane=details.pane)

    def action_read(self, by: int) -> None:
        self._pane.step(by)

    def action_zoom(self, steps: int) -> None:
        self._pane.chart.zoom(steps)

    def action_pan(self, steps: int) -> None:
        self._pane.chart.pan(steps)

    def action_fit(self) -> None:
        self._pane.chart.fit()

    def go_back(self) -> bool:
        return self._pane.go_back()

    def copyable(self) -> str | None:
        queried = self.query_one(QueriedTexts)
        chosen = queried.current if self.focused is queried else None
        return chosen.text if chosen is not None else None

    # Runs.

    def _begin(self) -> None:
        self._runs.begin(self._bar.choices, [(self._bar.choices.strategy, None)])
        self._begun()

    def _begin_several(self, choices: Choices, several: Several) -> None:
        if not self._bar.embedded and not self._runs.busy:
            self._runs.embed(choices)
        begun = self._runs.begin(choices, several.runs())
        self._note(f"{len(begun)} runs handed in")
        if several.seeds > 1:
            self._pane.show_means(shown=True)
        self._begun()

    def _begun(self) -> None:
        self._show_run()
        self._show_news()

    @on(JobReports)
    def _reported(self, message: JobReports) -> None:
        shown, busy = self._session.shown, self._runs.busy
        for reason in self._runs.take(message.job, message.events):
            self.complain(reason)
        if busy != self._runs.busy or not self._bar.embedded:
            self._bar.update_marks()
        if busy != self._runs.busy:
            self.refresh_bindings()
            self._told = self._runs.last_words
        if shown is not self._session.shown:
            self._show_run()
        self._frames.ask()

    # What is shown.

    @property
    def _bar(self) -> SetupBar:
        return self.query_one(SetupBar)

    @property
    def _pane(self) -> ChartPane:
        return self.query_one(ChartPane)

    def _note(self, sentence: str, bad: bool = False) -> None:
        self.query_one(EventLog).add(sentence, bad=bad)

    def _say_ready(self) -> None:
        self._told = say_ready(self._bar.choices, embedded=self._bar.embedded)
        self._show_state()

    def _show_news(self) -> None:
        self.refresh_bindings()
        self._show_state()

    def _show_run(self) -> None:
        """Show the session's current run from its first cycle."""
        run = self._session.shown
        self.query_one(QueriedTexts).show((), 0)
        name = run.name if run else ""
        cursor = self._pane.chart.cycle
        self.query_one(CycleTable).show(run.records if run else (), name, cursor)
        self._draw()

    def _draw(self) -> None:
        """Bring everything up to date, where it is seen."""
        self._undrawn = not self.is_current
        if self._undrawn:
            return
        run = self._session.shown
        if run is not None:
            self.query_one(CycleTable).extend(run.records)
        self._pane.update_curves()
        self._show_state()

    def _show_state(self) -> None:
        status = self.query_one(StatusLine)
        if not self._runs.busy:
            status.say(self._told)
            return
        if self._runs.progress is not None:
            status.show_progress(self._runs.progress)
            return
        sentence, done, total = self._runs.say()
        status.say(sentence, done=done, total=total or None)

    @on(LiveChart.Read)
    def _follow(self, message: LiveChart.Read) -> None:
        table = self.query_one(CycleTable)
        if message.kept and message.cycle is not None and message.cycle < table.row_count:
            table.cursor = message.cycle

    @on(CycleTable.Selected)
    def _go_to_cycle(self, message: CycleTable.Selected) -> None:
        run = self._session.shown
        if run is not None and message.cycle < len(run.texts):
            note = run.records[message.cycle].note
            self.query_one(QueriedTexts).show(run.texts[message.cycle], message.cycle, note)
        if self._pane.chart.cycle not in (None, message.cycle):
            self._pane.chart.read(message.cycle)

    @on(LineTable.Opened)
    def _open_text(self, message: LineTable.Opened) -> None:
        table = message.table
        if isinstance(table, QueriedTexts) and table.current is not None:
            self.app.push_screen(TextScreen(table.current))

    @on(LineTable.Sideways)
    def _sideways(self, message: LineTable.Sideways) -> None:
        self.action_read(message.step)

    @on(SetupBar.Changed)
    def _chosen(self, message: SetupBar.Changed) -> None:
        self.services.memory.remember("live", **asdict(message.choices))
        if not self._runs.busy:
            self._say_ready()
