"""Stored runs computed again: what agrees, what does not, what cannot be compared."""

import json
import shutil
from contextlib import closing
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from grid_samples import add_made_up, plan_batches, small_plan

from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers
from tui_al.grid.verify import TOLERANCE, Checked, Unchecked, sample_size, verify
from tui_al.learning.simulate import simulate
from tui_al.paths import Cache
from tui_al.results.store import ResultStore


@pytest.fixture
def stored(made: Cache) -> Cache:
    """The cache with a small grid."""
    with closing(LocalWorkers(1, made)) as pool:
        list(execute(plan_batches(small_plan(models=["glove-50"]), made), pool, made))
    return made


def _verify(cache: Cache, percent: float = 100.0, seed: int = 0, **options):
    store = ResultStore(cache.runs)
    rng = np.random.default_rng(seed)
    return list(verify(store, sorted(store.run_ids()), cache, rng, percent=percent, **options))


def _alter(cache: Cache, change) -> str:
    """Change a row of one stored run; its id. The part gets a name without a digest."""
    (part, *_) = sorted(cache.runs.glob("*.parquet"))
    frame = pl.read_parquet(part)
    part.unlink()
    run_id = frame["run_id"][0]
    change(frame, run_id).write_parquet(cache.runs / "altered.parquet")
    return str(run_id)


def _row(run_id: str, cycle: int = 2) -> pl.Expr:
    return (pl.col("run_id") == run_id) & (pl.col("cycle") == cycle)


def test_every_run_agrees_exactly(stored: Cache) -> None:
    results = _verify(stored)
    assert len(results) == 12
    assert all(result.exact and result.agrees and result.tolerance == 0 for result in results)
    assert len({result.run["run_id"] for result in results}) == 12


@pytest.mark.parametrize(
    ("n_runs", "percent", "size"),
    [(0, 1, 0), (3, 1, 3), (100, 1, 5), (500, 1, 5), (501, 1, 6), (2970, 1, 30), (12, 50, 6)],
)
def test_the_sample_is_a_share_but_at_least_five(n_runs, percent, size) -> None:
    assert sample_size(n_runs, percent) == size


def test_the_sample_is_random_and_drawn_again_with_its_seed(stored: Cache) -> None:
    def drawn(seed: int) -> list[str]:
        return [result.run["run_id"] for result in _verify(stored, 1.0, seed)]

    assert len(drawn(1)) == 5
    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(5)}) > 1


@pytest.mark.parametrize("column", ["accuracy", "balanced_accuracy", "macro_f1"])
def test_an_altered_figure_is_found(stored: Cache, column: str) -> None:
    run_id = _alter(stored, lambda frame, run_id: frame.with_columns(
        pl.when(_row(run_id)).then(pl.col(column) + 1e-6).otherwise(column).alias(column)
    ))  # fmt: skip
    (wrong,) = [result for result in _verify(stored) if not result.agrees]
    assert (wrong.run["run_id"], wrong.cycle) == (run_id, 2)
    assert wrong.difference == pytest.approx(1e-6)
    assert all(result.agrees for result in _verify(stored, tolerance=1e-5))


def test_altered_queries_are_found(stored: Cache) -> None:
    selected = pl.col("selected")
    run_id = _alter(stored, lambda frame, run_id: frame.with_columns(
        pl.when(_row(run_id)).then(selected.list.reverse()).otherwise(selected).alias("selected")
    ))  # fmt: skip
    (wrong,) = [result for result in _verify(stored) if not result.agrees]
    assert (wrong.run["run_id"], wrong.queries_differ) == (run_id, True)


def _as_of_another_machine(frame: pl.DataFrame) -> pl.Expr:
    machine = json.loads(frame["machine"][0]) | {"blas": "another kernel"}
    return pl.lit(json.dumps(machine)).alias("machine")


def test_other_queries_of_another_machine_are_fitted_again(stored: Cache) -> None:
    """A curve that took another way from its second query on, and tells the truth about it."""
    (batch, *_) = plan_batches(small_plan(models=["glove-50"], seeds=[9]), stored)
    data = batch.data.open()
    run = next(run for run in batch.runs if run.experiment.strategy == "margin")
    other = list(simulate(data, replace(run.experiment, strategy="random")))
    path = ResultStore(stored.runs).save(run.identity, other, 1.0, batch.data.origin)
    frame = pl.read_parquet(path)
    path.unlink()
    frame.with_columns(_as_of_another_machine(frame)).write_parquet(stored.runs / "x.parquet")
    result = next(r for r in _verify(stored) if r.run["run_id"] == run.identity.run_id)
    assert (result.exact, result.queries_differ, result.agrees) == (False, True, True)
    assert result.difference <= 0.001
    wrong = frame.with_columns(_as_of_another_machine(frame), pl.col("accuracy") - 0.1)
    wrong.write_parquet(stored.runs / "x.parquet")
    result = next(r for r in _verify(stored) if r.run["run_id"] == run.identity.run_id)
    assert not result.agrees
    assert result.difference == pytest.approx(0.1, abs=0.001)


def test_another_experiment_under_the_same_id_is_found(stored: Cache) -> None:
    def change(frame: pl.DataFrame, run_id: str) -> pl.DataFrame:
        other = pl.col("experiment").str.replace('"seed":0', '"seed":7', literal=True)
        other = other.str.replace('"seed":1', '"seed":7', literal=True)
        return frame.with_columns(
            pl.when(run_id=run_id).then(other).otherwise("experiment").alias("experiment")
        )

    run_id = _alter(stored, change)
    (wrong,) = [result for result in _verify(stored) if not result.agrees]
    assert (wrong.run["run_id"], wrong.difference) == (run_id, float("inf"))


def test_another_machine_is_allowed_a_tolerance(stored: Cache) -> None:
    def change(frame: pl.DataFrame, run_id: str) -> pl.DataFrame:
        here = pl.col("run_id") == run_id
        return frame.with_columns(
            pl.when(here).then(_as_of_another_machine(frame)).otherwise("machine").alias("machine"),
            pl.when(here & (pl.col("cycle") == 1)).then(pl.col("accuracy") + TOLERANCE / 2)
            .otherwise("accuracy").alias("accuracy"),
        )  # fmt: skip

    run_id = _alter(stored, change)
    (close,) = [result for result in _verify(stored) if not result.exact]
    assert (close.run["run_id"], close.tolerance, close.agrees) == (run_id, TOLERANCE, True)
    assert not replace(close, difference=TOLERANCE * 1.01).agrees


def test_what_cannot_be_computed_here_is_passed_over_for_other_runs(stored: Cache) -> None:
    add_made_up(stored, "more")
    plan = small_plan(datasets=["more"], models=["glove-50"], strategies=["margin"])
    with closing(LocalWorkers(1, stored)) as pool:
        list(execute(plan_batches(plan, stored), pool, stored))
    shutil.rmtree(stored.corpora / "made")
    results = _verify(stored)
    (passed_over,) = [result for result in results if isinstance(result, Unchecked)]
    assert (passed_over.dataset, passed_over.model) == ("made", "glove-50")
    assert "unknown dataset 'made'" in passed_over.reason
    checked = [result for result in results if isinstance(result, Checked)]
    assert [result.run["dataset"] for result in checked] == ["more"] * 4
    assert all(result.exact for result in checked)


def test_runs_on_a_replaced_text_are_passed_over(stored: Cache) -> None:
    add_made_up(stored, "made", n_train=130)
    (passed_over,) = _verify(stored)
    assert isinstance(passed_over, Unchecked)
    assert "is another than the runs' was" in passed_over.reason
