"""What a worker process does for an interface beside single runs: grids, and looks at quality."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.job import find_embedding
from tui_al.errors import BadInput
from tui_al.grid.bulk import (
    Assessed,
    AssessJob,
    FailedRun,
    GridBegan,
    GridCosts,
    GridJob,
    GridPlanned,
    GridTrouble,
    RunName,
    RunOver,
)
from tui_al.grid.calibrate import Cost
from tui_al.grid.events import GridEvent, RunFailed, RunFound, RunStored, WorkerLost
from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers, count_cores
from tui_al.grid.plan import GridPlan, left_out_by_dataset, make_plan
from tui_al.grid.preflight import Preflight, cost_rows, fit_into
from tui_al.grid.priority import give_way
from tui_al.grid.quality import assess_embedding
from tui_al.grid.session import GridSession
from tui_al.grid.tally import Tally
from tui_al.paths import Cache
from tui_al.progress import ProgressListener
from tui_al.results.runs import RunIdentity

_NICENESS = 10  # of processes that compute a grid: keys and what is watched come first

GridReport = GridPlanned | GridBegan | RunOver | GridTrouble
Reporter = Callable[[GridReport], None]


def serve_grid(job: GridJob, report: Reporter, listener: ProgressListener) -> None:
    """Tell what a grid takes and, unless that is all that was asked, compute it.

    An exception raised meanwhile, a signal's say, ends all workers; what is stored stays.
    """
    cache = Cache(job.cache_root)
    costs = {setting: Cost(*numbers) for setting, numbers in job.costs.items()}
    plan, n_workers = make_plan(job.entries), job.workers or count_cores()
    session = GridSession(
        plan, cache, data_dir=job.data_dir, retry_failed=job.retry_failed, costs=costs
    )
    preflight = session.preflight(n_workers, listener=listener)
    if job.fit is not None:
        preflight = fit_into(preflight, plan, job.fit)
    report(GridPlanned(job.number, _tell_costs(plan, preflight, costs)))
    if job.dry:
        return
    give_way(_NICENESS)
    with closing(LocalWorkers(n_workers, cache)) as workers:
        batches = session.batches(preflight, listener=listener)
        tally, started = Tally.of(batches), time.perf_counter()
        report(GridBegan(job.number, tally.total))
        for event in execute(batches, workers, cache):
            tally.add(event)
            left = tally.seconds_left(time.perf_counter() - started)
            if (told := _tell(job.number, event, tally, left)) is not None:
                report(told)


def serve_assessment(job: AssessJob, listener: ProgressListener) -> Assessed:
    """Look at an embedding. Raises `BadInput` where it is gone."""
    cache = Cache(job.cache_root)
    corpus = load_corpus(job.dataset, cache, data_dir=job.data_dir, listener=listener)
    entry = find_embedding(corpus, find_model(job.model), cache)
    if entry is None:
        raise BadInput(f"{job.dataset} is not embedded with {job.model}: embed it first")
    return Assessed(job.number, assess_embedding(corpus, entry))


def _tell(job: int, event: GridEvent, tally: Tally, left: float | None) -> GridReport | None:
    match event:
        case RunStored(run):
            return RunOver(job, _name(run), "stored", "", tally.done, tally.total, left)
        case RunFound(run):
            return RunOver(job, _name(run), "found", "", tally.done, tally.total, left)
        case RunFailed(run, reason):
            return RunOver(job, _name(run), "failed", reason, tally.done, tally.total, left)
        case WorkerLost(reason):
            return GridTrouble(job, f"{reason}: what it had not stored is computed again")
    return None


def _tell_costs(plan: GridPlan, preflight: Preflight, costs: Mapping[str, Cost]) -> GridCosts:
    identities = {run.identity.run_id: run.identity for run in preflight.runs}
    embedded = {source.subject.names for source in preflight.sources if source.data is not None}
    # A pair that is not embedded was measured on random rows: once it is, look again.
    lasting = {
        run.setting for run in identities.values() if (run.dataset, run.model) in embedded
    }  # fmt: skip
    return GridCosts(
        runs=len(preflight.runs),
        todo=len(preflight.todo),
        stored=len(preflight.stored),
        failed=tuple(
            FailedRun(_name(identities[run_id]), reason)
            for run_id, reason in preflight.failed.items()
        ),
        wall_seconds=preflight.wall_seconds,
        memory=preflight.memory,
        disk=preflight.disk,
        workers=preflight.workers,
        shipped=preflight.shipped,
        unembedded=tuple(
            (*source.subject.names, source.subject.n_pool + source.n_test)
            for source in preflight.unembedded
        ),
        rows=tuple(cost_rows(preflight)),
        costs={
            setting: (cost.seconds, cost.memory, cost.disk)
            for setting, cost in costs.items()
            if setting in lasting
        },
        dropped_seeds=preflight.dropped_seeds,
        dropped_runs=preflight.dropped_runs,
        left_out=tuple(left_out_by_dataset(plan, [s.subject for s in preflight.sources]).items()),
    )


def _name(run: RunIdentity) -> RunName:
    k0 = None if run.batch else run.k0
    return RunName(run.dataset, run.model, run.ips, run.strategy, run.seed, k0)
