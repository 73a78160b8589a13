"""What commands tell on standard error: progress while they work, a line when they are done."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from tui_al.corpora.corpus import Corpus
from tui_al.embeddings.store import Entry
from tui_al.learning.records import CycleRecord
from tui_al.progress import Progress, ProgressListener
from tui_al.textsafe import visible


def tell(message: str) -> None:
    """Print one line of narration."""
    sys.stderr.write(f"{visible(message, one_line=True)}\n")
    sys.stderr.flush()


def tell_notes(records: Iterable[CycleRecord]) -> Iterator[CycleRecord]:
    """Pass records on, and tell what a strategy left out when it first says so."""
    told = {""}
    for record in records:
        yield record
        if record.note not in told:
            told.add(record.note)
            tell(f"cycle {record.cycle}: {record.note}")


@contextmanager
def show_progress() -> Iterator[ProgressListener]:
    """Yield a listener that shows bars with rate and time left; without a terminal, lines."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines().listen
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        _Amount(),
        _Rate(),
        TimeRemainingColumn(compact=True),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Bars(bars).listen


def describe_entry(entry: Entry) -> str:
    """One line about a finished embedding."""
    request, files = entry.meta["request"], entry.meta["files"]
    rows = sum(file["shape"][0] for file in files.values())
    size = sum(file["bytes"] for file in files.values()) / 1e6
    return (
        f"{request['dataset']} x {request['model']}: {rows:,} texts, "
        f"{files['train.npy']['shape'][1]} dimensions, {size:.1f} MB in {entry.folder}"
    )


def describe_corpus(corpus: Corpus) -> str:
    """One line about a corpus."""
    return (
        f"{corpus.name}: {len(corpus.train):,} train and {len(corpus.test):,} test texts, "
        f"{len(corpus.classes)} classes, default budget {corpus.budget}"
    )


class _Bars:
    """One bar a stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def listen(self, progress: Progress) -> None:
        stage = progress.stage
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(
                visible(stage, one_line=True), total=progress.total, unit=progress.unit, rate=0.0
            )
        self._bars.update(self._tasks[stage], completed=progress.done, rate=progress.rate)


class Lines:
    """A line when a stage begins and one when it ends."""

    def __init__(self) -> None:
        self._begun: set[str] = set()
        self._ended: set[str] = set()

    def listen(self, progress: Progress) -> None:
        if progress.stage not in self._begun:
            self._begun.add(progress.stage)
            tell(f"{progress.stage}: {progress.total:,} {progress.unit} ...")
        elif progress.done == progress.total and progress.stage not in self._ended:
            self._ended.add(progress.stage)
            rate = _rate(progress.rate, progress.unit)
            tell(f"{progress.stage}: done in {progress.seconds:.1f} s ({rate})")


class _Amount(ProgressColumn):
    """Bytes as megabytes, everything else as counts."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes, self._count = DownloadColumn(), MofNCompleteColumn()

    def render(self, task: Task) -> Text:
        return (self._bytes if task.fields["unit"] == "B" else self._count).render(task)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(_rate(task.fields["rate"], task.fields["unit"]))


def _rate(rate: float, unit: str) -> str:
    return f"{rate / 1e6:,.1f} MB/s" if unit == "B" else f"{rate:,.0f} {unit}/s"
