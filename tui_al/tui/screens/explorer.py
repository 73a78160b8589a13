"""The explorer: along the cycles of one or two stored runs."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.theme import Theme
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from tui_al.errors import first_line
from tui_al.grid.explore import Hit
from tui_al.results.runs import RunIdentity
from tui_al.textsafe import visible
from tui_al.tui import digging
from tui_al.tui.exploration import Exploration, counterparts, in_full, opening_runs, pool_text
from tui_al.tui.keys import bind, effective, split_keys
from tui_al.tui.keys.explorer import KEYS
from tui_al.tui.screens.base import AppScreen
from tui_al.tui.screens.choose_run import ChooseRunScreen
from tui_al.tui.screens.dialogs import TextScreen
from tui_al.tui.screens.find_text import FindScreen
from tui_al.tui.services import Services
from tui_al.tui.widgets.chosen import ChosenTexts
from tui_al.tui.widgets.cyclepanes import CyclePanes
from tui_al.tui.widgets.linetable import LineTable
from tui_al.tui.widgets.runline import RunLine
from tui_al.tui.widgets.scrubber import Scrubber, Trace

_FRAME = 0.4  # seconds of a cycle while they play
_GLANCE = 0.25  # seconds between two looks at runs that are being computed
_NOTHING = (
    "No runs are stored yet.\n\nRun one on the Live screen: as it goes on, and ever after, every "
    "text that it asked about can be looked at here."
)


class ExplorerScreen(AppScreen):
    """Shows a cycle of one or two runs; everything that takes time is done in threads."""

    PAGE = "explorer"
    HELP = (
        "Move along the cycles of a run, stored or just being computed: the texts that its "
        "strategy chose in each, what they turned out to be, and what the classifier had "
        "predicted before (✗ is a wrong prediction). A second run on the same dataset stands "
        "beside it; ◉ marks what both chose. At its last cycle, a running run is followed.\n\n"
        "The bars compare the classes of the batch with the whole pool; ○ is a class without a "
        "label. The map shows the embeddings in the plane of their two principal components: "
        "hollow marks were labeled before, full ones in this cycle."
    )
    CSS_PATH = "../styles/explorer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bind(KEYS)

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._digger = digging.Digger(self, services)
        self._stored: Sequence[RunIdentity] = ()
        self._exploration = Exploration()
        self._foreseen: list[int] = []  # the cycles up to which predictions were asked for
        self._unfinished: list[str] = []  # what the lines of the runs say of them
        self._words = ""
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="runs"):
            yield RunLine(0)
            yield RunLine(1)
            yield Static(id="subject", markup=False)
        yield Scrubber()
        yield Static(id="missing", markup=False)
        yield Static("Reading the stored runs ...", id="nothing", markup=False)
        yield CyclePanes()

    def on_mount(self) -> None:
        self._panes.display = self.query_one("#runs").display = False
        self.query_one(Scrubber).focus()
        self.app.theme_changed_signal.subscribe(self, self._recolor)
        self._glances = self.set_interval(_GLANCE, self._follow)

    def _recolor(self, _: Theme) -> None:
        """Marks have a colour for dark ground and one for light."""
        if self._exploration.sides:
            self._draw_runs()
            self._draw()

    @property
    def _panes(self) -> CyclePanes:
        return self.query_one(CyclePanes)

    def on_screen_resume(self) -> None:
        """Runs may have been finished while other screens were shown."""
        self._glances.resume()
        if self._exploration.sides:
            self.when_settled(self._digger.list_runs)
        else:
            self._digger.list_runs()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.complain(first_line(event.worker.error))

    # What the threads find.

    @on(digging.RunsListed)
    def _listed(self, message: digging.RunsListed) -> None:
        self._stored = message.runs
        sides, services = self._exploration.sides, self.services
        if not self._runs:
            self.query_one("#nothing", Static).update(_NOTHING)
        elif not sides:
            running = [run.run_id for run, state in services.session.begun() if not state.over]
            wanted = running or services.memory.recall("explorer", "runs", [])
            here = (message.texts, message.embedded)
            chosen = (services.choices.dataset, services.choices.model)
            self.explore(opening_runs(self._runs, wanted, *here, chosen))
        elif any(side.pool.missing for side in sides):  # it may be here by now
            self.explore([side.run.identity for side in sides])

    def explore(self, runs: Sequence[RunIdentity]) -> None:
        """Open one or two runs of the same dataset."""
        if runs:
            self._digger.open_sides(runs, self._exploration.sides)

    @property
    def _runs(self) -> list[RunIdentity]:
        """What may be explored: runs of this session first, finished or not, then stored ones."""
        own = [run for run, _ in self.services.session.begun()]
        known = {run.run_id for run in own}
        return own + [run for run in self._stored if run.run_id not in known]

    @on(digging.SidesOpened)
    def _opened(self, message: digging.SidesOpened) -> None:
        if message.sides == self._exploration.sides:
            return  # they are shown
        mapped = self._exploration.entry
        self._exploration.take(message.sides)
        sides, entry = self._exploration.sides, self._exploration.entry
        ids = [side.run.identity.run_id for side in sides]
        self.services.memory.remember("explorer", runs=ids)
        missing = dict.fromkeys(side.pool.missing for side in sides if side.pool.missing)
        line = self.query_one("#missing", Static)
        line.update(visible("; ".join(missing), one_line=True))
        line.display = bool(missing)
        self.query_one("#nothing").display = False
        self._panes.display = self.query_one("#runs").display = True
        if entry is None or mapped is None or entry.key != mapped.key:
            # Before anything is marked: the map of other texts has no place for these.
            self._panes.show_map(None, "Computing ..." if entry else "none without the embedding")
        self._draw_runs()
        self._draw()
        self._foreseen = [side.last for side in sides]
        self._digger.predict(sides)
        if entry is not None:
            self._digger.draw_map(entry)

    @on(digging.Predicted)
    def _predicted(self, message: digging.Predicted) -> None:
        exploration, cycle = self._exploration, message.predictions.cycle
        for side in exploration.sides:
            if side.run.identity.run_id == message.run_id:
                side.predictions[cycle] = message.predictions
                if cycle == min(exploration.cycle, side.last):
                    self._panes.show_texts()

    @on(digging.Projected)
    def _projected(self, message: digging.Projected) -> None:
        entry = self._exploration.entry
        if entry is not None and entry.key == message.key:
            self._panes.show_map(message.projection)

    def _follow(self) -> None:
        """Show what runs that are being computed have done since the last look."""
        exploration = self._exploration
        if exploration.catch_up():
            self._draw()
        if self._unfinished != [side.unfinished for side in exploration.sides]:
            self._draw_runs()
        ends = [side.last for side in exploration.sides]
        if ends != self._foreseen and self._digger.predict(exploration.sides, anew=False):
            self._foreseen = ends

    # What the keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Panes that are all on view need no key."""
        if action == "pane":
            return self._panes.divided
        return super().check_action(action, parameters)

    def action_move(self, step: int) -> None:
        self._go(self._exploration.cycle + step)

    def action_jump(self, end: int) -> None:
        self._go(self._exploration.last if end else 0)

    def action_play(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        elif self._exploration.sides:
            if self._exploration.cycle == self._exploration.last:
                self._go(0)
            self._timer = self.set_interval(_FRAME, self._advance)

    def _advance(self) -> None:
        self.action_move(1)
        if self._exploration.cycle == self._exploration.last:
            self.action_play()

    def on_screen_suspend(self) -> None:
        """Nothing plays where nobody looks, and nobody is followed."""
        self._glances.pause()
        if self._timer is not None:
            self.action_play()

    def action_pane(self) -> None:
        self._panes.turn_page()

    @on(RunLine.Chosen)
    def _line_chosen(self, message: RunLine.Chosen) -> None:
        self.action_choose(message.place)

    def action_choose(self, place: int) -> None:
        """Choose the run to explore (place 0), or the one beside it."""
        current = [side.run.identity for side in self._exploration.sides]
        if place and not current:
            return
        runs = counterparts(current[0], self._runs) if place else self._runs
        title = f"Beside {current[0].strategy} on {current[0].dataset}" if place else "Explore"

        def chosen(run: RunIdentity | None) -> None:
            if run is not None:
                kept = current[:1] if place else current[1:]
                fits = [other for other in kept if other.dataset == run.dataset]
                self.explore([*fits, run] if place else [run, *fits])

        begun = self.services.session.begun()
        states = {run.run_id: state.status for run, state in begun if state.status != "finished"}
        self.app.push_screen(ChooseRunScreen(title, runs, states), chosen)

    def action_alone(self) -> None:
        """Explore the first run without another beside it."""
        self.explore([side.run.identity for side in self._exploration.sides[:1]])

    async def action_find(self) -> None:
        sides = self._exploration.sides
        if not sides or sides[0].pool.texts is None:
            self.complain("the texts are not on this machine", "Nothing to look in")
            return
        finder = FindScreen(sides, self._words)

        def found(hit: Hit | None) -> None:
            self._words = finder.words
            if hit is not None:
                self._show_hit(hit)

        await self.app.push_screen(finder, found)  # what is typed next goes into its field

    def _show_hit(self, hit: Hit) -> None:
        """Go to where a text was chosen; one that was not chosen is shown in full."""
        for place, cycle in enumerate(hit.cycles):
            if cycle is not None:
                self._go(cycle)
                self._panes.go_to_text(place, hit.index)
                return
        self.app.push_screen(TextScreen(in_full(pool_text(self._exploration.sides[0], hit.index))))

    def copyable(self) -> str | None:
        focused = self.focused
        choice = focused.current if isinstance(focused, ChosenTexts) else None
        return choice.text if choice is not None else None

    @on(Scrubber.Moved)
    def _scrubbed(self, message: Scrubber.Moved) -> None:
        self._go(message.cycle)

    @on(LineTable.Sideways)
    def _sideways(self, message: LineTable.Sideways) -> None:
        self.action_move(message.step)

    @on(ChosenTexts.Opened)
    def _read(self, message: ChosenTexts.Opened) -> None:
        table = message.table
        if isinstance(table, ChosenTexts) and table.current is not None:
            self.app.push_screen(TextScreen(in_full(table.current)))

    # What is shown.

    def _go(self, cycle: int) -> None:
        before = self._exploration.cycle
        self._exploration.go(cycle)
        if self._exploration.cycle != before:
            self._draw()

    def _draw_runs(self) -> None:
        """Say what is explored, and which keys choose it."""
        sides = self._exploration.sides
        chosen = effective(KEYS, self.services.settings.keys)
        keys = [split_keys(chosen[name])[0] for name in ("explorer.first", "explorer.second")]
        self._unfinished = [side.unfinished for side in sides]
        for place, line in enumerate(self.query(RunLine)):
            side = sides[place] if place < len(sides) else None
            line.show(keys[place], side)
        self.query_one("#subject", Static).update(visible(self._exploration.subject, one_line=True))

    def _draw(self) -> None:
        exploration = self._exploration
        traces = [
            Trace(side.mark, side.name, [record.accuracy for record in side.run.records])
            for side in exploration.sides
        ]
        self.query_one(Scrubber).show(traces, exploration.labels, exploration.cycle)
        self._panes.show(exploration)
