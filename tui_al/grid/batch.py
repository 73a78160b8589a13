"""What a worker process does: compute a batch of runs on one dataset, and store them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache as remember
from threading import Lock

from tui_al.errors import first_line
from tui_al.grid.plan import PlannedRun
from tui_al.grid.run import Stopwatch
from tui_al.grid.shared import SharedDataset
from tui_al.learning.simulate import simulate
from tui_al.paths import Cache
from tui_al.results.claims import claims_of
from tui_al.results.failures import Failures
from tui_al.results.runs import RecordedRun
from tui_al.results.store import ResultStore

UNIT_SECONDS = 2.0  # of computing, that a killed process costs at most, or one run
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs on one dataset for a worker to compute one after another.

    `seconds` is what each is expected to take. With `wait`, a run that another process is
    computing is waited for; without, it comes back as awaited.
    """

    data: SharedDataset
    runs: tuple[PlannedRun, ...]
    seconds: tuple[float, ...]
    wait: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of the runs of a batch, by run id."""

    stored: dict[str, float] = field(default_factory=dict)
    """Seconds of each run that was computed and stored."""
    found: list[str] = field(default_factory=list)
    """Runs that were stored already."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why a run raised; that is recorded too."""
    awaited: list[str] = field(default_factory=list)
    """Runs that another process is computing."""


def compute_batch(
    data: SharedDataset, runs: Sequence[PlannedRun], cache: Cache, *, wait: bool = False
) -> Outcome:
    """Compute what nobody has stored or claimed, and store it.

    A run that raises is recorded and the next one begins; a disk that is full is an error
    of the whole batch. A process computes one batch at a time: the number of BLAS threads,
    on which last digits depend, is the whole process's.
    """
    with _ONE_AT_A_TIME:
        return _compute_batch(data, runs, cache, wait=wait)


def _compute_batch(
    data: SharedDataset, runs: Sequence[PlannedRun], cache: Cache, *, wait: bool
) -> Outcome:
    bench = _Bench(data, cache)
    claims = claims_of(cache.runs)
    if wait:
        for run in runs:
            with claims.wait_for(run.identity.run_id):
                bench.compute([run])
        return bench.outcome
    with claims.hold(run.identity.run_id for run in runs) as mine:
        claimed = set(mine)
        bench.compute([run for run in runs if run.identity.run_id in claimed])
    bench.outcome.awaited = [name for run in runs if (name := run.identity.run_id) not in claimed]
    return bench.outcome


class _Bench:
    """Computes claimed runs on one dataset and stores them, several small ones in one part."""

    def __init__(self, data: SharedDataset, cache: Cache) -> None:
        self._data, self._cache = data, cache
        self._store = _store(cache)
        self._finished: list[RecordedRun] = []
        self.outcome = Outcome()

    def compute(self, runs: Sequence[PlannedRun]) -> None:
        """Compute the runs that are not stored. That is looked up after they were claimed:
        whoever had claimed one until then has stored it by now."""
        stored = self._store.run_ids()
        dataset = self._data.open()
        for run in runs:
            if run.identity.run_id in stored:
                self.outcome.found.append(run.identity.run_id)
                continue
            try:
                cycles = Stopwatch(simulate(dataset, run.experiment))
                records = list(cycles)
            except Exception as error:  # whatever it is, it is noted and the others go on
                self._fail(run, f"{type(error).__name__}: {first_line(error)}")
                continue
            self._finished.append(
                RecordedRun(run.identity, records, cycles.seconds, self._data.origin)
            )
            if sum(done.wall_seconds for done in self._finished) >= UNIT_SECONDS:
                self._save()
        self._save()

    def _fail(self, run: PlannedRun, reason: str) -> None:
        Failures(self._cache.failures).record(run.identity, reason)
        self.outcome.failed[run.identity.run_id] = reason

    def _save(self) -> None:
        if self._finished:
            self._store.save_batch(self._finished)
        self.outcome.stored |= {done.identity.run_id: done.wall_seconds for done in self._finished}
        self._finished = []


@remember
def _store(cache: Cache) -> ResultStore:
    """A process keeps its store, which checks each part once."""
    return ResultStore(cache.runs)
