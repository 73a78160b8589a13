"""The grid's screen: choosing, the preflight, computing, failures, going on."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from grid_samples import MODELS, add_made_up, plan_runs, small_plan, times_stored
from many_engines import (
    engine_of,
    jobs_of,
    make_costs,
    make_many,
    newest,
    report_begin,
    report_plan,
    report_runs,
    settle,
)
from processes import workers_of
from textual.pilot import Pilot
from textual.widgets import Static
from textual.widgets._footer import FooterKey

from tui_al.grid.bulk import FailedRun, GridCosts, GridJob, GridTrouble, RunName
from tui_al.grid.messages import Advanced, Ended, Failed, Stop, WorkerLost
from tui_al.grid.plan import make_plan
from tui_al.paths import Cache
from tui_al.progress import Progress
from tui_al.results.failures import Failures
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.config import Settings, find_config
from tui_al.tui.engine import ProcessEngine
from tui_al.tui.grid_words import describe_costs, say_product, say_ready
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.screens import grid as grid_screen
from tui_al.tui.screens.dialogs import LeaveScreen
from tui_al.tui.screens.grid import GridScreen
from tui_al.tui.screens.grid_dialogs import BeginQuestion, FailureScreen
from tui_al.tui.services import make_services
from tui_al.tui.slice import Slice, opening_slice
from tui_al.tui.widgets import takes as takes_lines
from tui_al.tui.widgets.costs import CostTable, FailureTable
from tui_al.tui.widgets.picks import PickList

SIZE = (140, 45)
PATIENCE = 60  # seconds until processes have done what is awaited
FAILED = FailedRun(
    RunName("made", "glove-50", "random", "margin", 3), "ValueError: [b]NaN[/b]\x1b[31m"
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice is counted as soon as it is made, the clock does not tick, and memory suffices."""
    monkeypatch.setattr(takes_lines, "free_memory", lambda: None)
    monkeypatch.setattr(grid_screen, "_CHOSEN_FOR", 1e-4)
    monkeypatch.setattr(grid_screen, "_TICK", 3600.0)


@pytest.fixture
def made(cache: Cache) -> Cache:
    """The dataset "made" is embedded with two models."""
    add_made_up(cache)
    return cache


@pytest.fixture
def app(made: Cache) -> TuiAlApp:
    return make_many(made, Choices("made", "glove-50", "random", "margin"))


def screen_of(app: TuiAlApp) -> GridScreen:
    assert isinstance(app.screen, GridScreen)
    return app.screen


