"""How embedding jobs come along, what came of them, and what they would take."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from tui_al.embeddings.estimate import Estimate
from tui_al.errors import BadInput
from tui_al.grid.assessment import Quality
from tui_al.grid.embed import Embedded, EmbeddingFailed, EmbeddingJob, worst_exit_code
from tui_al.paths import CACHE_ADVICE, free_bytes
from tui_al.progress import Progress
from tui_al.report.amounts import show_bytes, show_seconds
from tui_al.report.narration import Lines, tell
from tui_al.report.output import cell, make_console, make_table, print_json

_REDRAW = 0.1  # seconds: more often than eyes can follow only flickers
_LINES_AROUND = 8  # jobs shown above and below the one at work, where not all fit
_WAITING, _WORKING, _DONE, _FAILED = "waiting", "", "done", "failed"


@dataclass(slots=True)
class _Line:
    """A job on the board."""

    job: EmbeddingJob
    state: str = _WAITING
    progress: Progress | None = None


class Board:
    """A line a job: how far, how fast, how long still. Without a terminal, plain lines."""

    def __init__(self, jobs: Sequence[EmbeddingJob], live: Live | None) -> None:
        self._lines = [_Line(job) for job in jobs]
        self._plain = Lines()
        self._live = live
        self._drawn = 0.0

    def listen(self, job: EmbeddingJob, progress: Progress) -> None:
        """Take in how far a job is."""
        line = self._lines[job.number]
        line.state, line.progress = _WORKING, progress
        if self._live is None:
            self._plain.listen(progress)
        elif time.monotonic() - self._drawn >= _REDRAW:
            self._draw(job.number)

    def finish(self, outcome: Embedded | EmbeddingFailed) -> None:
        """Take in what became of a job."""
        self._lines[outcome.job.number].state = _DONE if isinstance(outcome, Embedded) else _FAILED
        if self._live is not None:
            self._draw(outcome.job.number)
        if isinstance(outcome, EmbeddingFailed):
            alone = len(self._lines) == 1  # then it is the command that failed
            what = "tui-al" if alone else f"{_title(outcome.job)} failed"
            tell(f"{what}: {outcome.reason}")

    def _draw(self, current: int) -> None:
        assert self._live is not None
        self._drawn = time.monotonic()
        self._live.update(self._table(current), refresh=True)

    def _table(self, current: int) -> Table:
        columns = ("dataset", "model", "", "texts", "texts/s", "tokens/s", "left")
        table = make_table("", columns, right=columns[3:])
        first = max(0, current - _LINES_AROUND)
        for line in self._lines[first : current + _LINES_AROUND + 1]:
            table.add_row(*_board_cells(line))
        return table


@contextmanager
def show_board(jobs: Sequence[EmbeddingJob]) -> Iterator[Board]:
    """The board of some jobs on standard error, which stays when they are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Board(jobs, None)
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:
        yield Board(jobs, live)


def tell_qualities(outcomes: Sequence[Embedded]) -> None:
    """A table of finished embeddings on standard error: what they are, how good they look."""
    if not outcomes:
        return
    columns = ("dataset", "model", "texts", "dim", "MB", "length", "equal", "probe", "guess")
    table = make_table("", columns, right=columns[2:])
    for outcome in outcomes:
        table.add_row(*map(cell, _quality_cells(outcome)))
    Console(stderr=True, markup=False, highlight=False, emoji=False).print(table)
    tell("probe: 5-fold accuracy on a sample of the train pool; guess: its largest class")
    for outcome in outcomes:
        if note := outcome.entry.meta.get("note"):
            tell(f"{_title(outcome.job)}: {note}")


