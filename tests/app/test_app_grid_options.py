"""The options of a grid: asked for in a dialog, and planned as the command plans them."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from grid_samples import add_made_up
from many_engines import engine_of, jobs_of, make_many, newest, report_plan, settle
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tui_al.grid.bulk import GridCosts, GridJob, GridPlanned
from tui_al.grid.messages import Ended
from tui_al.grid.plan import GridPlan
from tui_al.grid.serving import serve_grid
from tui_al.grid.session import GridSession
from tui_al.paths import Cache
from tui_al.results.failures import Failures
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.grid_options import GridOptions, parse_options
from tui_al.tui.screens import grid as grid_screen
from tui_al.tui.screens.grid_dialogs import BeginQuestion, GridOptionsScreen, Kind
from tui_al.tui.slice import Slice
from tui_al.tui.widgets import takes as takes_lines
from tui_al.tui.widgets.picks import PickList

OPTIONS = [
    {},
    {"budget": "20", "initial": "8", "cycles": "3", "workers": "1"},
    {"cycles": "0", "fit": "1h"},
    {"experiment": "ips", "budget": "20", "sizes": "20 50 100 250"},
    {"experiment": "ips", "workers": "3"},
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice is counted as soon as it is made, and memory suffices."""
    monkeypatch.setattr(takes_lines, "free_memory", lambda: None)
    monkeypatch.setattr(grid_screen, "_CHOSEN_FOR", 1e-4)


@pytest.fixture
def made(cache: Cache) -> Cache:
    add_made_up(cache)
    return cache


@pytest.fixture
def app(made: Cache) -> TuiAlApp:
    return make_many(made, Choices("made", "glove-50", "random", "margin"))


