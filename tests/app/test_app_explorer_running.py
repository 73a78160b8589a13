"""The explorer follows runs that are being computed, up to their ends, whatever these are."""

from collections.abc import Callable

import pytest
from explorer_samples import DATASET, MODEL, add_explored
from scripted import MakeApp, ScriptedEngine
from test_app_explorer import cycle, settle, tables, title
from textual.pilot import Pilot
from textual.widgets import Static

from tui_al.grid.messages import CycleDone, Ended, Failed, RunBegan
from tui_al.paths import Cache
from tui_al.results.reading import list_queried_runs, read_run
from tui_al.results.runs import RecordedRun
from tui_al.results.store import ResultStore
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.screens.explorer import ExplorerScreen
from tui_al.tui.widgets.linetable import LineTable
from tui_al.tui.widgets.runline import RunLine
from tui_al.tui.widgets.scrubber import Scrubber

CHOICES = Choices(DATASET, MODEL, "random", "margin")
SIZE = (140, 45)
LOOKS = 400


@pytest.fixture
def run(cache: Cache) -> RecordedRun:
    """What will be computed: the cycles of a run that was, which is not stored any more."""
    add_explored(cache)
    store = ResultStore(cache.runs)
    found = next(run for run in list_queried_runs(store) if run.strategy == "margin")
    recorded = read_run(store, found.run_id)
    store.delete([found.run_id])
    return recorded


def report(engine: ScriptedEngine, run: RecordedRun, first: int, end: int) -> None:
    """What a worker says of the cycles `first`..`end` - 1."""
    number = engine.job.number
    if first == 0:
        engine.deliver(RunBegan(number, run.identity, run.origin, 5))
    for record in run.records[first:end]:
        engine.deliver(CycleDone(number, record, ()))


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Let the app go on until something is seen; it looks at the runs four times a second."""
    for _ in range(LOOKS):
        await settle(pilot)
        if seen():
            return
    raise AssertionError("it was never seen")


def line(app: TuiAlApp, place: int = 0) -> str:
    return str([*app.screen.query(RunLine)][place].render())


async def start(pilot: Pilot[None], engine: ScriptedEngine, run: RecordedRun) -> None:
    """Begin the run on the live screen and go to the explorer after three cycles."""
    await pilot.press("r")
    report(engine, run, 0, 3)
    await until(pilot, lambda: bool(pilot.app.screen._session.begun()))  # type: ignore[attr-defined]
    await pilot.press("2")
    await settle(pilot)
    assert isinstance(pilot.app.screen, ExplorerScreen)


async def test_it_opens_with_what_is_running_and_follows_it(
    new_app: MakeApp, engine: ScriptedEngine, run: RecordedRun
) -> None:
    app = new_app(choices=CHOICES)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, engine, run)
        assert line(app) == "a ▲ margin · random · seed 0 · running"
        assert cycle(app) == 2
        for end in (4, 5, 6):
            report(engine, run, end - 1, end)
            await until(pilot, lambda end=end: cycle(app) == end - 1)  # type: ignore[misc]
            current = tables(app)[0].current
            assert current is not None
            assert current.index in run.records[end - 1].selected
        engine.deliver(Ended(engine.job.number, finished=True))
        await until(pilot, lambda: line(app) == "a ▲ margin · random · seed 0")
        await until(pilot, lambda: "predicted wrong" in title(tables(app)[0]))


async def test_who_looks_at_an_earlier_cycle_stays_there(
    new_app: MakeApp, engine: ScriptedEngine, run: RecordedRun
) -> None:
    app = new_app(choices=CHOICES)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, engine, run)
        await pilot.press("left")
        await settle(pilot)
        report(engine, run, 3, 6)
        await until(pilot, lambda: app.screen.query_one(Scrubber)._last == 5)
        assert cycle(app) == 1


@pytest.mark.parametrize("how", ["stopped", "failed"])
async def test_what_was_not_finished_can_be_explored_still(
    new_app: MakeApp, engine: ScriptedEngine, run: RecordedRun, how: str
) -> None:
    app = new_app(choices=CHOICES)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, engine, run)
        number = engine.job.number
        engine.deliver(
            Ended(number, finished=False) if how == "stopped" else Failed(number, "no memory")
        )
        await until(pilot, lambda: line(app).endswith(how))
        await pilot.press("a")
        await settle(pilot)
        first = app.screen.query_one(LineTable).render_line(1).text
        assert "margin" in first
        assert how in first


async def test_it_stands_beside_a_stored_run(
    new_app: MakeApp, engine: ScriptedEngine, run: RecordedRun
) -> None:
    app = new_app(choices=CHOICES)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, engine, run)
        await pilot.press("b", *"badge", "enter")
        await settle(pilot)
        assert "badge" in line(app, 1)
        assert "running" not in line(app, 1)
        report(engine, run, 3, 6)
        await until(pilot, lambda: app.screen._exploration.sides[0].last == 5)  # type: ignore[attr-defined]
        assert cycle(app) == 5


async def test_nothing_is_followed_where_nobody_looks(
    new_app: MakeApp, engine: ScriptedEngine, run: RecordedRun
) -> None:
    app = new_app(choices=CHOICES)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, engine, run)
        screen = app.screen
        assert isinstance(screen, ExplorerScreen)
        await pilot.press("1")
        report(engine, run, 3, 6)
        await settle(pilot)
        assert screen._exploration.sides[0].last == 2
        await pilot.press("2")
        await until(pilot, lambda: cycle(app) == 5)


async def test_while_it_reads_it_does_not_say_that_there_is_nothing(
    new_app: MakeApp, run: RecordedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app(choices=CHOICES)
    said = []
    update = Static.update

    def note(self: Static, content: str = "", *, layout: bool = True) -> None:
        said.append(str(content))
        update(self, content, layout=layout)

    monkeypatch.setattr(Static, "update", note)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await settle(pilot)
        assert line(app)
    assert not any("No runs are stored" in sentence for sentence in said)
