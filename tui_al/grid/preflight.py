"""What a grid will cost before it starts, and what of it fits a given time."""

import heapq
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tui_al.errors import BadInput
from tui_al.grid.bulk import CostRow
from tui_al.grid.calibrate import Calibration, Cost
from tui_al.grid.durations import format_duration
from tui_al.grid.plan import GridPlan, PlannedRun
from tui_al.grid.sources import Source
from tui_al.progress import Progress, ProgressListener, ignore_progress
from tui_al.results.machine import describe_machine
from tui_al.results.store import ResultStore


@dataclass(frozen=True, slots=True)
class Preflight:
    """A grid about to be computed: all its `runs`, those `todo` in the same order, and what
    each of them is expected to cost."""

    runs: tuple[PlannedRun, ...]
    todo: tuple[PlannedRun, ...]
    costs: Mapping[str, Cost]
    stored: frozenset[str]
    failed: Mapping[str, str]
    """Runs that failed before, with their reasons; they are not computed again."""
    workers: int
    sources: tuple[Source, ...]
    shipped: int
    """How many of the runs to do come with the program, for everyone to read."""
    dropped_seeds: tuple[int, ...] = ()
    dropped_runs: int = 0

    @property
    def unembedded(self) -> list[Source]:
        """What has to be embedded first."""
        wanted = {(run.identity.dataset, run.identity.model) for run in self.todo}
        return [source for source in self.sources
                if source.data is None and source.subject.names in wanted]  # fmt: skip

    @property
    def seconds(self) -> float:
        """Of computing, on one worker."""
        return sum(self.costs[run.identity.run_id].seconds for run in self.todo)

    @property
    def wall_seconds(self) -> float:
        """On all workers."""
        return makespan((self.costs[run.identity.run_id].seconds for run in self.todo),
                        self.workers)  # fmt: skip

    @property
    def memory(self) -> float:
        """The most that as many workers as there are may need at a time."""
        needs = (self.costs[run.identity.run_id].memory for run in self.todo)
        return sum(heapq.nlargest(self.workers, needs))

    @property
    def disk(self) -> float:
        """Bytes of all results still to be computed."""
        return sum(self.costs[run.identity.run_id].disk for run in self.todo)


def make_preflight(
    runs: Sequence[PlannedRun],
    sources: Sequence[Source],
    store: ResultStore,
    reference: ResultStore,
    failed: Mapping[str, str],
    *,
    workers: int,
    costs: dict[str, Cost] | None = None,
    listener: ProgressListener = ignore_progress,
) -> Preflight:
    """Count what is stored and estimate the rest by a calibration of a few seconds a dataset
    and model; seconds by equal runs of this machine where there are some. Settings that
    `costs` knows are not calibrated again; the others are added to it.

    Runs of the reference inform the estimate, but count as not stored: a grid is computed.
    """
    stored = store.run_ids() & {run.identity.run_id for run in runs}
    left_alone = stored | failed.keys()
    todo = tuple(run for run in runs if run.identity.run_id not in left_alone)
    return Preflight(
        runs=tuple(runs),
        todo=todo,
        costs=_estimate(
            todo, sources, (reference, store), {} if costs is None else costs, listener
        ),
        stored=frozenset(stored),
        failed=dict(failed),
        workers=workers,
        sources=tuple(sources),
        shipped=len(reference.run_ids() & {run.identity.run_id for run in todo}),
    )


def fit_into(preflight: Preflight, plan: GridPlan, seconds: float) -> Preflight:
    """Keep what can be computed in this time: whole seeds, the last dropped first.

    Every dataset, model and strategy keeps the same seeds, so that means stay comparable.
    Raises `BadInput` where not even one seed fits.
    """
    kept = preflight
    for n_seeds in range(len(plan.seeds), 0, -1):
        kept = _keep_seeds(preflight, plan.seeds[:n_seeds])
        if kept.wall_seconds <= seconds:
            left = {run.identity.seed for run in preflight.todo}
            return replace(
                kept,
                dropped_seeds=tuple(seed for seed in plan.seeds[n_seeds:] if seed in left),
                dropped_runs=len(preflight.todo) - len(kept.todo),
            )
    workers = f"{preflight.workers} worker{'s' if preflight.workers > 1 else ''}"
    raise BadInput(
        f"one seed alone takes about {format_duration(kept.wall_seconds)} on {workers}: "
        "give more time (--fit), or fewer datasets or strategies"
    )


