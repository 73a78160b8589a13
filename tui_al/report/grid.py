"""A grid on the terminal: what it will cost, how far it has come, what became of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tui_al.grid.batch import Batch
from tui_al.grid.durations import format_duration
from tui_al.grid.events import GridEvent, RunFailed, WorkerLost
from tui_al.grid.execute import Workers, execute
from tui_al.grid.plan import GridPlan, left_out_by_dataset
from tui_al.grid.preflight import Preflight, cost_rows
from tui_al.grid.tally import Tally
from tui_al.paths import Cache
from tui_al.report.narration import tell
from tui_al.report.output import cell, make_console, make_table

_NUMBERS = ("runs", "stored", "failed", "seconds", "memory", "disk")
_LINE_EVERY = 30.0  # seconds, where there is no terminal to draw on
_SHOWN_FAILURES = 5


def print_preflight(plan: GridPlan, preflight: Preflight, *, dry_run: bool) -> None:
    """Print what a grid costs: a line a dataset and strategy, and the total.

    That is the data of a dry run, on standard output, and narration where the grid begins.
    """
    sweep = plan.experiment == "ips"
    table = make_table(_title(plan), ("dataset", "ips" if sweep else "strategy", *_NUMBERS),
                       right=_NUMBERS)  # fmt: skip
    rows = cost_rows(preflight)
    for row in rows:
        table.add_row(*map(cell, (
            row.dataset, row.choice, f"{row.runs:,}", f"{row.stored:,}", f"{row.failed:,}",
            _seconds(row.seconds), _size(row.memory), _size(row.disk),
        )))  # fmt: skip
    table.add_section()
    table.add_row(*map(cell, (
        "total", "", f"{len(preflight.runs):,}", f"{len(preflight.stored):,}",
        f"{sum(row.failed for row in rows):,}", _seconds(preflight.seconds),
        _size(preflight.memory), _size(preflight.disk),
    )))  # fmt: skip
    console = make_console(stderr=not dry_run)
    console.print(table)
    for line in _notes(plan, preflight):
        console.print(cell(line), soft_wrap=True)


def _title(plan: GridPlan) -> str:
    sizes: tuple[tuple[str, Sized], ...] = (
        ("datasets", plan.datasets),
        ("models", plan.models),
        ("initial pools", plan.ips),
        ("sizes", plan.initial) if plan.experiment == "ips" else ("strategies", plan.strategies),
        ("seeds", plan.seeds),
    )
    return " x ".join(f"{len(values)} {name}" for name, values in sizes)


def _notes(plan: GridPlan, preflight: Preflight) -> Iterator[str]:
    todo = len(preflight.todo)
    if preflight.dropped_runs:
        seeds = ", ".join(map(str, preflight.dropped_seeds))
        named = f"seed {seeds}" if len(preflight.dropped_seeds) == 1 else f"seeds {seeds}"
        yield f"to fit the time: left out {named} everywhere, {_runs(preflight.dropped_runs)}"
    subjects = (source.subject for source in preflight.sources)
    for dataset, sizes in left_out_by_dataset(plan, subjects).items():
        yield f"{dataset} is too small for initial pools of {', '.join(f'{n:,}' for n in sizes)}"
    for source in preflight.unembedded:
        dataset, model = source.subject.names
        texts = source.subject.n_pool + source.n_test
        yield f"to embed first, beside this: {dataset} with {model}, {texts:,} texts"
    if preflight.shipped:
        yield f"{preflight.shipped:,} of these runs come with tui-al: 'tui-al report' shows them"
    if preflight.failed:
        which = "it" if len(preflight.failed) == 1 else "them"
        failed = _runs(len(preflight.failed))
        yield f"{failed} failed before: --retry-failed computes {which} again"
    if todo:
        yield (
            f"{_runs(todo)} to compute: about {format_duration(preflight.wall_seconds)} on "
            f"{preflight.workers} worker{'s' if preflight.workers > 1 else ''}, "
            f"{_size(preflight.memory)} of memory, {_size(preflight.disk)} on disk"
        )
    else:
        yield "nothing is left to compute"


@contextmanager
def show_grid(tally: Tally) -> Iterator[Callable[[GridEvent], None]]:
    """Yield a listener that counts events and shows how far the grid has come."""
    console = Console(stderr=True)
    started = time.perf_counter()
    if not console.is_terminal:
        yield _Lines(tally, started).listen
        return
    columns = (
        TextColumn("grid", markup=False),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=tally.total, said=_progress(tally, 0.0))

        def listen(event: GridEvent) -> None:
            tally.add(event)
            _tell_trouble(event)
            said = _progress(tally, time.perf_counter() - started)
            bars.update(task, completed=tally.done, said=said)

        yield listen


def run_batches(batches: Sequence[Batch], workers: Workers, cache: Cache) -> Tally:
    """Compute a grid to its end, show how far it has come, and tell what became of it."""
    tally = Tally.of(batches)
    started = time.perf_counter()
    with show_grid(tally) as listen:
        for event in execute(batches, workers, cache):
            listen(event)
    _tell_end(tally, time.perf_counter() - started)
    return tally


def _tell_end(tally: Tally, seconds: float) -> None:
    """Tell what became of a grid that was computed to its end."""
    rate = 60 * tally.stored / seconds if seconds else 0.0
    parts = [f"{_runs(tally.stored)} computed in {format_duration(seconds)} ({rate:,.0f} a minute)"]
    if tally.found:
        parts.append(f"{tally.found:,} stored by another grid meanwhile")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    tell(", ".join(parts))
    for reason, times in Counter(tally.reasons.values()).most_common(_SHOWN_FAILURES):
        tell(f"{_runs(times)} failed: {reason}")


class _Lines:
    """A line now and then."""

    def __init__(self, tally: Tally, started: float) -> None:
        self._tally, self._started, self._told = tally, started, started

    def listen(self, event: GridEvent) -> None:
        self._tally.add(event)
        _tell_trouble(event)
        now = time.perf_counter()
        if now - self._told >= _LINE_EVERY:
            self._told = now
            tell(_progress(self._tally, now - self._started))


def _progress(tally: Tally, elapsed: float) -> str:
    rate = tally.done / elapsed if elapsed else 0.0
    left = tally.seconds_left(elapsed)
    parts = [f"{tally.done:,}/{tally.total:,} runs", f"{rate:,.1f} runs/s"]
    parts.append("..." if left is None else f"{format_duration(left)} left")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    return "  ".join(parts)


def _tell_trouble(event: GridEvent) -> None:
    match event:
        case RunFailed(run, reason):
            tell(f"{run.dataset} x {run.model}, {run.strategy} from {run.ips}, "
                 f"seed {run.seed} failed: {reason}")  # fmt: skip
        case WorkerLost(reason):
            tell(f"{reason}: what it had not stored is computed again")


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _seconds(count: float) -> str:
    return f"{count:,.1f}" if count else "–"


def _size(count: float) -> str:
    if not count:
        return "–"
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
