"""Compute a sample of stored runs again, and compare every cycle."""

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from tui_al.errors import TuiAlError
from tui_al.grid.prepare import Prepared, prepare
from tui_al.grid.run import identify_run, stored_experiment
from tui_al.learning.learner import Learner
from tui_al.learning.metrics import evaluate
from tui_al.learning.simulate import simulate
from tui_al.paths import Cache
from tui_al.progress import Progress, ProgressListener, ignore_progress
from tui_al.results.machine import describe_machine, describe_versions
from tui_al.results.store import ResultStore

LEAST_RUNS = 5
TOLERANCE = 0.005
"""How far a figure may differ where another instruction set or library computed it; ten times
what another BLAS kernel made of 357 of the reference's runs."""
_METRICS = ("accuracy", "balanced_accuracy", "macro_f1")


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A dataset and model whose runs cannot be repeated here, and why."""

    dataset: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A stored run beside the same run computed now.

    `exact` is whether all figures and queried texts are equal. Where they are not, one text
    that a last digit decided differently may have led to other queries from there on:
    `queries_differ`, and the figures are compared after fitting to the stored queries.
    `difference` is the largest of any metric, at `cycle`; infinite where the number of labels
    differs or the run's id does not belong to its experiment. `tolerance` is what was allowed:
    nothing, other queries included, where the same libraries on the same instruction set
    computed with the same matrices.
    """

    run: dict[str, Any]
    exact: bool
    queries_differ: bool
    difference: float
    cycle: int
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Whether the stored figures stand."""
        return self.exact or 0 < self.tolerance >= self.difference


def sample_size(n_runs: int, percent: float) -> int:
    """How many of the stored runs are computed again."""
    return min(n_runs, max(LEAST_RUNS, math.ceil(n_runs * percent / 100)))


def verify(
    store: ResultStore,
    wanted: Sequence[str],
    cache: Cache,
    rng: np.random.Generator,
    *,
    percent: float = 1.0,
    tolerance: float | None = None,
    data_dir: Path | None = None,
    listener: ProgressListener = ignore_progress,
) -> Iterator[Checked | Unchecked]:
    """Compute a random sample of the wanted runs (by id) again; yield each as it is compared.

    Texts that are not embedded here are embedded first. Runs on texts or models that this
    machine cannot get, or has in another version, are passed over, and others drawn instead.
    A given `tolerance` holds for every run.
    """
    runs = store.runs().filter(pl.col("run_id").is_in(list(wanted))).sort("run_id").collect()
    left = n_wanted = sample_size(runs.height, percent)
    started = time.perf_counter()
    prepared: dict[tuple[str, str, str], Prepared | None] = {}
    for place in rng.permutation(runs.height).tolist():
        if not left:
            return
        run = runs.row(place, named=True)
        key = json.loads(run["experiment"])["embedding"]
        names = (run["dataset"], run["model"], key)
        if names not in prepared:
            try:
                prepared[names] = _prepare(run, key, cache, data_dir, listener)
            except TuiAlError as error:
                prepared[names] = None
                yield Unchecked(run["dataset"], run["model"], str(error))
        if (ready := prepared[names]) is not None:
            left -= 1
            yield _check(run, _cycles(store, run["run_id"]), ready, tolerance)
            seconds = time.perf_counter() - started
            listener(Progress("computing again", n_wanted - left, n_wanted, "runs", seconds))


def _prepare(
    run: dict[str, Any], key: str, cache: Cache, data_dir: Path | None, listener: ProgressListener
) -> Prepared:
    prepared = prepare(run["dataset"], run["model"], cache, data_dir=data_dir, listener=listener)
    if prepared.key != key:
        raise TuiAlError("the text or the model on this machine is another than the runs' was")
    return prepared


def _cycles(store: ResultStore, run_id: str) -> list[dict[str, Any]]:
    cycles = store.cycles().filter(run_id=run_id)
    chosen = store.selections().filter(run_id=run_id)
    return cycles.join(chosen, on=["run_id", "cycle"]).sort("cycle").collect().to_dicts()


def _check(
    run: dict[str, Any], stored: list[dict[str, Any]], prepared: Prepared, tolerance: float | None
) -> Checked:
    experiment = stored_experiment(run["experiment"])
    computed = list(simulate(prepared.data, experiment))
    same_run = identify_run(prepared, experiment).run_id == run["run_id"]
    comparable = same_run and [r["n_labeled"] for r in stored] == [r.n_labeled for r in computed]
    queries_differ = comparable and any(
        row["selected"] not in (None, list(record.selected))
        for row, record in zip(stored, computed, strict=True)
    )
    difference, cycle = math.inf, 0
    if comparable:
        metrics = [{name: getattr(record, name) for name in _METRICS} for record in computed]
        difference, cycle = _largest_difference(
            stored, _fit_again(stored, prepared) if queries_differ else metrics
        )
    allowed = 0.0 if _alike(run, prepared) else TOLERANCE
    return Checked(
        run=run,
        exact=not queries_differ and difference == 0,
        queries_differ=queries_differ,
        difference=difference,
        cycle=cycle,
        tolerance=allowed if tolerance is None else tolerance,
    )


def _fit_again(stored: list[dict[str, Any]], prepared: Prepared) -> list[dict[str, float]]:
    """The metrics of every cycle from the texts that were queried when the run was stored."""
    data = prepared.data
    learner = Learner(data.n_classes)
    metrics = []
    with threadpool_limits(1, user_api="blas"):
        for row in stored:
            classifier = learner.fit(data.train_x[row["selected"]], data.train_y[row["selected"]])
            predicted = classifier.predict(data.test_x)
            figures = evaluate(data.test_y, predicted, data.n_classes)
            metrics.append({name: getattr(figures, name) for name in _METRICS})
    return metrics


def _largest_difference(
    stored: list[dict[str, Any]], computed: list[dict[str, float]]
) -> tuple[float, int]:
    return max(
        (abs(row[name] - metrics[name]), row["cycle"])
        for row, metrics in zip(stored, computed, strict=True)
        for name in _METRICS
    )


def _alike(run: dict[str, Any], prepared: Prepared) -> bool:
    """Whether nothing differs that a last digit could depend on."""
    machine, here = json.loads(run["machine"]), json.loads(describe_machine())
    return (
        run["versions"] == describe_versions()
        and run["fingerprints"] == prepared.origin.fingerprints
        and all(machine.get(name) == here[name] for name in ("instructions", "blas"))
    )