def _keep_seeds(preflight: Preflight, seeds: Sequence[int]) -> Preflight:
    """Without what would have to be computed of other seeds; what is stored is there."""
    dropped = {run.identity.run_id for run in preflight.todo if run.identity.seed not in seeds}
    return replace(
        preflight,
        runs=tuple(run for run in preflight.runs if run.identity.run_id not in dropped),
        todo=tuple(run for run in preflight.todo if run.identity.run_id not in dropped),
    )


def makespan(seconds: Iterable[float], workers: int) -> float:
    """When the last worker ends, if each takes the longest piece of work that is left."""
    busy = [0.0] * workers
    for each in sorted(seconds, reverse=True):
        heapq.heapreplace(busy, busy[0] + each)
    return max(busy)


def _estimate(
    todo: Sequence[PlannedRun],
    sources: Sequence[Source],
    stores: Sequence[ResultStore],
    calibrated: dict[str, Cost],
    listener: ProgressListener,
) -> dict[str, Cost]:
    known: dict[str, float] = {}
    for store in stores:
        known |= _measured_seconds(store)
    by_pair: dict[tuple[str, str], list[PlannedRun]] = defaultdict(list)
    for run in todo:
        by_pair[run.identity.dataset, run.identity.model].append(run)
    pairs = {source.subject.names: source for source in sources}
    costs: dict[str, Cost] = {}
    started = time.perf_counter()
    for done, (names, group) in enumerate(by_pair.items()):
        listener(Progress("calibrating", done, len(by_pair), "datasets x models",
                          time.perf_counter() - started))  # fmt: skip
        _calibrate(pairs[names], group, calibrated)
        for run in group:
            cost = calibrated[run.identity.setting]
            seconds = known.get(run.identity.setting, cost.seconds)
            costs[run.identity.run_id] = replace(cost, seconds=seconds)
    if by_pair:
        listener(Progress("calibrating", len(by_pair), len(by_pair), "datasets x models",
                          time.perf_counter() - started))  # fmt: skip
    return costs


def _calibrate(source: Source, runs: Sequence[PlannedRun], calibrated: dict[str, Cost]) -> None:
    """Add the cost of settings that are not known yet; seeds cost alike."""
    new = {run.identity.setting: run for run in runs if run.identity.setting not in calibrated}
    if new:
        calibration = Calibration(source)
        calibrated |= {setting: calibration.estimate(run) for setting, run in new.items()}


def _measured_seconds(store: ResultStore) -> dict[str, float]:
    """Mean seconds by setting of the runs that this machine, or its like, computed."""
    alike = store.runs().filter(machine=describe_machine())
    means = alike.group_by("setting").agg(pl.col("wall_seconds").mean()).collect()
    return dict(means.iter_rows())


def cost_rows(preflight: Preflight) -> list[CostRow]:
    """The cost of each dataset and strategy, in the plan's order."""
    groups: dict[tuple[str, str], list[PlannedRun]] = defaultdict(list)
    for run in preflight.runs:
        choice = run.identity.strategy if run.experiment.cycles else run.identity.ips
        groups[run.identity.dataset, choice].append(run)
    todo = {run.identity.run_id for run in preflight.todo}
    return [
        _row(names, [run.identity.run_id for run in group], todo, preflight)
        for names, group in sorted(groups.items(), key=lambda item: item[0][0])
    ]


def _row(names: tuple[str, str], run_ids: list[str], todo: set[str], of: Preflight) -> CostRow:
    left = [of.costs[name] for name in run_ids if name in todo]
    stored = sum(name in of.stored for name in run_ids)
    return CostRow(
        *names,
        runs=len(run_ids),
        stored=stored,
        failed=len(run_ids) - stored - len(left),
        seconds=sum(cost.seconds for cost in left),
        memory=max((cost.memory for cost in left), default=0.0),
        disk=sum(cost.disk for cost in left),
    )
