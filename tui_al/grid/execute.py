"""A grid being computed: batches to workers, and what comes back as a stream of events."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from tui_al.grid.batch import Batch, Outcome
from tui_al.grid.events import (
    GridEvent,
    RunFailed,
    RunFound,
    RunsAwaited,
    RunStored,
    WorkerLost,
)
from tui_al.paths import Cache
from tui_al.results.failures import Failures

_DEATHS = 3  # of its worker, after which a run is given up
_GIVEN_UP = f"its worker process was killed {_DEATHS} times, for want of memory perhaps"


class Workers(Protocol):
    """Whoever computes batches: processes of this machine, or a cluster."""

    def count(self) -> int:
        """How many batches are computed at a time."""

    def run(self, batches: Sequence[Batch]) -> Iterator[tuple[Batch, Outcome | None]]:
        """Yield each batch with its outcome as it comes; None where its worker died."""

    def close(self) -> None:
        """Abandon what is being computed."""


def execute(batches: Sequence[Batch], workers: Workers, cache: Cache) -> Iterator[GridEvent]:
    """Compute batches and yield what happens, until every run is stored or has failed.

    Whoever stops listening closes the workers, which abandons what they are computing; the
    rest is there for the next time. Raises what stops all runs alike, as a full disk does.
    """
    deaths: Counter[str] = Counter()
    while batches:
        again: list[Batch] = []
        for batch, outcome in workers.run(batches):
            if outcome is not None:
                yield from _report(batch, outcome, again)
            else:
                yield WorkerLost("a worker process ended by itself")
                yield from _after_death(batch, deaths, again, cache)
        batches = again


def _report(batch: Batch, outcome: Outcome, again: list[Batch]) -> Iterator[GridEvent]:
    runs = {run.identity.run_id: run for run in batch.runs}
    for run_id, seconds in outcome.stored.items():
        yield RunStored(runs[run_id].identity, seconds)
    for run_id in outcome.found:
        yield RunFound(runs[run_id].identity)
    for run_id, reason in outcome.failed.items():
        yield RunFailed(runs[run_id].identity, reason)
    if outcome.awaited:
        again.append(_part(batch, set(outcome.awaited), wait=True))
        yield RunsAwaited(tuple(runs[run_id].identity for run_id in outcome.awaited))


def _after_death(
    batch: Batch, deaths: Counter[str], again: list[Batch], cache: Cache
) -> Iterator[GridEvent]:
    """Try the runs of a lost batch again, one by one: one of them may be what kills workers."""
    if len(batch.runs) > 1:
        again += [_part(batch, {run.identity.run_id}, wait=batch.wait) for run in batch.runs]
        return
    (run,) = batch.runs
    deaths[run.identity.run_id] += 1
    if deaths[run.identity.run_id] < _DEATHS:
        again.append(batch)
        return
    Failures(cache.failures).record(run.identity, _GIVEN_UP)
    yield RunFailed(run.identity, _GIVEN_UP)


def _part(batch: Batch, run_ids: set[str], *, wait: bool) -> Batch:
    pairs = zip(batch.runs, batch.seconds, strict=True)
    kept = [(run, seconds) for run, seconds in pairs if run.identity.run_id in run_ids]
    runs, seconds = zip(*kept, strict=True)
    return Batch(batch.data, runs, seconds, wait)
