"""Several runs at once on the live screen, with an engine a desk that plays a script."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import shell_screens
from scripted import CHOICES, ScriptedEngine, make_app, make_began, make_record, make_texts
from textual.pilot import Pilot
from textual.widgets import SelectionList, Static

from tui_al.grid.messages import (
    Advanced,
    CycleDone,
    Ended,
    Failed,
    Job,
    Pause,
    Resume,
    SetPace,
    Step,
    Stop,
    WorkerLost,
)
from tui_al.paths import Cache
from tui_al.progress import Progress
from tui_al.report.palette import STRATEGY_MARKS
from tui_al.tui import pages
from tui_al.tui.app import TuiAlApp
from tui_al.tui.config import DARK, LIGHT, Preferences, Settings
from tui_al.tui.jobs import _coalesce
from tui_al.tui.screens import live
from tui_al.tui.screens.dialogs import LeaveScreen
from tui_al.tui.screens.several import SeveralScreen
from tui_al.tui.widgets import event_log
from tui_al.tui.widgets.cycles import CycleTable
from tui_al.tui.widgets.event_log import EventLog
from tui_al.tui.widgets.legend import Legend
from tui_al.tui.widgets.live_chart import LiveChart
from tui_al.tui.widgets.queried import QueriedTexts

SIZE = (120, 40)
LIFTS = {"random": 0.0, "margin": 0.01, "badge": -0.03}
MakeMany = Callable[..., TuiAlApp]


class Engines(list[ScriptedEngine]):
    """One engine a desk, in the order in which the desks were first used."""

    def make(self) -> ScriptedEngine:
        self.append(ScriptedEngine())
        return self[-1]

    @property
    def jobs(self) -> list[Job]:
        """All jobs sent so far, in the order of their numbers."""
        jobs = [one for engine in self for one in engine.commands if isinstance(one, Job)]
        return sorted(jobs, key=lambda job: job.number)

    @property
    def wanted(self) -> list[tuple[str, int]]:
        """Strategy and seed of each job that runs something."""
        runs = [job.experiment for job in self.jobs if job.experiment is not None]
        return [(run.strategy, run.seed) for run in runs]

    def sent(self) -> list[list[object]]:
        """Each engine's commands that are no jobs."""
        return [[one for one in e.commands if not isinstance(one, Job)] for e in self]

    def tell(self, job: Job, cycles: int = 21, *, end: bool = True) -> None:
        """Report a job's cycles; seeds lie 0.01 apart around their strategy's curve."""
        engine = next(engine for engine in self if job in engine.commands)
        experiment = job.experiment
        assert experiment is not None
        lift = LIFTS.get(experiment.strategy, 0.0) + 0.01 * (experiment.seed - 1)
        engine.deliver(make_began(job))
        for cycle in range(cycles):
            record = replace(make_record(cycle, lift), fit_seconds=0.5)
            engine.deliver(CycleDone(job.number, record, make_texts(cycle)))
        if end:
            engine.deliver(Ended(job.number, finished=True))


@pytest.fixture
def engines() -> Engines:
    return Engines()