def print_outcome(outcome: Embedded | EmbeddingFailed) -> None:
    """One JSON object on standard output."""
    facts: dict[str, Any] = {"dataset": outcome.job.dataset, "model": outcome.job.spec.name}
    if isinstance(outcome, Embedded):
        meta = outcome.entry.meta
        facts |= {
            "folder": str(outcome.entry.folder),
            "key": outcome.entry.key,
            "fresh": outcome.fresh,
            "seconds": meta.get("seconds"),
            "tokens": meta.get("tokens"),
            **outcome.quality.as_dict(),
        }
    else:
        facts |= {"error": outcome.reason}
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def print_estimates(
    estimates: Sequence[Estimate | EmbeddingFailed], folder: Path, *, as_json: bool
) -> int:
    """What jobs would take, on standard output; returns the exit code, 2 if `folder` is too
    small for them."""
    known = [estimate for estimate in estimates if isinstance(estimate, Estimate)]
    free, needed = free_bytes(folder), sum(estimate.bytes_left for estimate in known)
    if as_json:
        print_json([asdict(estimate) for estimate in known])
    else:
        _print_table(known)
        seconds = show_seconds(sum(estimate.seconds or 0.0 for estimate in known))
        make_console().print(
            cell(f"in all {seconds}, {show_bytes(needed)} of {show_bytes(free)} free")
        )
    for estimate in estimates:
        if isinstance(estimate, EmbeddingFailed):
            tell(f"{_title(estimate.job)}: {estimate.reason}")
        elif estimate.seconds is None:
            tell(f"{estimate.model}: its weights are not on this disk, so nothing was measured")
    if needed > free:
        tell(f"this does not fit: {CACHE_ADVICE}")
        return BadInput.exit_code
    return worst_exit_code(estimates)


def _print_table(estimates: Iterable[Estimate]) -> None:
    columns = ("dataset", "model", "texts", "left", "tokens", "disk", "time", "state")
    table = make_table("", columns, right=columns[2:7])
    for estimate in estimates:
        table.add_row(*map(cell, _estimate_cells(estimate)))
    make_console().print(table)


def _title(job: EmbeddingJob) -> str:
    return f"{job.dataset} x {job.spec.name}"


def _board_cells(line: _Line) -> tuple[Any, ...]:
    names = cell(line.job.dataset), cell(line.job.spec.name)
    progress = line.progress
    if progress is None:
        return (*names, cell(line.state), *(cell("") for _ in range(4)))
    bar = ProgressBar(total=progress.total, completed=progress.done, width=14)
    if progress.unit != "texts":  # weights or texts on their way
        amount = f"{progress.done / 1e6:,.0f}/{progress.total / 1e6:,.0f} MB"
        return (*names, bar, cell(amount), cell(""), cell(""), cell("fetching"))
    amount = f"{progress.done:,}/{progress.total:,}"
    rates = f"{progress.rate:,.0f}", f"{progress.token_rate:,.0f}" if progress.tokens else ""
    left = line.state or show_seconds(progress.seconds_left) or "…"
    waits = progress.stage.startswith("waiting")
    return (*names, bar, cell(amount), *map(cell, rates), cell("waits" if waits else left))


def _quality_cells(outcome: Embedded) -> tuple[Any, ...]:
    quality, files = outcome.quality, outcome.entry.meta["files"]
    size = sum(file["bytes"] for file in files.values())
    return (
        outcome.job.dataset,
        outcome.job.spec.name,
        f"{quality.rows:,}",
        quality.dimension,
        f"{size / 1e6:,.1f}",
        _lengths(quality),
        f"{quality.duplicates:,}",
        *_probe_cells(quality),
    )


def _lengths(quality: Quality) -> str | None:
    if quality.norms is None:
        return None
    low, _, high = quality.norms
    return f"{low:.3g}–{high:.3g}"


def _probe_cells(quality: Quality) -> tuple[str | None, str | None]:
    probe = quality.probe
    if probe is None:
        return None, None
    return f"{probe.accuracy:.3f} ± {probe.deviation:.3f}", f"{probe.majority:.2f}"


def _estimate_cells(estimate: Estimate) -> tuple[Any, ...]:
    return (
        estimate.dataset,
        estimate.model,
        f"{estimate.rows:,}",
        f"{estimate.rows_left:,}",
        None if estimate.n_tokens is None else f"{estimate.n_tokens:,}",
        show_bytes(estimate.n_bytes),
        show_seconds(estimate.seconds),
        estimate.state,
    )
