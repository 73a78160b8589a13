"""Summaries of stored runs, against numpy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_results_store import RUN

from tui_al.analysis.slices import load_results, read_runs, score_runs
from tui_al.analysis.summary import summarise_settings
from tui_al.learning.records import CycleRecord
from tui_al.results.store import ResultStore

shares = st.floats(0, 1)


def _records(labels, accuracies):
    return [
        CycleRecord(cycle, n, accuracy, accuracy / 2, accuracy / 3, 0.25, 0.5, ())
        for cycle, (n, accuracy) in enumerate(zip(labels, accuracies, strict=True))
    ]


def _cycles(labels, accuracies, **run):
    rows = [
        {"run_id": "r", "dataset": "d", "model": "m", "ips": "i", "strategy": "s", "seed": 0,
         "oracle": "labels", "budget": 9, "k0": 1, "batch": 1, "cycles": len(labels) - 1} | run
        | {name: getattr(record, name) for name in CycleRecord.__slots__}
        for record in _records(labels, accuracies)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def _runs(cycles, settings=None):
    """The runs of some cycles: all of one setting, or each of the setting that is given."""
    ids = cycles["run_id"].unique(maintain_order=True)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "run_id": ids,
            "setting": settings or ["x"] * len(ids),
            "finished_at": [start + timedelta(hours=number) for number in range(len(ids))],
        }
    )


def _summarise(cycles, settings=None):
    return summarise_settings(_runs(cycles, settings), score_runs(cycles, "accuracy"))


@settings(deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(1, 500), shares), min_size=2, max_size=30))
def test_area_is_the_trapezoid_over_labels_divided_by_the_range(steps):
    labels = np.cumsum([step for step, _ in steps])
    accuracies = [share for _, share in steps]
    cycles = _cycles(labels.tolist(), accuracies)
    (row,) = score_runs(cycles, "accuracy").to_dicts()
    area = np.trapezoid(accuracies, labels) / (labels[-1] - labels[0])
    assert row["aulc"] == pytest.approx(area)
    assert (row["labels"], row["accuracy"]) == (labels[-1], accuracies[-1])
    assert row["seconds"] == pytest.approx(0.75 * len(steps))


def test_area_of_a_single_cycle_is_its_accuracy():
    cycles = _cycles([12], [0.7])
    (row,) = score_runs(cycles, "accuracy").to_dicts()
    assert (row["aulc"], row["labels"]) == (0.7, 12)


def test_unequal_steps_weigh_by_their_labels():
    cycles = _cycles([10, 20, 110], [0.0, 1.0, 1.0])
    (row,) = score_runs(cycles, "accuracy").to_dicts()
    assert row["aulc"] == pytest.approx(0.95)


def test_one_row_a_setting_over_its_seeds():
    accuracies = {0: [0.1, 0.5], 1: [0.3, 0.9], 2: [0.2, 0.7]}
    cycles = pl.concat(
        _cycles([5, 10], values, run_id=f"r{seed}", seed=seed)
        for seed, values in accuracies.items()
    )
    (row,) = _summarise(cycles).to_dicts()
    assert row["seeds"] == 3
    assert row["accuracy"] == pytest.approx(0.7)
    assert row["accuracy_std"] == pytest.approx(np.std([0.5, 0.9, 0.7], ddof=1))
    areas = [np.mean(values) for values in accuracies.values()]
    assert row["aulc"] == pytest.approx(np.mean(areas))
    assert row["aulc_std"] == pytest.approx(np.std(areas, ddof=1))
    assert row["seconds"] == pytest.approx(1.5)


def test_one_seed_has_no_spread():
    row = _summarise(_cycles([5, 10], [0.1, 0.2]))
    assert row["accuracy_std"].to_list() == row["aulc_std"].to_list() == [None]


@pytest.mark.parametrize(
    "changed",
    [{"dataset": "e"}, {"model": "n"}, {"ips": "j"}, {"strategy": "t"}, {"budget": 8}, {"k0": 2}],
    ids=str,
)
def test_settings_are_not_mixed(changed):
    cycles = pl.concat(
        [_cycles([5, 10], [0.1, 0.2]), _cycles([5, 10], [0.3, 0.4], run_id="q", **changed)]
    )
    assert _summarise(cycles)["seeds"].to_list() == [1, 1]


def test_equal_names_of_another_text_or_embedding_are_another_row():
    cycles = pl.concat([_cycles([5, 10], [0.1, 0.2]), _cycles([5, 10], [0.3, 0.4], run_id="q")])
    rows = _summarise(cycles, settings=["old", "new"])
    assert sorted(rows["setting"]) == ["new", "old"]
    assert rows["accuracy_std"].to_list() == [None, None]


def test_best_setting_comes_first_within_a_dataset_and_model():
    shares = {("b", "low"): 0.1, ("a", "low"): 0.2, ("b", "high"): 0.9, ("a", "high"): 0.3}
    cycles = pl.concat(
        _cycles([5, 10], [share] * 2, run_id=dataset + strategy, dataset=dataset, strategy=strategy)
        for (dataset, strategy), share in shares.items()
    )
    rows = _summarise(cycles)
    assert rows.select("dataset", "strategy").rows() == [
        ("a", "high"), ("a", "low"), ("b", "high"), ("b", "low")
    ]  # fmt: skip


def test_the_area_and_the_final_are_those_of_the_metric_that_is_asked_for():
    cycles = _cycles([5, 10], [0.2, 0.6])
    (row,) = score_runs(cycles, "macro_f1").to_dicts()
    assert row["aulc"] == pytest.approx(0.4 / 3)
    assert row["final"] == row["macro_f1"] == pytest.approx(0.2)
    assert row["accuracy"] == 0.6


def test_summary_of_a_store(tmp_path):
    store = ResultStore(tmp_path)
    runs, rows = read_runs(store)
    assert summarise_settings(runs, score_runs(rows, "accuracy")).is_empty()
    for seed, last in ((0, 0.6), (1, 0.8)):
        run = replace(RUN, run_id=f"r{seed}", seed=seed)
        store.save(run, _records([2, 5], [0.2, last])[::-1], 1.0)  # the rows lie in any order
    runs, rows = read_runs(store)
    (row,) = summarise_settings(runs, score_runs(rows, "accuracy")).to_dicts()
    assert (row["seeds"], row["strategy"], row["labels"]) == (2, "coreset", 5)
    assert row["aulc"] == pytest.approx(np.mean([0.4, 0.5]))


def test_results_are_of_the_setting_that_ran_last(tmp_path):
    store = ResultStore(tmp_path)
    for setting, labels in (("old", [2, 5]), ("new", [2, 5]), ("pool", [2])):
        run = replace(RUN, run_id=setting, setting=setting)
        store.save(run, _records(labels, [0.5] * len(labels)), 1.0)
    results = load_results(store)
    assert sorted(results.runs["run_id"]) == ["new", "pool"]
    assert results.curves["run_id"].to_list() == ["new", "new"]
    assert results.curves["cycle"].to_list() == [0, 1]
    assert results.pools["run_id"].to_list() == ["pool"]
    assert sorted(results.classes.collect()["run_id"]) == ["new", "new", "pool"]