def state(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


def takes(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#takes", Static).render())


def table(app: TuiAlApp) -> list[list[str]]:
    costs = app.screen.query_one(CostTable)
    return [[str(cell) for cell in costs.get_row_at(row)] for row in range(costs.row_count)]


def failures(app: TuiAlApp) -> FailureTable:
    return app.screen.query_one(FailureTable)


async def open_screen(pilot: Pilot[None], **changes: object) -> None:
    """Show the screen, and report what the choice takes."""
    await pilot.press("6")
    await settle(pilot)
    await report(pilot, **changes)


async def report(pilot: Pilot[None], **changes: object) -> None:
    app = pilot.app
    assert isinstance(app, TuiAlApp)
    engine = engine_of(app, "questions")
    await until(pilot, lambda: bool(jobs_of(engine, GridJob)))
    report_plan(engine, **changes)
    engine.deliver(Ended(newest(engine).number, finished=True))
    await settle(pilot)


async def until(pilot: Pilot[None], true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, state(pilot.app)  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        await pilot.pause()


async def focus(pilot: Pilot[None], name: str, row: int = 0) -> PickList[Any]:
    picks = pilot.app.screen.query_one(f"#{name}", PickList)
    picks.focus()
    picks.highlighted = row
    await pilot.pause()
    return picks


# Choosing, and what that takes.


async def test_the_choice_is_counted_when_the_screen_opens(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, stored=2)
        job = newest(engine_of(app, "questions"))
        assert job.dry
        assert job.entries == {
            "datasets": ["made"], "models": ["glove-50"], "ips": ["random"],
            "strategies": ["random", "margin", "badge"], "seeds": [0, 1, 2, 3, 4],
        }  # fmt: skip
        make_plan(job.entries)  # what a worker makes of it
        assert state(app) == "r goes on with 9 runs, about 11 s"
        assert "15 runs: 1 dataset × 1 model × 1 initial pool × 3 strategies" in takes(app)
        assert "6 stored, 9 to compute" in takes(app)
        assert "on 2 workers, 320.0 MB of memory" in takes(app)
        assert [row[:2] + row[3:4] for row in table(app)] == [
            ["made", "random", "2/5"], ["made", "margin", "2/5"], ["made", "badge", "2/5"],
        ]  # fmt: skip


async def test_another_choice_is_counted_again_and_the_former_dropped(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        engine = engine_of(app, "questions")
        await until(pilot, lambda: len(jobs_of(engine, GridJob)) == 1)
        first = newest(engine)
        await focus(pilot, "strategies", 2)
        await pilot.press("space")  # while the first is being counted
        await settle(pilot)
        assert jobs_of(engine, Stop)
        engine.deliver(Ended(first.number, finished=False))
        await until(pilot, lambda: len(jobs_of(engine, GridJob)) == 2)
        assert newest(engine).entries["strategies"] == ["random", "margin", "entropy", "badge"]
        assert state(app).startswith("Counting ...")
        await report(pilot)
        assert state(app).startswith("r computes 20 runs")
        assert len(table(app)) == 4


async def test_what_was_measured_is_not_measured_again(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await focus(pilot, "seeds", 5)
        await pilot.press("enter")
        engine = engine_of(app, "questions")
        await until(pilot, lambda: len(jobs_of(engine, GridJob)) == 2)
        assert newest(engine).costs == {"setting": (1.0, 2.0, 3.0)}


async def test_lists_by_keys_and_by_mouse(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        picks = await focus(pilot, "strategies")
        await pilot.press("a")
        assert len(picks.chosen) == 8
        await pilot.press("a")
        assert picks.chosen == ()
        assert state(app).startswith("Choose a strategy:")
        assert screen_of(app).check_action("run", ()) is None
        await pilot.click(picks, offset=(4, 2))
        assert picks.chosen == ("margin",)
        await pilot.press("G", "space")
        assert picks.chosen == ("margin", "dropquery")
        await pilot.press("l")
        assert screen_of(app).focused is screen_of(app).query_one("#seeds")
        await pilot.press("left", "h")
        assert screen_of(app).focused is screen_of(app).query_one("#ips")


async def test_the_last_choice_is_remembered(app: TuiAlApp, made: Cache) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await focus(pilot, "ips")
        await pilot.press("a")
        await focus(pilot, "seeds")
        await pilot.press("space")
    again = make_many(made)
    async with again.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        job = newest(engine_of(again, "questions"))
        assert job.entries["ips"] == ["random", "coreset", "typiclust"]
        assert job.entries["seeds"] == [1, 2, 3, 4]
        assert job.entries["datasets"] == ["made"]


async def test_what_has_to_be_fetched_is_counted_on_demand_alone(cache: Cache) -> None:
    app = make_many(cache, Choices("agnews", "glove-50", "random", "margin"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await settle(pilot)
        engine = engine_of(app, "questions")
        await until(pilot, lambda: state(app).startswith("To be fetched from the Hub: agnews"))
        assert not jobs_of(engine, GridJob)
        await pilot.press("r")
        assert isinstance(app.screen, BeginQuestion)
        await pilot.press("n", "p")
        assert newest(engine).dry
        await report(pilot, unembedded=True)
        assert "to embed first, beside this: agnews x glove-50, 2,225 texts" in takes(app)
        await pilot.press("r", "y")
        assert not newest(engine_of(app, "grid")).dry


async def test_a_count_that_fails_is_told(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        engine = engine_of(app, "questions")
        await until(pilot, lambda: bool(jobs_of(engine, GridJob)))
        engine.deliver(Failed(newest(engine).number, "budget 40 is larger than the pool"))
        await settle(pilot)
        assert [note.message for note in app._notifications] == [
            "budget 40 is larger than the pool"
        ]


async def test_the_line_of_keys_is_made_again_only_where_it_changes(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        before = list(app.screen.query(FooterKey))
        await pilot.press("5", "6", "right", "down")
        await settle(pilot)
        assert list(app.screen.query(FooterKey)) == before
        await pilot.press("r")
        await settle(pilot)
        after = {key.description: key.has_class("-disabled") for key in app.screen.query(FooterKey)}
        assert {key.description: key.has_class("-disabled") for key in before}["Stop"]
        assert (after["Stop"], after["Run"]) == (False, True)


# Computing.


async def test_a_grid_from_its_start_to_its_end(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, stored=2)
        await pilot.press("r")
        engine = engine_of(app, "grid")
        assert not newest(engine).dry
        assert state(app).startswith("Getting ready")
        report_plan(engine, stored=2)
        report_begin(engine, 9)
        report_runs(engine, 0, 3, 9)
        await pilot.pause()
        assert state(app).startswith("3 of 9 runs · ")
        assert "9.0 s left" in state(app)
        assert [row[3] for row in table(app)] == ["3/5", "3/5", "3/5"]
        assert "grid 33%" in str(app.screen.query_one("#activity", Static).render())
        assert screen_of(app).check_action("run", ()) is None
        report_runs(engine, 3, 9, 9)
        engine.deliver(Ended(newest(engine).number, finished=True))
        await settle(pilot)
        await report(pilot, stored=5)
        assert state(app).startswith("Done: 9 runs stored, in ")
        assert state(app).endswith("All 15 runs are stored")
        await pilot.press("r")  # there is nothing to do
        assert len(jobs_of(engine, GridJob)) == 1


async def test_embedding_comes_first_when_agreed(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, unembedded=True)
        await pilot.press("r")
        assert isinstance(app.screen, BeginQuestion)
        await pilot.press("y")
        engine = engine_of(app, "grid")
        progress = Progress("embedding made with glove-50", 40, 160, "texts", 0.5)
        engine.deliver(Advanced(newest(engine).number, progress))
        await pilot.pause()
        assert state(app) == "Embedding 40 of 160 texts · 80/s · 2 s left"


async def test_failures_are_listed_with_their_errors(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        assert not failures(app).display
        await pilot.press("r")
        engine = engine_of(app, "grid")
        report_plan(engine)
        report_begin(engine, 15)
        report_runs(engine, 0, 2, 15)
        report_runs(engine, 2, 4, 15, "failed", FAILED.reason)
        await settle(pilot)
        assert "2 failed" in state(app)
        assert failures(app).display
        assert failures(app).row_count == 2
        assert [row[3:5] for row in table(app)][2] == ["0/5", "1"]
        failures(app).focus()
        await pilot.press("enter")
        assert isinstance(app.screen, FailureScreen)
        text = app.export_screenshot().replace("&#160;", " ")
        assert "badge from random on made x glove-50, seed 2" in text
        assert "ValueError: [b]NaN[/b]␛[31m" in text
        await pilot.press("escape", "y")
        assert app.clipboard == FAILED.reason


async def test_failed_runs_are_tried_again(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, failed=[FAILED])
        assert "1 failed before (t tries again)" in takes(app)
        assert failures(app).row_count == 1
        await pilot.press("t")
        job = newest(engine_of(app, "grid"))
        assert job.retry_failed
        assert not job.dry
        report_plan(engine_of(app, "grid"))
        await settle(pilot)
        assert failures(app).row_count == 0


async def test_a_grid_is_stopped_and_goes_on(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("r")
        engine = engine_of(app, "grid")
        report_plan(engine)
        report_begin(engine, 15)
        report_runs(engine, 0, 6, 15)
        await pilot.pause()
        await pilot.press("x")
        assert jobs_of(engine, Stop)
        assert state(app).startswith("Stopping")
        engine.deliver(Ended(newest(engine).number, finished=False))
        await settle(pilot)
        await report(pilot, stored=2)
        assert state(app).startswith("Stopped: 6 runs stored, in ")
        assert state(app).endswith("r goes on with 9 runs, about 11 s")


async def test_a_grid_that_does_not_listen_is_killed(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("r", "x", "x")
        engine = engine_of(app, "grid")
        assert engine.killed
        engine.deliver(WorkerLost("the worker process was killed by signal 9"))
        await settle(pilot)
        assert not app._notifications  # it was asked for
        assert app.services.desks.work == ()


async def test_a_lost_worker_is_told_and_the_app_lives(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("r")
        engine = engine_of(app, "grid")
        report_plan(engine)
        report_begin(engine, 15)
        engine.deliver(GridTrouble(newest(engine).number, "a worker process ended by itself"))
        await settle(pilot)
        assert [note.message for note in app._notifications] == ["a worker process ended by itself"]
        engine.deliver(WorkerLost("the worker process was killed, as where memory runs out"))
        await settle(pilot)
        assert "memory runs out" in [*app._notifications][-1].message
        assert screen_of(app).check_action("run", ()) is True


async def test_its_state_survives_other_screens(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        picks = await focus(pilot, "seeds", 7)
        await pilot.press("r")
        engine = engine_of(app, "grid")
        report_plan(engine)
        report_begin(engine, 15)
        await pilot.press("5")
        report_runs(engine, 0, 6, 15)
        await settle(pilot)
        tabs = str(app.screen.query_one("#activity", Static).render())
        assert tabs == "grid 40%"
        await pilot.press("6")
        await settle(pilot)
        assert (screen_of(app).focused, picks.highlighted) == (picks, 7)
        assert [row[3] for row in table(app)] == ["2/5", "2/5", "2/5"]
        await pilot.press("1")
        engine.deliver(Ended(newest(engine).number, finished=True))
        await settle(pilot)
        (note,) = app._notifications
        assert note.message.startswith("Done: 6 runs stored")


async def test_another_choice_meanwhile_waits_for_the_end(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("r")
        grid, questions = engine_of(app, "grid"), engine_of(app, "questions")
        report_plan(grid)
        report_begin(grid, 15)
        await focus(pilot, "seeds", 5)
        await pilot.press("space")
        report_runs(grid, 0, 6, 15)
        await settle(pilot)
        assert len(jobs_of(questions, GridJob)) == 1
        assert state(app).startswith("6 of 15 runs")
        grid.deliver(Ended(newest(grid).number, finished=True))
        await until(pilot, lambda: len(jobs_of(questions, GridJob)) == 2)
        assert newest(questions).entries["seeds"] == [0, 1, 2, 3, 4, 5]


async def test_leaving_asks_while_a_grid_is_computed_not_while_it_is_counted(
    app: TuiAlApp,
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("r", "ctrl+q")
        await pilot.pause()
        assert isinstance(app.screen, LeaveScreen)
        text = app.export_screenshot().replace("&#160;", " ")
        assert "a grid; the same choice goes on another time" in text
        await pilot.press("n")
        engine_of(app, "grid").deliver(Ended(newest(engine_of(app, "grid")).number, finished=True))
        await until(pilot, lambda: bool(app.services.desks["questions"].work))
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert engine_of(app, "grid").closed


async def test_the_command_is_copied(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot)
        await pilot.press("y")
        assert app.clipboard.startswith("tui-al grid --dataset made --model glove-50 --ips random")
        assert app.clipboard.endswith("--seed 3 --seed 4")


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (100, 30), (250, 60)])
async def test_any_size_is_survived(app: TuiAlApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_screen(pilot, failed=[FAILED])
        await pilot.resize_terminal(*size)
        await settle(pilot)
        assert len(table(app)) == 3
        await pilot.press("space", "j")
        await pilot.resize_terminal(*SIZE)
        assert app.is_running


def test_a_slice_without_a_value_has_no_runs() -> None:
    chosen = Slice(("a",), ("b", "c"), ("random",), ("margin",), (0, 1))
    assert (chosen.runs, chosen.open) == (4, ())
    assert say_product(chosen).startswith("4 runs: 1 dataset × 2 models × 1 initial pool ×")
    none = Slice(("a",), (), ("random",), ("margin",), ())
    assert (none.runs, none.open) == (0, ("models", "seeds"))


def test_what_is_remembered_and_unknown_is_left_out(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    memory.remember("grid", datasets=["gone", "b"], seeds=["0", 1], models="b")
    known = Slice(("a", "b"), ("b",), ("random",), ("margin",), (0, 1))
    chosen = opening_slice(memory, Choices("a", "b", "random", "margin"), known)
    assert chosen == Slice(("b",), ("b",), ("random",), ("margin",), (1,))


@pytest.mark.parametrize(
    ("stored", "failed", "expected"),
    [
        (0, 0, "r computes 15 runs, about 19 s"),
        (4, 1, "r goes on with 2 runs, about 2.5 s"),
        (5, 0, "All 15 runs are stored"),
        (4, 3, "Nothing is left but 3 runs that failed: t tries again"),
    ],
)
def test_what_is_said_of_a_preflight(stored: int, failed: int, expected: str) -> None:
    costs = _costs(stored, failed)
    assert say_ready(costs) == expected
    lines = list(describe_costs(costs, 10**9))
    assert ("of 1.0 GB free" in " ".join(lines)) == bool(costs.todo)


def _costs(stored: int, failed: int) -> GridCosts:
    chosen = Slice(("made",), ("m",), ("random",), ("a", "b", "c"), tuple(range(5)))
    return make_costs(GridJob(1, chosen.entries, Path(), None), stored, [FAILED] * failed)


# A real grid, in processes of its own.


@pytest.fixture
def real(made: Cache) -> TuiAlApp:
    memory = Memory(memory_path(find_config()))
    memory.remember("app", greeted=True)
    memory.remember("grid", datasets=["made"], models=list(MODELS), ips=["random", "typiclust"],
                    strategies=["margin", "coreset", "dropquery"], seeds=[0, 1])  # fmt: skip
    choices = Choices("made", "glove-50", "random", "margin")
    services = make_services(made, None, choices, Settings(), memory, make_engine=ProcessEngine)
    return TuiAlApp(services)


def driver(app: TuiAlApp) -> int:
    engine = app.services.desks["grid"]._engine
    assert isinstance(engine, ProcessEngine)
    assert engine._process is not None
    return engine._process.pid


def children(process: int) -> list[int]:
    """Processes that a process started."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found]


def alive(process: int) -> bool:
    """Whether it runs; what is gone but not yet asked for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_a_real_grid(real: TuiAlApp, made: Cache) -> None:
    async with real.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: state(real).startswith("r computes 24 runs"))
        await pilot.press("r")
        await until(pilot, lambda: state(real).startswith("Done: 24 runs stored"))
        await until(pilot, lambda: state(real).endswith("All 24 runs are stored"))
        assert [row[3] for row in table(real)] == ["8/8"] * 3
        assert len(times_stored(made)) == 24 * 21
    assert not workers_of(made)


async def test_a_real_grid_is_stopped_loses_a_worker_and_goes_on(
    real: TuiAlApp, made: Cache
) -> None:
    async with real.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        screen = screen_of(real)
        await focus(pilot, "seeds")
        await pilot.press("a", "r")  # 240 runs
        await until(pilot, lambda: screen._work.state.done > 0)
        await pilot.press("x")
        await until(pilot, lambda: state(real).startswith("Stopped: "))
        stored = {run for run, _ in times_stored(made)}
        assert 0 < len(stored) < 240
        await until(pilot, lambda: "r goes on with" in state(real))
        assert f"r goes on with {240 - len(stored)} runs" in state(real)
        await pilot.press("r")
        await until(pilot, lambda: screen._work.state.done > 0)
        victims = [one for one in children(driver(real)) if _is_worker(one)]
        os.kill(victims[0], signal.SIGKILL)
        await until(pilot, lambda: bool(real._notifications))
        assert "a worker process ended by itself" in next(iter(real._notifications)).message
        await until(pilot, lambda: "All 240 runs are stored" in state(real))
        counts = times_stored(made)
        assert set(counts.values()) == {1}
        assert len(counts) == 240 * 21
    assert not workers_of(made)


def _is_worker(process: int) -> bool:
    return b"resource_tracker" not in Path(f"/proc/{process}/cmdline").read_bytes()


async def test_closing_in_the_middle_of_a_real_grid(real: TuiAlApp, made: Cache) -> None:
    async with real.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        screen = screen_of(real)
        await focus(pilot, "seeds")
        await pilot.press("a", "r")
        await until(pilot, lambda: screen._work.state.done > 0)
        processes = [driver(real), *children(driver(real))]
        assert len(processes) >= 2
        assert {os.getpriority(os.PRIO_PROCESS, process) for process in processes} == {10}
        await pilot.press("ctrl+q", "ctrl+q")
        await pilot.pause()
    assert not [process for process in processes if alive(process)]
    assert not list(made.root.rglob("*.tmp"))
    assert set(times_stored(made).values()) == {1}


async def test_a_run_that_failed_is_left_alone_until_it_is_tried_again(
    real: TuiAlApp, made: Cache
) -> None:
    plan = small_plan(cycles=20)
    run = plan_runs(plan, made)[0].identity
    Failures(made.failures).record(run, "MemoryError: out of luck")
    async with real.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: state(real).startswith("r computes 23 runs"))
        assert str(failures(real).get_row_at(0)[0]) == "MemoryError: out of luck"
        await pilot.press("r")
        await until(pilot, lambda: "Nothing is left but 1 run that failed" in state(real))
        await pilot.press("t")
        await until(pilot, lambda: "All 24 runs are stored" in state(real))
        assert not failures(real).display
    assert not Failures(made.failures).reasons([run.run_id])


# Pictures.


@pytest.mark.parametrize("size", [(80, 24), (140, 45)], ids=["80x24", "140x45"])
@pytest.mark.parametrize("theme", ["tui-al-dark", "tui-al-light"])
@pytest.mark.parametrize("running", [False, True], ids=["ready", "running"])
def test_picture_of_a_grid(
    snap_compare: Any,
    made: Cache,
    size: tuple[int, int],
    theme: str,
    running: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(takes_lines, "free_bytes", lambda _: 64 * 10**9)
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(grid_screen, "time", SimpleNamespace(monotonic=lambda: clock.now))
    app = make_many(made, Choices("made", "glove-50", "random", "margin"), theme)

    async def work(pilot: Pilot[None]) -> None:
        await open_screen(pilot, stored=2)
        if running:
            await pilot.press("r")
            engine = engine_of(app, "grid")
            report_plan(engine, stored=2)
            report_begin(engine, 9)
            await pilot.pause()
            clock.now += 2.0
            report_runs(engine, 0, 4, 9)
            report_runs(engine, 4, 6, 9, "failed", "ValueError: the matrix has NaN in row 17")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=work)
