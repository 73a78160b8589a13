"""A race: the runs of a grid seed by seed, of those strategies alone that may still win."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tui_al.embeddings.encoders import EncoderOptions
from tui_al.errors import BadInput
from tui_al.grid.batch import Batch
from tui_al.grid.events import RunFailed, RunFound, RunsAwaited, RunStored, WorkerLost
from tui_al.grid.execute import Workers, execute
from tui_al.grid.plan import GridPlan, PlannedRun, expand
from tui_al.grid.sources import embed_source, load_sources
from tui_al.paths import Cache, make_folder
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.failures import Failures
from tui_al.results.runs import RunIdentity


@dataclass(frozen=True, slots=True)
class Scored:
    """What a stored run is worth in the race, and the seconds it took to compute."""

    value: float
    seconds: float


class Verdict(Protocol):
    """What a referee makes of the scores so far."""

    @property
    def dropped(self) -> Collection[str]:
        """Strategies that leave the race now."""


V = TypeVar("V", bound=Verdict)
V_co = TypeVar("V_co", bound=Verdict, covariant=True)


class Referee(Protocol[V_co]):
    """Whoever scores runs and drops strategies; the race itself knows no statistics."""

    @property
    def first_round(self) -> int:
        """How many seeds are computed before the first verdict."""

    def read(self, run_ids: Collection[str]) -> Mapping[str, Scored]:
        """The scores of those runs that are stored."""

    def judge(self, scores: Mapping[str, Sequence[float]]) -> V_co:
        """A verdict on scores in the order of seeds; strategies with fewer were dropped."""


@dataclass(frozen=True, slots=True)
class RaceStarted:
    """`stored` of the runs of the whole grid need not be computed."""

    plan: GridPlan
    stored: int

    @property
    def total(self) -> int:
        """Runs of the whole grid."""
        return len(self.plan.strategies) * len(self.plan.seeds)


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """Every strategy of `racing` gets these seeds; `todo` are the runs to be computed."""

    seeds: tuple[int, ...]
    racing: tuple[str, ...]
    todo: tuple[RunIdentity, ...]


@dataclass(frozen=True, slots=True)
class StrategyFailed:
    """A run raised, now or in an earlier grid or race: its strategy leaves the race."""

    strategy: str
    seed: int
    reason: str


@dataclass(frozen=True, slots=True)
class RoundEnded(Generic[V]):
    """A round was judged."""

    verdict: V


@dataclass(frozen=True, slots=True)
class RaceEnded(Generic[V]):
    """The last verdict (None where too few strategies did not fail), and what it took.

    Of the `total` runs of the whole grid, `computed` were computed in `seconds` on one worker,
    `found` were stored already, and `left_out` were spared by dropping their strategies or by
    the end of the race: about `saved_seconds`, by the mean of each strategy, for those of them
    that are not stored anyway.
    """

    verdict: V | None
    computed: int
    found: int
    left_out: int
    total: int
    seconds: float
    saved_seconds: float


WorkEvent = RunStored | RunFound | RunsAwaited | WorkerLost
RaceEvent = RaceStarted | RoundStarted | WorkEvent | StrategyFailed | RoundEnded[V] | RaceEnded[V]


class Race(Generic[V]):
    """Strategies of one dataset, model and initial pool: `prepare`, then `run` once."""

    def __init__(
        self,
        plan: GridPlan,
        cache: Cache,
        referee: Referee[V],
        *,
        data_dir: Path | None = None,
        options: EncoderOptions | None = None,
        retry_failed: bool = False,
    ) -> None:
        _check(plan)
        self._plan, self._cache, self._referee = plan, cache, referee
        self._data_dir, self._options, self._retry_failed = data_dir, options, retry_failed
        self._scores: dict[str, dict[int, Scored]] = defaultdict(dict)
        self._computed: list[float] = []
        self._found = 0

    def prepare(self, *, listener: ProgressListener = ignore_progress) -> None:
        """Look at what is stored; embed what is missing where runs have to be computed.

        Raises `DamagedFile`, `HubUnavailable` or `BadInput` before anything is computed.
        """
        plan = self._plan
        self._load(listener)
        if len(self._stored()) < len(self._runs):
            make_folder(self._cache.runs)  # before the work, not after it
            embed_source(
                plan.datasets[0],
                plan.models[0],
                self._cache,
                data_dir=self._data_dir,
                options=self._options,
                listener=listener,
            )
            self._load(listener)  # the embedding of a Hub branch has its key by now

    def run(self, workers: Workers) -> Iterator[RaceEvent[V]]:
        """Compute rounds and yield what happens, until one strategy is left or all seeds are
        done. Whoever stops listening closes the workers; what is stored is found next time."""
        yield RaceStarted(self._plan, stored=len(self._stored()))
        racing, verdict = list(self._plan.strategies), None
        for seeds in self._rounds():
            failed: set[str] = set()
            for event in self._compute(racing, seeds, workers):
                if isinstance(event, StrategyFailed):
                    failed.add(event.strategy)
                yield event
            for strategy in failed:
                self._scores.pop(strategy, None)
            racing = [strategy for strategy in racing if strategy not in failed]
            if len(racing) < 2:
                verdict = None
                break
            verdict = self._referee.judge(self._in_order())
            yield RoundEnded(verdict)
            racing = [strategy for strategy in racing if strategy not in verdict.dropped]
            if len(racing) < 2:
                break
        yield self._end(verdict)

    def _load(self, listener: ProgressListener) -> None:
        plan = self._plan
        (self._source,) = load_sources(
            plan.datasets, plan.models, self._cache, data_dir=self._data_dir, listener=listener
        )
        self._runs = {
            (run.identity.strategy, run.identity.seed): run
            for run in expand(plan, [self._source.subject])
        }

    def _stored(self) -> Mapping[str, Scored]:
        return self._referee.read([run.identity.run_id for run in self._runs.values()])

    def _rounds(self) -> Iterator[tuple[int, ...]]:
        seeds, first = self._plan.seeds, self._referee.first_round
        yield seeds[:first]
        for seed in seeds[first:]:
            yield (seed,)

    def _compute(
        self, racing: Sequence[str], seeds: tuple[int, ...], workers: Workers
    ) -> Iterator[WorkEvent | RoundStarted | StrategyFailed]:
        """One round; its scores are kept, but those of strategies that fail."""
        runs = [self._runs[strategy, seed] for seed in seeds for strategy in racing]
        stored = self._referee.read([run.identity.run_id for run in runs])
        self._found += len(stored)
        missing = [run for run in runs if run.identity.run_id not in stored]
        reasons = self._failures([run.identity.run_id for run in missing])
        out = {run.identity.strategy for run in missing if run.identity.run_id in reasons}
        todo = [run for run in missing if run.identity.strategy not in out]
        kept = tuple(strategy for strategy in racing if strategy not in out)
        yield RoundStarted(seeds, kept, tuple(run.identity for run in todo))
        for run in missing:
            if reason := reasons.get(run.identity.run_id):
                yield StrategyFailed(run.identity.strategy, run.identity.seed, reason)
        for event in execute(self._batches(todo), workers, self._cache) if todo else ():
            if isinstance(event, RunStored):
                self._computed.append(event.seconds)
            elif isinstance(event, RunFound):
                self._found += 1
            if isinstance(event, RunFailed):
                yield StrategyFailed(event.run.strategy, event.run.seed, event.reason)
            else:
                yield event
        scored = self._referee.read([run.identity.run_id for run in runs])
        for run in runs:
            if run.identity.run_id in scored:
                score = scored[run.identity.run_id]
                self._scores[run.identity.strategy][run.identity.seed] = score

    def _failures(self, run_ids: Sequence[str]) -> Mapping[str, str]:
        failures = Failures(self._cache.failures)
        if not self._retry_failed:
            return failures.reasons(run_ids)
        for run_id in run_ids:
            failures.forget(run_id)
        return {}

    def _batches(self, runs: Sequence[PlannedRun]) -> list[Batch]:
        """A run each, those first whose strategy took longest so far."""
        data = self._source.data
        assert data is not None  # `prepare` embedded it
        costs = {run.identity.run_id: self._mean_seconds(run.identity.strategy) for run in runs}
        batches = [Batch(data, (run,), (costs[run.identity.run_id],)) for run in runs]
        return sorted(batches, key=lambda batch: -sum(batch.seconds))

    def _mean_seconds(self, strategy: str) -> float:
        scores = self._scores[strategy].values()
        return sum(score.seconds for score in scores) / len(scores) if scores else 0.0

    def _in_order(self) -> dict[str, list[float]]:
        return {
            strategy: [scores[seed].value for seed in self._plan.seeds if seed in scores]
            for strategy in self._plan.strategies
            if (scores := self._scores.get(strategy))
        }

    def _end(self, verdict: V | None) -> RaceEnded[V]:
        left_out = [
            run
            for (strategy, seed), run in self._runs.items()
            if strategy in self._scores and seed not in self._scores[strategy]
        ]
        stored = self._stored()
        spared = [run.identity for run in left_out if run.identity.run_id not in stored]
        return RaceEnded(
            verdict=verdict,
            computed=len(self._computed),
            found=self._found,
            left_out=len(left_out),
            total=len(self._runs),
            seconds=sum(self._computed),
            saved_seconds=sum(self._mean_seconds(run.strategy) for run in spared),
        )


def _check(plan: GridPlan) -> None:
    """Raise `BadInput` for a plan that is no race."""
    if len(plan.strategies) < 2:
        raise BadInput("a race needs two strategies at least: give --strategy once for each")
    if plan.cycles < 1:
        raise BadInput("a race needs query cycles: without, every strategy is the same")
    assert len(plan.datasets) == len(plan.models) == len(plan.ips) == 1
