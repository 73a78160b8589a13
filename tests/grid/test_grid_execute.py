"""Grids on worker processes of this machine: complete, the same, whatever fails or dies."""

import os
import random
import signal
import subprocess
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace

import psutil
import pytest
from grid_samples import (
    MODELS,
    add_made_up,
    figures,
    plan_batches,
    plan_runs,
    small_plan,
    start_grid,
    times_stored,
    write_plan,
)

from tui_al.errors import BadInput
from tui_al.grid.batch import Batch
from tui_al.grid.events import RunFailed, RunFound, RunsAwaited, RunStored, WorkerLost
from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers
from tui_al.grid.session import GridSession
from tui_al.grid.tally import Tally
from tui_al.learning.simulate import simulate
from tui_al.paths import Cache
from tui_al.results.claims import claims_of
from tui_al.results.failures import Failures
from tui_al.results.store import ResultStore


def _run(cache: Cache, batches, workers: int = 2):
    with closing(LocalWorkers(workers, cache)) as pool:
        return list(execute(batches, pool, cache))


def _workers_of(pid: int) -> list[psutil.Process]:
    """The living worker processes of a grid."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # or a zombie
                if "popen_loky" in " ".join(child.cmdline()):
                    found.append(child)
    return found


def _kinds(events) -> Counter[type]:
    return Counter(type(event) for event in events)


def test_a_grid_stores_what_its_runs_yield_one_by_one(made: Cache) -> None:
    plan = small_plan()
    batches = plan_batches(plan, made)
    events = _run(made, batches)
    assert _kinds(events) == {RunStored: 24}
    planned = plan_runs(plan, made)
    assert ResultStore(made.runs).run_ids() == {run.identity.run_id for run in planned}
    assert set(times_stored(made).values()) == {1}
    rows = figures(made)
    data = {(batch.data.name, batch.data.model): batch.data.open() for batch in batches}
    for run in planned[:5]:
        stored = rows.filter(run_id=run.identity.run_id)
        expected = list(simulate(data[run.identity.dataset, run.identity.model], run.experiment))
        for name in ("accuracy", "balanced_accuracy", "macro_f1", "n_labeled"):
            assert stored[name].to_list() == [getattr(record, name) for record in expected]
        assert stored["selected"].to_list() == [list(record.selected) for record in expected]


def test_a_worker_uses_one_thread_and_maps_the_files(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    with closing(LocalWorkers(1, made)) as pool:
        events = execute(batches, pool, made)
        next(events)
        (worker,) = _workers_of(os.getpid())
        assert worker.environ()["OPENBLAS_NUM_THREADS"] == "1"
        mapped = {region.path for region in worker.memory_maps()}
        assert any(path.endswith("train.npy") for path in mapped)
        list(events)


def test_the_same_grid_again_has_nothing_to_do(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    _run(made, batches)
    before = sorted(made.runs.iterdir())
    assert GridSession(small_plan(), made).preflight(2).todo == ()
    assert _kinds(_run(made, batches)) == {RunFound: 24}  # though somebody planned them
    assert sorted(made.runs.iterdir()) == before


def test_a_run_that_raises_is_recorded_and_the_others_go_on(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    first = batches[0].runs[0]
    wrong = replace(first, experiment=replace(first.experiment, strategy_params={"x": 1}))
    broken = replace(batches[0], runs=(wrong, *batches[0].runs[1:]))
    events = _run(made, [broken, *batches[1:]])
    assert _kinds(events) == {RunFailed: 1, RunStored: 23}
    run_id = first.identity.run_id
    reasons = Failures(made.failures).reasons([run.identity.run_id for run in broken.runs])
    assert reasons.keys() == {run_id}
    assert reasons[run_id].startswith("BadInput: strategy")
    left_alone = GridSession(small_plan(), made).preflight(2)
    assert (left_alone.todo, set(left_alone.failed)) == ((), {run_id})
    session = GridSession(small_plan(), made, retry_failed=True)
    retried = session.preflight(2)
    assert [run.identity.run_id for run in retried.todo] == [run_id]
    assert _kinds(_run(made, session.batches(retried))) == {RunStored: 1}
    assert Failures(made.failures).reasons([run_id]) == {}


def test_a_disk_that_cannot_be_written_stops_the_grid(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    for path in made.runs.iterdir():
        path.unlink()
    made.runs.rmdir()
    made.runs.write_text("a file")
    with pytest.raises((BadInput, OSError)):
        _run(made, batches)
    assert not made.failures.exists()


def test_claimed_runs_are_waited_for_and_found(made: Cache) -> None:
    """As when another grid is computing them."""
    batches = plan_batches(small_plan(), made)
    run = batches[0].runs[0]
    events = []
    with closing(LocalWorkers(2, made)) as pool:
        stream = execute(batches, pool, made)
        with claims_of(made.runs).hold([run.identity.run_id]):
            while not any(isinstance(event, RunsAwaited) for event in events):
                events.append(next(stream))
            records = list(simulate(batches[0].data.open(), run.experiment))
            ResultStore(made.runs).save(run.identity, records, 1.0)
        events += stream
    assert _kinds(events) == {RunsAwaited: 1, RunFound: 1, RunStored: 23}
    assert set(times_stored(made).values()) == {1}


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_killed_workers_cost_their_own_batch_only(made: Cache, how: str) -> None:
    batches = [Batch(batch.data, (run,), (seconds,)) for batch in plan_batches(small_plan(), made)
               for run, seconds in zip(batch.runs, batch.seconds, strict=True)]  # fmt: skip
    events, killed = [], 0
    with closing(LocalWorkers(2, made)) as pool:
        for event in execute(batches, pool, made):
            events.append(event)
            if isinstance(event, RunStored) and killed < 4:
                getattr(random.choice(_workers_of(os.getpid())), how)()
                killed += 1
    kinds = _kinds(events)
    assert kinds[RunStored] + kinds[RunFound] == 24
    assert kinds[WorkerLost] >= 1
    assert kinds[RunFailed] == 0
    assert set(times_stored(made).values()) == {1}


def test_a_worker_that_is_killed_with_nothing_to_do_is_replaced(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    with closing(LocalWorkers(1, made)) as pool:
        list(pool.run(batches[:1]))
        (idle,) = _workers_of(os.getpid())
        idle.kill()
        psutil.wait_procs([idle], timeout=20)
        stored = [outcome for _, outcome in pool.run(batches[1:])]
    assert None not in stored[1:]
    kinds = _kinds(_run(made, batches))
    assert kinds[RunStored] + kinds[RunFound] == 24


def test_a_run_that_kills_its_worker_is_given_up(made: Cache, monkeypatch) -> None:
    (batch, *_) = plan_batches(small_plan(), made)
    killer = _Killer(batch.data)
    events = _run(made, [replace(batch, data=killer, runs=batch.runs[:2],
                                 seconds=batch.seconds[:2])])  # fmt: skip
    assert _kinds(events) == {WorkerLost: 7, RunFailed: 2}
    reasons = Failures(made.failures).reasons([run.identity.run_id for run in batch.runs])
    assert set(reasons.values()) == {
        "its worker process was killed 3 times, for want of memory perhaps"
    }


class _Killer:
    """A dataset that nobody opens and lives."""

    def __init__(self, data) -> None:
        self.origin = data.origin

    def open(self):
        os.kill(os.getpid(), signal.SIGKILL)


def test_closing_in_the_middle_leaves_whole_runs_only_and_no_process(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    with closing(LocalWorkers(2, made)) as pool:
        next(execute(batches, pool, made))
    assert not _workers_of(os.getpid())
    assert not list(made.root.rglob("*.tmp"))
    stored = ResultStore(made.runs).run_ids()
    assert 0 < len(stored) <= 24
    kinds = _kinds(_run(made, batches))
    assert kinds[RunStored] + len(stored) == 24


def test_the_tally_counts_everything_and_tells_the_time_left(made: Cache) -> None:
    batches = plan_batches(small_plan(), made)
    tally = Tally.of(batches)
    assert (tally.total, tally.done, tally.seconds_left(5.0)) == (24, 0, None)
    for event in _run(made, batches):
        tally.add(event)
        left = tally.seconds_left(1.0)
        assert left is not None
        assert left >= -1e-9
    assert (tally.stored, tally.done, tally.failed) == (24, 24, 0)
    assert tally.seconds_left(9.0) == pytest.approx(0.0)
    assert tally.compute_seconds > 0


# Whole commands, killed at random


@pytest.fixture
def larger(cache: Cache) -> Cache:
    """A dataset whose runs take long enough to be killed in the middle."""
    add_made_up(cache, "large", n_train=2000)
    return cache


def test_a_grid_killed_again_and_again_ends_complete_and_undisturbed(larger, tmp_path) -> None:
    plan = small_plan(
        datasets=["large"], strategies=["margin", "typiclust", "probcover", "dropquery"], cycles=8
    )
    path = write_plan(tmp_path / "grid.toml", plan)
    dice = random.Random(5)
    endings: Counter[str] = Counter()
    while True:
        grid = start_grid(larger, path)
        kills = sum(endings.values())
        under_way = kills < 8 and _has_workers(grid)
        if under_way and _wait(grid, dice.uniform(0.0, 1.2)) is None:
            if dice.random() < 0.5 and (workers := _workers_of(grid.pid)):
                dice.choice(workers).kill()
                endings["worker"] += 1
                if _wait(grid, dice.uniform(0.2, 1.0)) is None:
                    grid.kill()
                    endings["grid"] += 1
            else:
                grid.kill()
                endings["grid"] += 1
        _, err = grid.communicate()
        if grid.returncode == 0:
            break
        assert grid.returncode == -signal.SIGKILL, err
    assert endings["grid"] >= 1
    planned = {run.identity.run_id for run in plan_runs(plan, larger)}
    assert ResultStore(larger.runs).run_ids() == planned
    assert set(times_stored(larger).values()) == {1}

    undisturbed = Cache(tmp_path / "undisturbed")
    add_made_up(undisturbed, "large", n_train=2000)
    _run(undisturbed, plan_batches(plan, undisturbed), workers=1)
    assert figures(larger).equals(figures(undisturbed))


def _has_workers(grid) -> bool:
    """Wait until a grid has started workers, or has ended without."""
    while not _workers_of(grid.pid):
        if _wait(grid, 0.02) is not None:
            return False
    return True


def _wait(process, seconds: float) -> int | None:
    """The exit code, or None while the process still runs after so many seconds."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def test_two_grids_at_once_do_each_run_once(larger, tmp_path) -> None:
    one = small_plan(datasets=["large"], models=[MODELS[0]])
    other = small_plan(datasets=["large"], models=[MODELS[0]], seeds=3)
    grids = [start_grid(larger, write_plan(tmp_path / f"{seeds}.toml", plan))
             for seeds, plan in ((2, one), (3, other))]  # fmt: skip
    told = [grid.communicate()[1] for grid in grids]
    assert [grid.returncode for grid in grids] == [0, 0], told
    planned = {run.identity.run_id for run in plan_runs(other, larger)}
    assert ResultStore(larger.runs).run_ids() == planned
    assert set(times_stored(larger).values()) == {1}


def test_ctrl_c_leaves_whole_runs_and_the_same_command_goes_on(larger, tmp_path) -> None:
    plan = small_plan(  # seconds of work after the first part, or the signal may come too late
        datasets=["large"], models=[MODELS[0]], strategies=["typiclust", "dropquery", "badge"],
        seeds=16, cycles=20, budget=1200,
    )  # fmt: skip
    path = write_plan(tmp_path / "grid.toml", plan)
    grid = start_grid(larger, path)
    while not list(larger.runs.glob("*.parquet")):
        assert _wait(grid, 0.02) is None
    for process in (*_workers_of(grid.pid), psutil.Process(grid.pid)):
        process.send_signal(signal.SIGINT)  # as a terminal does: to all of them
    _, err = grid.communicate()
    assert grid.returncode == 130, err
    assert err.splitlines()[-1] == "tui-al: interrupted"
    assert "Traceback" not in err
    assert not list(larger.root.rglob("*.tmp"))
    stored = len(ResultStore(larger.runs).run_ids())
    again = start_grid(larger, path)
    _, err = again.communicate()
    assert again.returncode == 0, err
    assert f"{96 - stored} runs computed" in err
    assert set(times_stored(larger).values()) == {1}
