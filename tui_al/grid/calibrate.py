"""What a run would cost on this machine, from a few fits and queries in the middle of one."""

import time
import tracemalloc
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from tui_al.grid.plan import PlannedRun
from tui_al.grid.sources import Source
from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.experiment import Schedule
from tui_al.learning.learner import Learner
from tui_al.learning.metrics import evaluate
from tui_al.learning.strategies import make_strategy
from tui_al.learning.strategies.base import CycleCache, Indices, PoolView

_MOST_ROWS = 8_000  # of a pool: costs grow with its rows from here on
_PROBE_SIZE = 1_000  # of an initial pool: costs grow with its size
_WORKER_BYTES = 150e6  # of a worker process that has loaded its libraries
_RUN_BYTES = 3_000  # on disk, of a run without its queried texts
_LABEL_BYTES = 12  # on disk, of a queried text: its index, and a score that hardly compresses
_UNKNOWN_DIMENSION = 768


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected seconds of computing, bytes of memory of its worker, and bytes on disk."""

    seconds: float
    memory: float
    disk: float


@dataclass(frozen=True, slots=True)
class _Step:
    """Of a strategy: seconds of its first query beyond those of the next, of each, and the
    most bytes that a query allocates."""

    once: float
    each: float
    memory: float


class Calibration:
    """Costs of runs on one dataset and model, measured when they are first asked for.

    Measured on the embedding where there is one, else on random rows of its shape; on a part
    of a large pool, with costs growing as its rows do.
    """

    def __init__(self, source: Source) -> None:
        rows = min(source.subject.n_pool, _MOST_ROWS)
        self._data = _sample(source, rows)
        self._scale = source.subject.n_pool / rows
        self._fits: dict[Schedule, tuple[float, float, Classifier]] = {}
        self._steps: dict[tuple[str, Schedule], _Step] = {}
        self._pools: dict[tuple[str, int], tuple[float, float]] = {}

    def estimate(self, run: PlannedRun) -> Cost:
        """What a run would cost."""
        identity = run.identity
        schedule = Schedule(identity.k0, identity.batch, run.experiment.cycles)
        with threadpool_limits(1, user_api="blas"):
            if schedule.cycles:
                seconds, memory = self._curve(identity.ips, identity.strategy, schedule)
            else:
                seconds, memory = self._pool_alone(identity.ips, identity.k0)
        labels = schedule.budget
        held = 3 * 4 * labels * self._data.train_x.shape[1]  # labeled rows, and what fits them
        return Cost(
            seconds=seconds,
            memory=_WORKER_BYTES + held + memory * self._scale,
            disk=_RUN_BYTES + _LABEL_BYTES * labels,
        )

    def _curve(self, ips: str, strategy: str, schedule: Schedule) -> tuple[float, float]:
        """Seconds and bytes of a run of many cycles."""
        select, memory = self._select(ips, schedule.initial)
        step = self._query(strategy, schedule)
        first, each, _ = self._fit(schedule)
        queries = select + step.once + schedule.cycles * step.each
        seconds = queries * self._scale + first + schedule.cycles * each
        return seconds, max(memory, step.memory)

    def _pool_alone(self, ips: str, size: int) -> tuple[float, float]:
        """Seconds and bytes of an initial pool and one fit, told from one size for all."""
        probe = min(_PROBE_SIZE, len(self._data.train_x))
        select, memory = self._select(ips, probe)
        first, each, _ = self._fit(Schedule(probe, 0, 0))
        return (select * self._scale + first + each) * size / probe, memory

    def _select(self, ips: str, size: int) -> tuple[float, float]:
        """Seconds and bytes of choosing an initial pool."""
        size = min(size, len(self._data.train_x))
        if (ips, size) not in self._pools:
            nothing = np.empty(0, dtype=np.intp)
            view = self._view(nothing, None, CycleCache())
            self._pools[ips, size] = _timed_query(ips, view, size)
        return self._pools[ips, size]

    def _fit(self, schedule: Schedule) -> tuple[float, float, Classifier]:
        """Seconds of the first fit and of a later one in the middle, with their tests."""
        if schedule not in self._fits:
            learner, data = Learner(self._data.n_classes), self._data
            half, more = self._half(schedule)
            clock = _Clock()
            learner.fit(data.train_x[half], data.train_y[half])
            first = clock.lap()
            classifier = learner.fit(data.train_x[more], data.train_y[more])
            evaluate(data.test_y, classifier.predict(data.test_x), data.n_classes)
            self._fits[schedule] = (first, clock.lap(), classifier)
        return self._fits[schedule]

    def _query(self, strategy: str, schedule: Schedule) -> _Step:
        if (strategy, schedule) not in self._steps:
            half, more = self._half(schedule)
            batch = min(schedule.batch, len(self._data.train_x) - len(half) - len(more))
            *_, classifier = self._fit(schedule)
            cache = CycleCache()
            first, memory = _timed_query(strategy, self._view(half, classifier, cache), batch)
            both = np.concatenate([half, more])
            each, _ = _timed_query(strategy, self._view(both, classifier, cache), batch)
            self._steps[strategy, schedule] = _Step(max(0.0, first - each), each, memory)
        return self._steps[strategy, schedule]

    def _half(self, schedule: Schedule) -> tuple[Indices, Indices]:
        """Rows labeled in the middle of a run, and those of the batch after."""
        rows = len(self._data.train_x)
        n = min(schedule.initial + schedule.batch * (schedule.cycles // 2), rows // 2)
        batch = max(1, min(schedule.batch, rows // 4))
        return np.arange(n), np.arange(n, n + batch)

    def _view(self, labeled: Indices, classifier: Classifier | None, cache: CycleCache) -> PoolView:
        unlabeled = np.ones(len(self._data.train_x), dtype=bool)
        unlabeled[labeled] = False
        return PoolView(
            features=self._data.train_x,
            labeled=labeled,
            labels=self._data.train_y[labeled],
            unlabeled=np.flatnonzero(unlabeled),
            n_classes=self._data.n_classes,
            classifier=classifier,
            cache=cache,
        )


class _Clock:
    def __init__(self) -> None:
        self._started = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.perf_counter()
        seconds, self._started = now - self._started, now
        return seconds


def _timed_query(strategy: str, view: PoolView, n: int) -> tuple[float, float]:
    """Seconds of a query, and the most bytes it allocated."""
    chooser, clock = make_strategy(strategy, {}), _Clock()
    tracemalloc.start()
    try:
        chooser.query(view, n, np.random.default_rng(0))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return clock.lap(), float(peak)


def _sample(source: Source, rows: int) -> EmbeddedDataset:
    """Rows of the embedding in a random order, or random rows of the same shape."""
    rng = np.random.default_rng(0)
    if source.data is not None:
        data = source.data.open()
        chosen = rng.permutation(len(data.train_x))[:rows]
        return EmbeddedDataset.from_arrays(
            data.train_x[chosen], data.train_y[chosen], data.test_x, data.test_y,
            classes=data.classes,
        )  # fmt: skip
    n, classes = rows + source.n_test, source.n_classes
    width = source.dimension or _UNKNOWN_DIMENSION
    y = rng.permutation(np.arange(n) % classes)
    x = rng.normal(size=(classes, width))[y] + 2 * rng.normal(size=(n, width))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return EmbeddedDataset.from_arrays(
        x[:rows], y[:rows], x[rows:], y[rows:], classes=list(map(str, range(classes)))
    )
