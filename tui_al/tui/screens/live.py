"""The live screen: choose, run, watch."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer, Header

from tui_al.grid.messages import (
    Advanced,
    Command,
    CycleDone,
    Ended,
    Event,
    Failed,
    Job,
    Pause,
    Resume,
    RunBegan,
    SetPace,
    Step,
    Stop,
    WorkerLost,
)
from tui_al.learning.experiment import Experiment
from tui_al.paths import Cache
from tui_al.tui.choices import Choices
from tui_al.tui.engine import Engine, WorkerReported
from tui_al.tui.screens.dialogs import HelpScreen, OfferScreen, TextScreen
from tui_al.tui.session import RunState, Session, Status
from tui_al.tui.widgets.chart import CurveChart, Legend, LegendEntry
from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.queried import QueriedTexts
from tui_al.tui.widgets.setup import SetupBar
from tui_al.tui.widgets.status import StatusLine
from tui_al.tui.wording import say_ended, say_ready, say_state

_WATCHABLE = 0.25  # seconds a cycle takes at least, so that the curve is seen to grow
_WHILE_BUSY = frozenset({"pause", "step", "stop"})
_WHILE_IDLE = frozenset({"run", "embed"})


class LiveScreen(Screen[None]):
    """Sends jobs to the engine and shows what comes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run"),
        Binding("p", "pause", "Pause"),
        Binding("n", "step", "Step"),
        Binding("x", "stop", "Stop"),
        Binding("f", "pace", "Speed"),
        Binding("e", "embed", "Embed", show=False),
        Binding("c", "clear", "Clear"),
        Binding("left_square_bracket", "show_run(-1)", "Previous run", show=False),
        Binding("right_square_bracket", "show_run(1)", "Next run", show=False),
        Binding("question_mark,f1", "help", "Help", key_display="?"),
    ]

    def __init__(
        self, engine: Engine, choices: Choices, cache: Cache, data_dir: Path | None, *, start: bool
    ) -> None:
        super().__init__()
        self._engine = engine
        self._choices = choices
        self._cache = cache
        self._data_dir = data_dir
        self._start_at_once = start
        self._session = Session()
        self._busy: int | None = None  # the job being done
        self._paused = False
        self._stopping = False
        self._pace = _WATCHABLE

    def compose(self) -> ComposeResult:
        yield Header(icon="≡")
        yield SetupBar(self._choices, self._cache, self._data_dir)
        yield StatusLine()
        yield Legend()
        yield CurveChart()
        with Horizontal(id="details"):
            yield CycleTable()
            yield QueriedTexts()
        yield Footer()

    def on_mount(self) -> None:
        self._say_ready()
        self.query_one("#strategy").focus()
        self._engine.listen(self._deliver)
        self.call_after_refresh(self._start_engine)  # the first frame comes first

    def on_unmount(self) -> None:
        self._engine.close()

    def _start_engine(self) -> None:
        self._engine.start()
        if self._start_at_once:
            self._begin_run()

    def _deliver(self, event: Event) -> None:
        """Bring an event into the app's thread; called from the engine's."""
        self.post_message(WorkerReported(event))

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that make no sense now are dimmed."""
        if action in _WHILE_BUSY:
            return True if self._busy is not None else None
        if action in _WHILE_IDLE:
            return True if self._busy is None else None
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        if self._bar.embedded:
            self._begin_run()
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._begin_run()

        self.app.push_screen(OfferScreen(self._bar.choices), answered)

    def action_embed(self) -> None:
        choices = self._bar.choices
        self._begin(self._session.next_job(), choices, None)

    def action_pause(self) -> None:
        self._paused = not self._paused
        self._command(Pause() if self._paused else Resume())
        self._say_state()

    def action_step(self) -> None:
        self._paused = True
        self._command(Step())
        self._say_state()

    def action_stop(self) -> None:
        if self._stopping:
            self._engine.kill()
            return
        self._stopping = True
        self._command(Stop())
        self._status.say("Stopping ... (x again ends the worker by force)")

    def action_pace(self) -> None:
        self._pace = 0.0 if self._pace else _WATCHABLE
        self._command(SetPace(self._pace))
        self.notify("Full speed" if not self._pace else "Slow enough to watch", timeout=2)

    def action_clear(self) -> None:
        self._session.forget_others()
        self._draw()

    def action_show_run(self, step: int) -> None:
        self._session.move(step)
        self._show_run()

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen())

    def action_copy_text(self) -> None:
        """Copy the marked text; with none marked, the text under the cursor."""
        queried = self.query_one(QueriedTexts)
        marked = self.get_selected_text()
        if marked is None and self.focused is queried and queried.current is not None:
            marked = queried.current.text
        if marked is None:
            super().action_copy_text()
            return
        self.app.copy_to_clipboard(marked)
        self.notify("Copied", timeout=2)

    # What the worker reports.

    @on(WorkerReported)
    def _reported(self, message: WorkerReported) -> None:
        match message.event:
            case Advanced(job, progress) if job == self._busy:
                self._status.show_progress(progress)
            case RunBegan(job, _, budget, cycles) if run := self._session.find(job):
                run.status, run.budget, run.cycles = "running", budget, cycles
                self._bar.update_marks()
            case CycleDone(job, record, texts) if run := self._session.find(job):
                run.records.append(record)
                run.texts.append(texts)
                self._show_cycle(run)
            case Ended(job, finished) if job == self._busy:
                self._end(job, "finished" if finished else "stopped")
            case Failed(job, reason) if job == self._busy:
                self._end(job, "failed", reason)
            case WorkerLost(reason):
                if self._busy is not None:
                    self._end(self._busy, "failed", reason)

    @on(CycleTable.Selected)
    def _show_texts(self, message: CycleTable.Selected) -> None:
        run = self._session.shown
        if run is not None and message.cycle < len(run.texts):
            note = run.records[message.cycle].note
            self.query_one(QueriedTexts).show(run.texts[message.cycle], message.cycle, note)

    @on(QueriedTexts.Opened)
    def _read(self, message: QueriedTexts.Opened) -> None:
        self.app.push_screen(TextScreen(message.text))

    @on(SetupBar.Changed)
    def _chosen(self) -> None:
        if self._busy is None:
            self._say_ready()

    # Jobs.

    def _begin_run(self) -> None:
        run = self._session.begin(self._bar.choices)
        choices = run.choices
        experiment = Experiment(strategy=choices.strategy, ips=choices.ips, seed=run.seed)
        self._show_run()
        self._begin(run.job, choices, experiment)

    def _begin(self, number: int, choices: Choices, experiment: Experiment | None) -> None:
        self._busy, self._paused, self._stopping = number, False, False
        self._status.say(f"Loading {choices.dataset} x {choices.model} ...")
        self._engine.send(
            Job(
                number,
                choices.dataset,
                choices.model,
                self._cache.root,
                self._data_dir,
                experiment,
                self._pace,
            )
        )
        self.refresh_bindings()

    def _command(self, command: Command) -> None:
        if self._busy is not None:
            self._engine.send(command)

    def _end(self, job: int, status: Status, reason: str = "") -> None:
        self._busy, self._paused = None, False
        run = self._session.find(job)
        if run is not None:
            run.status = status
            if not run.records:
                self._session.forget(run)
                self._show_run()
        self._bar.update_marks()
        self.refresh_bindings()
        if reason:
            self.notify(
                reason, title="That did not work", severity="error", timeout=12, markup=False
            )
        self._status.say(say_ended(run, status))

    # What is shown.

    @property
    def _bar(self) -> SetupBar:
        return self.query_one(SetupBar)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    def _show_run(self) -> None:
        """Show the session's current run from its first cycle."""
        run = self._session.shown
        self.query_one(QueriedTexts).show((), 0)
        self.query_one(CycleTable).show(run.records if run else ())
        self._draw()

    def _show_cycle(self, run: RunState) -> None:
        if run is self._session.shown:
            self.query_one(CycleTable).append(run.records[-1])
        self._draw()
        self._say_state()

    def _draw(self) -> None:
        runs = self._session.comparable()
        last = max((run.budget for run in runs), default=None)
        self.query_one(CurveChart).show([run.curve for run in runs], last)
        self.query_one(Legend).show(
            [
                LegendEntry(
                    self._session.label(run),
                    run.records[-1].accuracy,
                    run.curve,
                    run is self._session.shown,
                )
                for run in runs
            ]
        )

    def _say_ready(self) -> None:
        self._status.say(say_ready(self._bar.choices, embedded=self._bar.embedded))

    def _say_state(self) -> None:
        run = self._session.find(self._busy) if self._busy is not None else None
        sentence = say_state(run, paused=self._paused)
        if run is None or not run.records:
            self._status.say(sentence)
        else:
            self._status.say(sentence, done=len(run.records), total=run.cycles + 1)
