"""An app in which each desk has a scripted engine of its own, and what a grid reports."""

from collections.abc import Sequence

from scripted import ScriptedEngine
from textual.pilot import Pilot

from tui_al.grid.bulk import (
    CostRow,
    FailedRun,
    GridBegan,
    GridCosts,
    GridJob,
    GridPlanned,
    RunName,
    RunOver,
)
from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.config import Settings, find_config
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.services import make_services

CHOICES = Choices("bbcnews", "wordllama-256", "random", "margin")


def make_many(cache: Cache, choices: Choices = CHOICES, theme: str = "") -> TuiAlApp:
    """The app of someone who has seen its greeting."""
    memory = Memory(memory_path(find_config()))
    memory.remember("app", greeted=True, **({"theme": theme} if theme else {}))
    services = make_services(cache, None, choices, Settings(), memory, make_engine=ScriptedEngine)
    return TuiAlApp(services)


def engine_of(app: TuiAlApp, desk: str) -> ScriptedEngine:
    """The engine behind a desk."""
    engine = app.services.desks[desk]._engine
    assert isinstance(engine, ScriptedEngine)
    return engine


def jobs_of(engine: ScriptedEngine, kind: type) -> list[object]:
    """The jobs of a kind that an engine was sent, oldest first."""
    return [command for command in engine.commands if isinstance(command, kind)]


def newest(engine: ScriptedEngine) -> GridJob:
    """The grid, or its estimate, that was sent last."""
    return [command for command in engine.commands if isinstance(command, GridJob)][-1]


def make_costs(
    job: GridJob, stored: int = 0, failed: Sequence[FailedRun] = (), *, unembedded: bool = False
) -> GridCosts:
    """What a grid takes by these made-up figures: each row has as many runs `stored`."""
    entries = job.entries
    per_row = len(entries["models"]) * len(entries["ips"]) * len(entries["seeds"])
    rows = tuple(
        CostRow(dataset, strategy, per_row, stored,
                sum(one.run.strategy == strategy for one in failed), 2.5, 160e6, 54_000)
        for dataset in entries["datasets"]
        for strategy in entries["strategies"]
    )  # fmt: skip
    runs = per_row * len(rows)
    pairs = tuple((d, m, 2225) for d in entries["datasets"] for m in entries["models"])
    todo = runs - stored * len(rows) - len(failed)
    return GridCosts(
        runs=runs,
        todo=todo,
        stored=stored * len(rows),
        failed=tuple(failed),
        wall_seconds=1.25 * todo,
        memory=320e6,
        disk=54e3 * len(rows),
        workers=2,
        shipped=0,
        unembedded=pairs if unembedded else (),
        rows=rows,
        costs={"setting": (1.0, 2.0, 3.0)},
    )


def report_plan(engine: ScriptedEngine, **changes: object) -> None:
    """The estimate that was asked for last, and its end where that was all."""
    job = newest(engine)
    engine.deliver(GridPlanned(job.number, make_costs(job, **changes)))  # type: ignore[arg-type]


def report_begin(engine: ScriptedEngine, total: int) -> None:
    engine.deliver(GridBegan(newest(engine).number, total))


def report_runs(engine: ScriptedEngine, first: int, last: int, total: int, how: str = "stored",
                reason: str = "") -> None:  # fmt: skip
    """Runs `first`..`last` - 1 of `total`, of the strategies in turn."""
    job = newest(engine)
    entries = job.entries
    for number in range(first, last):
        strategies = entries["strategies"]
        run = RunName(entries["datasets"][0], entries["models"][0], entries["ips"][0],
                      strategies[number % len(strategies)], number)  # fmt: skip
        left = 1.5 * (total - number - 1)
        engine.deliver(RunOver(job.number, run, how, reason, number + 1, total, left))  # type: ignore[arg-type]


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way any more."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.wait_for_animation()
