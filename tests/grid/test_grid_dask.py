"""Grids on a Dask cluster of several processes."""

import os
import signal
import sys
from collections import Counter
from contextlib import closing

import pytest
from distributed import LocalCluster
from grid_samples import add_made_up, figures, plan_batches, plan_runs, small_plan, times_stored

from tui_al.errors import BadInput, TuiAlError
from tui_al.grid.batch import Batch
from tui_al.grid.dask import DaskWorkers
from tui_al.grid.events import RunFailed, RunFound, RunStored
from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers
from tui_al.paths import Cache
from tui_al.results.store import ResultStore


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as running:
        yield running


def _single_runs(batches):
    return [Batch(batch.data, (run,), (seconds,)) for batch in batches
            for run, seconds in zip(batch.runs, batch.seconds, strict=True)]  # fmt: skip


def test_a_cluster_that_loses_a_worker_stores_everything_once(
    cluster, made: Cache, tmp_path
) -> None:
    plan = small_plan()
    events, pids = [], list(cluster.scheduler_info["workers"])
    with closing(DaskWorkers(cluster.scheduler_address, made)) as pool:
        assert pool.count() == len(pids) == 3
        for event in execute(_single_runs(plan_batches(plan, made)), pool, made):
            events.append(event)
            if len(events) == 3:
                with cluster.get_client() as client:
                    victim = next(iter(client.run(os.getpid).values()))
                os.kill(victim, signal.SIGKILL)
    kinds = Counter(type(event) for event in events)
    assert kinds[RunStored] + kinds[RunFound] == 24
    assert kinds[RunFailed] == 0
    planned = {run.identity.run_id for run in plan_runs(plan, made)}
    assert ResultStore(made.runs).run_ids() == planned
    assert set(times_stored(made).values()) == {1}

    local = Cache(tmp_path / "local")
    add_made_up(local)
    with closing(LocalWorkers(1, local)) as pool:
        list(execute(plan_batches(plan, local), pool, local))
    assert figures(made).equals(figures(local))


def test_a_scheduler_that_does_not_answer(made: Cache, monkeypatch) -> None:
    monkeypatch.setattr("tui_al.grid.dask._SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(BadInput, match=r"no Dask scheduler answers at tcp://127.0.0.1:9"):
        DaskWorkers("tcp://127.0.0.1:9", made)


def test_a_cluster_without_workers(made: Cache) -> None:
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as empty,
        pytest.raises(TuiAlError, match="has no workers"),
    ):
        DaskWorkers(empty.scheduler_address, made).count()


def test_without_dask_the_option_says_what_to_install(made: Cache, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install 'tui-al\[dask\]'"):
        DaskWorkers("tcp://127.0.0.1:8786", made)