async def open_screen(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    await settle(pilot)


async def recount(pilot: Pilot[None]) -> GridJob:
    """End the count that is under way; the next one."""
    app = pilot.app
    assert isinstance(app, TuiAlApp)
    engine = engine_of(app, "questions")
    before = len(jobs_of(engine, GridJob))
    engine.deliver(Ended(newest(engine).number, finished=False))
    for _ in range(1000):
        await pilot.pause(0.01)
        if len(jobs_of(engine, GridJob)) > before:
            break
    return newest(engine)


def takes(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#takes", Static).render())


async def type_in(pilot: Pilot[None], name: str, text: str) -> None:
    field = pilot.app.screen.query_one(f"#{name}", Input)
    field.focus()
    field.value = ""
    await pilot.press(*text)


def count(chosen: Slice, cache: Cache) -> GridCosts:
    """What a worker tells the screen."""
    told: list[object] = []
    options = chosen.options
    job = GridJob(1, chosen.entries, cache.root, None, dry=True, workers=options.workers,
                  fit=options.seconds)  # fmt: skip
    serve_grid(job, told.append, lambda _: None)
    (planned,) = told
    assert isinstance(planned, GridPlanned)
    return planned.costs


@pytest.mark.parametrize("given", OPTIONS, ids=str)
def test_the_screen_and_the_command_plan_the_same_runs(
    tui_al, made: Cache, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    plans: list[GridPlan] = []
    start = GridSession.__init__

    def listen(session: GridSession, plan: GridPlan, *rest: object, **more: object) -> None:
        plans.append(plan)
        start(session, plan, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(GridSession, "__init__", listen)
    options = parse_options(GridOptions().typed | given)
    chosen = Slice(("made",), ("glove-50", "wordllama-256"), ("random", "coreset"),
                   ("margin", "badge"), (0, 3), options)  # fmt: skip
    costs = count(chosen, made)
    program, *arguments = shlex.split(chosen.command)
    assert program == "tui-al"
    dry = tui_al(*arguments, "--dry-run")
    assert (dry.code, dry.err.count("error")) == (0, 0), dry.err
    here, there = plans
    assert here == there
    total = next(line.split() for line in dry.out.splitlines() if line.startswith("total"))
    assert total[1] == f"{costs.runs:,}"
    assert f"{costs.todo} runs to compute" in dry.out
    assert f"on {costs.workers} worker" in dry.out
    rows = [line.split()[:3] for line in dry.out.splitlines() if line.startswith("made  ")]
    assert rows == [[row.dataset, row.choice, str(row.runs)] for row in costs.rows]
    for dataset, sizes in costs.left_out:
        named = ", ".join(f"{size:,}" for size in sizes)
        assert f"{dataset} is too small for initial pools of {named}" in dry.out


def test_seeds_that_do_not_fit_are_left_out_of_the_estimate(
    made: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_al.grid import preflight
    from tui_al.grid.session import make_preflight

    kept: list[preflight.Preflight] = []

    def keep(*given: object, **more: object) -> preflight.Preflight:
        kept.append(make_preflight(*given, **more))  # type: ignore[arg-type]
        return kept[-1]

    monkeypatch.setattr("tui_al.grid.session.make_preflight", keep)
    monkeypatch.setattr(preflight, "makespan", lambda seconds, workers: 10.0 * len(list(seconds)))
    chosen = Slice(("made",), ("glove-50",), ("random",), ("margin", "badge"), (0, 1, 2, 3),
                   GridOptions(fit="45s"))  # fmt: skip
    count(chosen, made)
    last = kept[0].runs[-1].identity
    Failures(made.failures).record(last, "of a seed that does not fit")
    costs = count(chosen, made)
    assert (costs.dropped_seeds, costs.dropped_runs) == ((2, 3), 3)
    assert (costs.runs, costs.todo, costs.stored, len(costs.failed)) == (5, 4, 0, 1)


async def test_options_are_asked_for_shown_and_counted_with(app: TuiAlApp, made: Cache) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        await pilot.press("o")
        assert isinstance(app.screen, GridOptionsScreen)
        assert app.screen.query_one("#use").region.bottom < 24  # all of it is seen
        await type_in(pilot, "budget", "20")
        await type_in(pilot, "cycles", "3x")
        await pilot.press("enter")
        assert "'3x' is no whole number" in str(app.screen.query_one("#reason", Static).render())
        await type_in(pilot, "cycles", "3")
        await type_in(pilot, "workers", "1")
        await type_in(pilot, "fit", "2h")
        await pilot.press("enter")
        job = await recount(pilot)
        assert (job.entries["budget"], job.entries["cycles"]) == (20, 3)
        assert (job.workers, job.fit) == (1, 7200.0)
        assert "20 labels · 3 cycles · 1 worker · within 2h" in takes(app)
        await pilot.press("y")
        assert app.clipboard.endswith("--budget 20 --cycles 3 --workers 1 --fit 2h")
    again = make_many(made)
    async with again.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        assert "20 labels · 3 cycles · 1 worker · within 2h" in takes(again)
        await pilot.press("o")
        await pilot.click("#usual")
        await settle(pilot)
        assert "labels" not in takes(again)


async def test_a_sweep_is_chosen_by_keys_and_leaves_strategies_out(app: TuiAlApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        app.screen.query_one("#strategies", PickList).focus()
        await pilot.press("o", "shift+tab", "right", "space", "tab")
        await pilot.press(*"20 50", "enter")
        job = await recount(pilot)
        assert job.entries == {
            "datasets": ["made"], "models": ["glove-50"], "ips": ["random"],
            "seeds": [0, 1, 2, 3, 4], "experiment": "ips", "initial": [20, 50],
        }  # fmt: skip
        assert not app.screen.query_one("#strategies").display
        assert app.screen.focused is app.screen.query_one("#ips")
        assert "a sweep: initial pools of 20, 50 labels" in takes(app)
        await pilot.press("o")
        await pilot.click(Kind)  # the first of the two
        await pilot.press("tab", "enter")
        job = await recount(pilot)
        assert app.screen.query_one("#strategies").display
        assert "initial" not in job.entries


async def test_what_may_not_fit_is_told_and_asked(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takes_lines, "free_memory", lambda: 10**8)
    monkeypatch.setattr(takes_lines, "free_bytes", lambda _: 1000)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        report_plan(engine_of(app, "questions"))
        await settle(pilot)
        assert "▲ 2 workers may need 320.0 MB of memory, 100.0 MB are free: o sets" in takes(app)
        assert "▲ the results need 162.0 kB, the disk has room for 1.0 kB" in takes(app)
        await pilot.press("r")
        assert isinstance(app.screen, BeginQuestion)
        await pilot.press("enter")  # the careful answer has the focus
        assert not jobs_of(engine_of(app, "grid"), GridJob)
        await pilot.press("r", "y")
        assert len(jobs_of(engine_of(app, "grid"), GridJob)) == 1


async def test_datasets_that_come_later_are_offered(app: TuiAlApp, made: Cache) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        picks = app.screen.query_one("#datasets", PickList)
        chosen, under = picks.chosen, picks.highlighted
        add_made_up(made, "later")
        app.screen.look()  # type: ignore[attr-defined]
        await settle(pilot)
        assert "later" in picks._values
        assert (picks.chosen, picks._values[picks.highlighted or 0]) == (chosen, "made")
        assert under is not None


async def test_a_disk_that_cannot_be_read_is_told_once(
    app: TuiAlApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(Path("cache")))

    async with app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot)
        monkeypatch.setattr(grid_screen, "dataset_rows", refuse)
        for _ in range(2):
            app.screen.look()  # type: ignore[attr-defined]
            await settle(pilot)
        (note,) = app._notifications
        assert "Permission denied" in note.message
        assert app.is_running


# Pictures.


@pytest.mark.parametrize("theme", ["tui-al-dark", "tui-al-light"])
@pytest.mark.parametrize("kind", ["curves", "sweep"])
def test_picture_of_options(snap_compare: Any, made: Cache, theme: str, kind: str) -> None:
    app = make_many(made, Choices("made", "glove-50", "random", "margin"), theme)
    GridOptions(sweep=kind == "sweep", budget=20, sizes=(20, 50), fit="2h").remember(
        app.services.memory
    )

    async def ask(pilot: Pilot[None]) -> None:
        await open_screen(pilot)
        await pilot.press("o")
        await settle(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=ask)
