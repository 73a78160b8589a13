"""The line of the grid's screen that says what is going on, or what a key would start."""

from collections.abc import Collection
from typing import NamedTuple

from tui_al.progress import Progress
from tui_al.tui.grid_words import say_open, say_ready, say_running
from tui_al.tui.grid_work import GridWork
from tui_al.tui.slice import Slice


class Status(NamedTuple):
    """A sentence; with `total`, a bar that is at `done`."""

    text: str
    done: float | None = None
    total: float | None = None


def say_status(work: GridWork, chosen: Slice, away: Collection[str], now: float) -> Status:
    """`away` are chosen datasets whose texts are on the Hub alone."""
    if work.computing is not None:
        return _say_computing(work, now)
    if chosen.open:
        return Status(say_open(chosen))
    broken = f"It broke off: {work.broken}" if work.broken else ""
    return Status(". ".join(filter(None, (work.outcome, _say_known(work, away), broken))))


def _say_computing(work: GridWork, now: float) -> Status:
    state = work.state
    if work.stopping:
        return Status("Stopping ... (x again ends the workers by force)")
    if state.total:
        return Status(say_running(state, work.elapsed(now)), state.done, state.total)
    if work.progress is not None:
        return Status(f"Getting ready: {_say_share(work.progress)} ...")
    return Status("Getting ready: counting, and embedding what is missing ...")


def _say_known(work: GridWork, away: Collection[str]) -> str:
    """What is known of the choice, or has to be done to know it."""
    if work.counting is not None:
        return _say_counting(work.progress)
    if work.refusal:
        return work.refusal
    if work.state.costs is not None:
        return say_ready(work.state.costs)
    if away:
        names = ", ".join(sorted(away))
        return f"To be fetched from the Hub: {names}. r begins, p fetches and estimates"
    return ""


def _say_counting(progress: Progress | None) -> str:
    return "Counting ..." if progress is None else f"Estimating: {_say_share(progress)} ..."


def _say_share(progress: Progress) -> str:
    return f"{progress.stage} {progress.done:,} of {progress.total:,} {progress.unit}"