@pytest.fixture
def many(engines: Engines, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> MakeMany:
    """Makes apps that compute two runs at a time, at noon."""
    monkeypatch.setattr(live, "count_processes", lambda: 2)
    monkeypatch.setattr(event_log, "_time_of_day", lambda: "12:00:00")
    return partial(make_app, cache, ScriptedEngine(), make_engine=engines.make)


def state(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


def legend(app: TuiAlApp) -> str:
    return str(app.screen.query_one(Legend).render())


def log(app: TuiAlApp) -> list[str]:
    return app.screen.query_one(EventLog).sentences


def chart(app: TuiAlApp) -> LiveChart:
    return app.screen.query_one(LiveChart)


def drawn(app: TuiAlApp) -> list[str]:
    shown = chart(app)
    return [shown.render_line(row).text for row in range(shown.size.height)]


async def start(pilot: Pilot[None], *keys: str) -> None:
    """Start what the dialog offers after these keys."""
    await pilot.press("s", *keys, "enter")
    await pilot.pause()


async def play(pilot: Pilot[None], engines: Engines) -> None:
    """Let every run that is there or follows come to its end."""
    told: set[int] = set()
    while new := [job for job in engines.jobs if job.number not in told]:
        for job in new:
            told.add(job.number)
            engines.tell(job)
        await pilot.pause()
    await pilot.pause()


# Starting.


@pytest.mark.usefixtures("embedded")
async def test_a_few_keys_start_strategies_and_seeds(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, SeveralScreen)
        meaning = app.screen.query_one("#meaning", Static)
        assert str(meaning.render()) == "6 runs, 2 at a time"  # random and margin, three seeds
        await pilot.press("j", "j", "space", "4", "minus", "minus")
        await pilot.pause()
        assert str(meaning.render()) == "6 runs, 2 at a time"
        assert str(app.screen.query_one("#number", Static).render()) == "2 seeds"
        await pilot.press("enter")
        await pilot.pause()
        assert engines.wanted == [("random", 0), ("margin", 0)]  # the first two begin
        assert [len(engine.commands) for engine in engines] == [1, 1]
        assert state(app) == "Running 2 of 6 runs: 0 done, 4 waiting"
        engines.tell(engines.jobs[1])
        await pilot.pause()
        assert engines.wanted[2:] == [("entropy", 0)]
        assert engines[1].job == engines.jobs[2]  # where a place was free
        await play(pilot, engines)
        assert engines.wanted[3:] == [("random", 1), ("margin", 1), ("entropy", 1)]
        assert state(app) == "6 finished of 6 runs, stored. Press r to run another"


@pytest.mark.usefixtures("embedded")
async def test_the_dialog_by_mouse_and_what_it_refuses(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("s", "a", "a")
        await pilot.pause()
        assert app.screen.query_one(SelectionList).selected == []
        await pilot.press("enter")  # nothing is ticked: nothing to run
        await pilot.pause()
        assert isinstance(app.screen, SeveralScreen)
        await pilot.press("a", *["plus"] * 30)
        await pilot.pause()
        assert str(app.screen.query_one("#meaning", Static).render()).startswith("160 runs")
        await pilot.click("#fewer")
        await pilot.click("#no")
        await pilot.pause()
        assert not isinstance(app.screen, SeveralScreen)
        assert engines.wanted == []


@pytest.mark.usefixtures("embedded")
async def test_what_is_here_is_not_run_again(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        await play(pilot, engines)
        await pilot.press("s", "2")
        await pilot.pause()
        told = str(app.screen.query_one("#meaning", Static).render())
        assert told == "4 runs, 1 of them here already, 2 at a time"
        await pilot.press("enter")
        await play(pilot, engines)
        assert engines.wanted == [("margin", 0), ("random", 0), ("random", 1), ("margin", 1)]
        await pilot.press("s")
        await pilot.pause()
        assert app.screen.query_one(SelectionList).selected == ["random", "margin"]
        assert str(app.screen.query_one("#number", Static).render()) == "2 seeds"  # remembered
        await pilot.press("enter")
        await pilot.pause()
        assert len(engines.jobs) == 4  # all of it is here


@pytest.mark.usefixtures("embedded")
async def test_more_can_be_handed_in_while_others_run(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "1")
        await start(pilot, "2")
        await play(pilot, engines)
        assert engines.wanted == [("random", 0), ("margin", 0), ("random", 1), ("margin", 1)]
        assert state(app).startswith("4 finished of 4 runs")


async def test_missing_texts_are_embedded_first_and_alone(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "1")
        (job,) = engines.jobs
        assert job.experiment is None
        engines[0].report_embedding(512)
        await pilot.pause()
        assert "512 of 2,225 texts" in state(app)
        engines[0].report_end()
        await pilot.pause()
        assert engines.wanted == [("random", 0), ("margin", 0)]


@pytest.mark.parametrize("failing", [True, False])
async def test_without_the_embedding_nothing_of_the_rest_is_tried(
    many: MakeMany, engines: Engines, failing: bool
) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        job = engines[0].job
        if failing:
            engines[0].deliver(Failed(job.number, "the disk is full: make room"))
        else:
            await pilot.press("x")
            engines[0].report_end(finished=False)
        await pilot.pause()
        assert engines.wanted == []
        assert not app.services.desks.work
        assert "margin, seed 2: taken back" in log(app)
        assert ("Embedding failed: the disk is full: make room" in log(app)) == failing


# Holding, hurrying, stopping.


@pytest.mark.usefixtures("embedded")
async def test_pause_step_and_pace_hold_for_all(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await pilot.press("p", "n", "p", "f")
        expected = [Pause(), Step(), Resume(), SetPace(0.0)]
        assert engines.sent() == [expected, expected]
        await pilot.press("p")
        engines.tell(engines.jobs[0])
        await pilot.pause()
        assert state(app).startswith("Paused: 1 of 4 runs done, 1 waiting")
        begun = engines.jobs[2]
        assert begun.pace == 0.0  # the pace of now, not of when it was handed in
        assert engines[0].commands[-2:] == [begun, Pause()]


@pytest.mark.usefixtures("embedded")
async def test_stop_takes_back_what_waits(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        for job in engines.jobs:
            engines.tell(job, 3, end=False)
        await pilot.press("x")
        await pilot.pause()
        assert engines.sent() == [[Stop()], [Stop()]]
        assert state(app).startswith("Stopping")
        for engine in engines:
            engine.report_end(finished=False)
        await pilot.pause()
        assert len(engines.wanted) == 2
        assert state(app) == "6 stopped of 6 runs, not stored. Press r to run another"
        assert legend(app).count("0.") == 2  # what has come stays to look at


@pytest.mark.usefixtures("embedded")
async def test_stop_twice_ends_every_process_by_force(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "1")
        await pilot.press("x", "x")
        assert [engine.killed for engine in engines] == [True, True]
        for engine in engines:
            engine.deliver(WorkerLost("the worker process was killed: start it again"))
        await pilot.pause()
        assert state(app).startswith("2 failed of 2 runs, not stored")
        assert len(app._notifications) == 1  # one reason, told once


@pytest.mark.usefixtures("embedded")
async def test_one_run_can_be_stopped_alone(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await pilot.press("right_square_bracket", "X")
        assert engines.sent() == [[], [Stop()]]
        engines[1].report_end(finished=False)
        await pilot.pause()
        assert engines.wanted[2:] == [("random", 1)]  # the next has its place


@pytest.mark.usefixtures("embedded")
async def test_a_failure_costs_its_run_alone(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        for engine in list(engines):
            engine.deliver(Failed(engine.job.number, "[bold]no[/bold] memory: close something"))
        await pilot.pause()
        assert [note.message for note in app._notifications] == [
            "[bold]no[/bold] memory: close something"
        ]
        for job in engines.jobs[2:]:
            engines.tell(job)
        await pilot.pause()
        assert state(app).startswith("2 finished, 2 failed of 4 runs")
        assert "random, seed 0: failed: [bold]no[/bold] memory: close something" in log(app)


@pytest.mark.usefixtures("embedded")
async def test_leaving_names_a_few_and_counts_the_rest(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "a", "5")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveScreen)
        said = app.export_screenshot().replace("&#160;", " ")
        assert "random on bbcnews x wordllama-256, seed 0" in said
        assert "and 34 more" in said
        await pilot.press("y")
    assert all(engine.closed for engine in engines)
    assert not app.services.desks.work


# Looking.


@pytest.mark.usefixtures("embedded")
async def test_means_over_seeds_and_each_run_by_itself(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await play(pilot, engines)
        # The last cycle: 0.97 - 0.2 / 21 = 0.9605, seeds 0.01 apart.
        assert "random ×3 0.960 ±0.010" in legend(app)
        assert "margin ×3 0.970 ±0.010" in legend(app)
        assert "mean ± sd over seeds" in legend(app)
        await pilot.press("b")
        await pilot.pause()
        assert "random · seed 0 0.950" in legend(app)
        assert "margin · seed 2 0.980" in legend(app)
        assert "±" not in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_curves_have_their_strategies_marks(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await play(pilot, engines)
        for name in ("random", "margin"):
            assert f"{STRATEGY_MARKS[name].marker} {name}" in legend(app)
            assert STRATEGY_MARKS[name].marker in "".join(drawn(app))
        assert any(set("▁▂▃▄▅▆▇") & set(row) for row in drawn(app))  # the edges of the bands


@pytest.mark.usefixtures("embedded")
async def test_metric_and_axis_are_switched_and_remembered(
    many: MakeMany, engines: Engines
) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        await play(pilot, engines)
        values = []
        for _ in range(4):
            values.append(re.split(r"  +", legend(app)))
            await pilot.press("m")
            await pilot.pause()
        titles = [title for title, _ in values]
        assert titles == [
            "accuracy over labels",
            "balanced accuracy over labels",
            "macro-F1 over labels",
            "accuracy over labels",
        ]
        assert [entry[-5:] for _, entry in values] == ["0.960", "0.950", "0.940", "0.960"]
        assert "250" in drawn(app)[-1]
        await pilot.press("a")
        await pilot.pause()
        assert "balanced accuracy over seconds" in legend(app)
        # 21 fits of half a second: the axis ends behind 10.5.
        assert [float(tick) for tick in drawn(app)[-1].split()][-1] >= 10
    app.services.memory.save()
    engines.clear()
    async with many().run_test(size=SIZE) as pilot:
        await pilot.press("r")
        engines.tell(engines.jobs[-1], 3, end=False)
        await pilot.pause()
        assert "balanced accuracy over seconds" in legend(pilot.app)


@pytest.mark.usefixtures("embedded")
async def test_the_crosshair_reads_every_curve_at_a_cycle(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await play(pilot, engines)
        await pilot.press("left", "left", "left")
        await pilot.pause()
        # Cycle 18: 0.97 - 0.2 / 19 = 0.95947; two seeds at -0.01 and 0.
        assert legend(app).startswith("accuracy at cycle 18, 228 labels")
        assert "random ×2 0.954 ±0.007" in legend(app)
        assert app.screen.query_one(CycleTable).cursor == 18
        assert app.screen.query_one(QueriedTexts).border_title == "Texts queried in cycle 18: 5"
        assert sum("│" in row[10:] for row in drawn(app)) > 10
        await pilot.press("right", "right", "right", "right")  # no farther than the last
        await pilot.pause()
        assert legend(app).startswith("accuracy at cycle 20, 250 labels")
        await pilot.press("escape")
        await pilot.pause()
        assert legend(app).startswith("accuracy over labels")
        assert not any("│" in row[10:] for row in drawn(app))


@pytest.mark.usefixtures("embedded")
async def test_crosshair_and_table_move_together(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await play(pilot, engines)
        table = app.screen.query_one(CycleTable)
        table.focus()
        await pilot.press("up")
        await pilot.pause()
        assert chart(app).cycle is None  # the table alone shows no crosshair
        table.blur()
        await pilot.press("left", "left")
        table.focus()
        await pilot.press("k", "k")
        await pilot.pause()
        assert chart(app).cycle == 17
        await pilot.press("right_square_bracket")  # another run, the same cycle
        await pilot.pause()
        assert (chart(app).cycle, table.cursor) == (17, 17)


@pytest.mark.usefixtures("embedded")
async def test_the_mouse_reads_while_it_passes_and_a_click_stays(
    many: MakeMany, engines: Engines
) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await play(pilot, engines)
        width = chart(app).size.width
        await pilot.hover(LiveChart, offset=(width - 1, 4))
        await pilot.pause()
        assert legend(app).startswith("accuracy at cycle 20")
        await pilot.hover(CycleTable)
        await pilot.pause()
        assert legend(app).startswith("accuracy over labels")
        await pilot.click(LiveChart, offset=(width // 2, 4))
        await pilot.hover(CycleTable)
        await pilot.pause()
        read = chart(app).cycle
        assert read is not None
        assert 7 <= read <= 10  # the middle of 0..250 labels, from 30 in steps of 11
        assert legend(app).startswith(f"accuracy at cycle {read}")


@pytest.mark.usefixtures("embedded")
async def test_zoom_shows_less_of_the_axis_and_more_of_the_values(
    many: MakeMany, engines: Engines
) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await play(pilot, engines)
        whole = drawn(app)

        def ticks() -> list[float]:
            return [float(tick) for tick in drawn(app)[-1].split()]

        def heights() -> list[float]:
            return [float(row.split()[0]) for row in drawn(app) if "┤" in row]

        assert (ticks()[0], ticks()[-1]) == (0, 250)
        before = heights()
        await pilot.press("plus")
        await pilot.pause()
        middle = ticks()
        assert middle[0] >= 60 and middle[-1] <= 190
        assert max(heights()) - min(heights()) < max(before) - min(before)
        await pilot.press(">")
        await pilot.pause()
        assert ticks()[-1] > middle[-1]
        await pilot.press("<", "<")
        await pilot.pause()
        assert ticks()[0] < middle[0]
        await pilot.press("minus")
        await pilot.pause()
        assert drawn(app) == whole
        await pilot.press("=", "=", "0")
        await pilot.pause()
        assert drawn(app) == whole
        await pilot.press("=", "escape")
        await pilot.pause()
        assert drawn(app) == whole
        await pilot.press(*["="] * 40, *[">"] * 40)  # never closer or farther than makes sense
        await pilot.pause()
        assert ticks()


@pytest.mark.usefixtures("embedded")
async def test_zoom_keeps_what_the_crosshair_reads(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        await play(pilot, engines)
        await pilot.press("left", "left", *["="] * 5)
        await pilot.pause()
        ticks = [float(tick) for tick in drawn(app)[-1].split()]
        assert ticks[0] - 15 <= 239 <= ticks[-1] + 15  # the labels of cycle 19
        assert any("│" in row[10:] for row in drawn(app))


@pytest.mark.usefixtures("embedded")
async def test_views_of_what_is_below(many: MakeMany, engines: Engines) -> None:
    app = many()

    def shown() -> list[str]:
        return [
            type(pane).__name__
            for pane in app.screen.query("#details > *")
            if pane.region.area and pane.region in app.screen.region
        ]

    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert shown() == ["CycleTable", "QueriedTexts"]
        height = chart(app).size.height
        await pilot.press("v")
        await pilot.pause()
        assert shown() == ["CycleTable", "EventLog"]
        await pilot.press("v")
        await pilot.pause()
        assert shown() == []
        assert chart(app).size.height > height + 10
        await pilot.press("v")
        for size, panes in {
            (160, 45): ["CycleTable", "QueriedTexts", "EventLog"],
            (80, 24): ["CycleTable", "QueriedTexts"],
            (60, 24): ["CycleTable"],
            (80, 16): [],
        }.items():
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown() == panes, size
            assert chart(app).size.height >= 5
    app.services.memory.remember("live", pane="log")
    app.services.memory.save()
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert shown() == ["CycleTable", "EventLog"]


@pytest.mark.usefixtures("embedded")
async def test_the_log_tells_what_happened(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "1")
        await pilot.press("p", "p", "f")
        await play(pilot, engines)
        assert log(app)[:4] == ["2 runs handed in", "Paused", "Goes on", "Full speed"]
        for name, accuracy in {"random": "0.950", "margin": "0.960"}.items():
            assert [line for line in log(app) if name in line] == [
                f"{name}, seed 0: begins",
                f"{name}, seed 0: finished, stored: accuracy {accuracy} at 250 labels, 11 s",
            ]
        await pilot.press("v")
        await pilot.pause()
        written = "\n".join(strip.text for strip in app.screen.query_one(EventLog).lines)
        assert "12:00:00 2 runs handed in" in written
        narrow = len(app.screen.query_one(EventLog).lines)
        await pilot.resize_terminal(75, 40)
        await pilot.pause()
        assert len(app.screen.query_one(EventLog).lines) > narrow  # broken to the width


@pytest.mark.usefixtures("embedded")
async def test_everything_survives_another_screen(
    many: MakeMany, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = pages._PAGES
    monkeypatch.setattr(shell_screens, "NO_KEYS", (), raising=False)
    other = replace(second, target="shell_screens:ExplorerScreen", keys="shell_screens:NO_KEYS")
    monkeypatch.setattr(pages, "_PAGES", (first, other))
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "2")
        engines.tell(engines.jobs[0], 9)
        engines.tell(engines.jobs[1], 9, end=False)
        await pilot.pause()
        await pilot.press("left", "left", "=", "v", "m")
        await pilot.pause()
        before = drawn(app), legend(app), log(app)
        await pilot.press("2")
        await pilot.pause()
        assert app.current_mode == "explorer"
        await pilot.press("1")
        await pilot.pause()
        assert (drawn(app), legend(app), log(app)) == before
        await pilot.press("2")
        engines.tell(engines.jobs[2])
        await pilot.press("1")
        await pilot.pause()
        assert "random ×2" in legend(app)  # what came meanwhile


@pytest.mark.usefixtures("embedded")
async def test_no_size_breaks_it(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot, "a", "2")
        await play(pilot, engines)
        await pilot.press("left")
        for size in ((80, 24), (40, 12), (20, 5), (1, 1), (300, 90), (30, 60), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.press("v", "=", "left", "m", "s", "escape")
            await pilot.pause()
        assert "random" in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_narrow_names_every_curve_with_its_value(many: MakeMany, engines: Engines) -> None:
    app = many()
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot, "a", "a", "a", "3")
        await play(pilot, engines)
        await pilot.press("left")
        await pilot.pause()
        for name in STRATEGY_MARKS:
            assert re.search(rf"{name} 0\.\d\d\d", legend(app)), name
        await pilot.press("b")
        await pilot.pause()
        assert re.search(r"\(\d+ older not named\)", legend(app))
        assert "dropquery · seed 2" in legend(app)


@pytest.mark.usefixtures("embedded")
async def test_the_dialog_changes_no_other_screen(many: MakeMany) -> None:
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("s", "escape", "6")
        await pilot.pause()
        seeds, models = app.screen.query_one("#seeds"), app.screen.query_one("#models")
        assert seeds.outer_size.height == models.outer_size.height > 5


# Speed.


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("key", ["", "b"], ids=["bands", "runs"])
async def test_forty_runs_are_drawn_in_a_moment(many: MakeMany, engines: Engines, key: str) -> None:
    app = many()
    async with app.run_test(size=(140, 45)) as pilot:
        await start(pilot, "a", "5")
        await play(pilot, engines)
        await pilot.press(*([key] if key else []))
        assert len(engines.jobs) == 40
        shown = chart(app)
        times = []
        for _ in range(7):
            started = time.perf_counter()
            shown.show(shown._series, shown._reach)
            shown.render_line(0)
            times.append(time.perf_counter() - started)
        assert min(times) < 0.1  # measured: 0.008; the machine may be busy


@pytest.mark.usefixtures("embedded")
async def test_reports_that_come_fast_are_drawn_now_and_then(
    many: MakeMany, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_al.tui import frames

    monkeypatch.setattr(frames, "_LEAST", 3600.0)
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        drawings = []
        shown = chart(app)
        monkeypatch.setattr(shown, "show", lambda *_: drawings.append(1))
        for cycles in range(1, 22):
            engines.tell(engines.jobs[0], cycles, end=False)
            await pilot.pause()
        assert len(drawings) <= 1


@pytest.mark.usefixtures("embedded")
async def test_ten_thousand_events_at_once_are_few_drawings_and_keep_what_is_shown(
    many: MakeMany, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_al.tui import frames, jobs

    monkeypatch.setattr(jobs, "_EVERY", 1 / 30)
    monkeypatch.setattr(frames, "_LEAST", 1 / 20)
    app = many()
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        drawings = []
        real = LiveChart._draw
        monkeypatch.setattr(
            LiveChart, "_draw", lambda shown, size: drawings.append(1) or real(shown, size)
        )
        job = engines.jobs[0]
        engine = next(engine for engine in engines if job in engine.commands)
        progress = Progress("embedding", 1, 10_000, "texts", 0.5)
        for done in range(10_000):
            engine.deliver(Advanced(job.number, replace(progress, done=done)))
        engines.tell(job)
        while len(chart(app)._series) < 1:
            await pilot.pause()
        assert len(drawings) <= 3  # a drawing takes some milliseconds, all events fewer than two
        assert state(app).startswith("Running")
        desk = app.services.desks["runs"]
        assert not desk._arrived


def test_progress_that_was_overtaken_is_not_kept() -> None:
    progress = Progress("embedding", 1, 10_000, "texts", 0.5)
    events = [Advanced(1, replace(progress, done=done)) for done in range(10_000)]
    assert _coalesce(events) == events[-1:]


# Pictures.

LOOKS = pytest.mark.parametrize(
    ("size", "theme"),
    [((80, 24), DARK), ((80, 24), LIGHT), ((140, 45), DARK), ((140, 45), LIGHT)],
    ids=["80x24-dark", "80x24-light", "140x45-dark", "140x45-light"],
)


def curves(size: tuple[int, int], theme: str, many: MakeMany) -> TuiAlApp:
    choices = replace(CHOICES, strategy="badge")
    return many(choices, Settings(Preferences(theme=theme)))


@LOOKS
@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("keys", [(), ("left",) * 15, ("b", "v")], ids=["bands", "read", "runs"])
def test_picture_of_several_runs(
    snap_compare: Any,
    many: MakeMany,
    engines: Engines,
    size: tuple[int, int],
    theme: str,
    keys: tuple[str, ...],
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("s", "j", "space", "enter")  # random, margin and badge
        await pilot.pause()
        for number in range(9):
            engines.tell(engines.jobs[number], 21 if number < 7 else 12, end=number < 7)
            await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.wait_for_animation()

    assert snap_compare(curves(size, theme, many), terminal_size=size, run_before=run)


@LOOKS
@pytest.mark.usefixtures("embedded")
def test_picture_of_the_choice_of_several(
    snap_compare: Any, many: MakeMany, size: tuple[int, int], theme: str
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("s", "5")
        await pilot.pause()
        await pilot.wait_for_animation()

    assert snap_compare(curves(size, theme, many), terminal_size=size, run_before=run)
