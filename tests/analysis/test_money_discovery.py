"""Labels until every class was seen, and recall by class: by hand and by a slow loop."""

import numpy as np
import polars as pl
import pytest
from curve_samples import make_curves, make_results
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.discovery import (
    average_recall,
    class_names,
    find_discoveries,
    find_rarest,
    read_classes,
    summarise_discoveries,
)
from tui_al.analysis.slices import Slice

NAMES = ["one", "two", "three"]


def _known(labels, recalls=None, names=NAMES, n=3):
    """Rows of `read_classes`: `labels` maps strategy to seeds, each the labels by cycle."""
    labels_of = (10, 20, 30)[:n]
    curves = make_curves(
        {name: [[0.5] * n] * len(seeds) for name, seeds in labels.items()}, labels_of
    )
    runs = dict(zip(curves.select("strategy", "seed").unique(maintain_order=True).rows(),
                    curves["run_id"].unique(maintain_order=True), strict=True))  # fmt: skip
    classes = {
        runs[name, seed]: [
            ((recalls or {}).get((name, seed), [[0.5] * len(counts)] * n)[cycle], counts)
            for cycle, counts in enumerate(by_cycle)
        ]
        for name, seeds in labels.items()
        for seed, by_cycle in enumerate(seeds)
        if by_cycle is not None
    }
    return read_classes(make_results(curves, classes=classes, names=names))


EARLY = [[5, 4, 1], [9, 8, 3], [14, 12, 4]]
LATER = [[6, 4, 0], [11, 8, 1], [16, 12, 2]]
NEVER = [[6, 4, 0], [11, 9, 0], [16, 14, 0]]


def test_the_first_cycle_at_which_every_class_has_a_label():
    found = find_discoveries(_known({"s": [EARLY, LATER, NEVER]}))
    assert found["labels"].to_list() == [10, 20, None]
    assert found["at_start"].to_list() == [True, False, False]
    assert found["unseen"].to_list() == [0, 0, 1]
    assert found["end_labels"].to_list() == [EARLY[-1], LATER[-1], NEVER[-1]]


def test_settings_have_a_mean_where_every_seed_saw_all():
    known = _known({"s": [EARLY, LATER, LATER], "t": [EARLY, NEVER, NEVER]})
    first, second = summarise_discoveries(find_discoveries(known), 0.9).to_dicts()
    needs = [10, 20, 20]
    low, high = stats.t.interval(0.9, 2, np.mean(needs), stats.sem(needs))
    assert (first["strategy"], first["labels"]) == ("s", pytest.approx(50 / 3))
    assert (first["low"], first["high"]) == pytest.approx((low, high))
    assert (first["seeds"], first["complete"], first["at_start"], first["unseen"]) == (3, 3, 1, 0)
    assert (second["strategy"], second["labels"], second["low"]) == ("t", None, None)
    assert (second["complete"], second["unseen"]) == (1, pytest.approx(2 / 3))
    assert first["n_classes"] == 3


def test_the_rarest_class_is_that_of_random():
    known = _known({"random": [EARLY, LATER], "hunter": [[[0, 0, 10], [0, 0, 20], [0, 0, 90]]]})
    (row,) = find_rarest(find_discoveries(known)).to_dicts()
    assert (row["rarest"], row["counted"]) == ("three", "random")
    assert row["rarest_share"] == pytest.approx(6 / 60)
    without = find_discoveries(known.filter(pl.col("strategy") == "hunter"))
    (row,) = find_rarest(without).to_dicts()
    assert (row["rarest"], row["rarest_share"], row["counted"]) == ("one", 0, "all")


def test_runs_without_classes_are_left_out():
    assert _known({"s": [EARLY, None]})["seed"].unique().to_list() == [0]
    assert _known({"s": [None]}).is_empty()
    assert _known({"s": [[[], [], []]]}).is_empty()  # of a dataset without classes


def test_classes_of_a_slice():
    curves = [make_curves({"s": [[0.5] * 3]}, model=model) for model in "mn"]
    classes = {rows["run_id"][0]: [([1.0], [1])] * 3 for rows in curves}
    results = make_results(*curves, classes=classes)
    assert read_classes(results).height == 6
    assert read_classes(results.of(Slice(model=["n"])))["model"].unique().to_list() == ["n"]


def test_names_that_are_not_known():
    assert class_names('["a", 2]', 2) == ["a", "2"]
    assert class_names(None, 2) == class_names('["a"]', 2) == ["class 0", "class 1"]
    (row,) = find_rarest(find_discoveries(_known({"s": [EARLY]}, names=None))).to_dicts()
    assert (row["rarest"], row["classes"]) == ("class 2", None)


shares = st.one_of(st.none(), st.floats(0, 1))


@settings(deadline=None, database=None)
@given(st.data(), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3))
def test_recall_equals_a_slow_loop(data, seeds, width, cycles):
    runs = [(name, seed) for name in ("s", "t") for seed in range(seeds)]
    rows = st.lists(shares, min_size=width, max_size=width)
    recalls = {run: data.draw(st.lists(rows, min_size=cycles, max_size=cycles)) for run in runs}
    counts = st.lists(st.integers(0, 9), min_size=width, max_size=width)
    labels = {run: data.draw(st.lists(counts, min_size=cycles, max_size=cycles)) for run in runs}
    by_name = {name: [labels[name, seed] for seed in range(seeds)] for name in ("s", "t")}
    names = [f"c{number}" for number in range(width)]
    found = average_recall(_known(by_name, recalls, names, cycles))
    assert found.height == 2 * width * cycles
    for row in found.to_dicts():
        cycle, number = row["cycle"], names.index(row["class"])
        mine = [run for run in runs if run[0] == row["strategy"]]
        known = [share for run in mine if (share := recalls[run][cycle][number]) is not None]
        assert row["recall"] == (pytest.approx(np.mean(known)) if known else None)
        assert row["class_labels"] == pytest.approx(
            np.mean([labels[r][cycle][number] for r in mine])
        )
        assert row["n_labeled"] == 10 * (cycle + 1)


def test_recall_of_datasets_with_different_classes():
    curves = [make_curves({"s": [[0.5] * 3]}, dataset=name) for name in "de"]
    classes = {
        curves[0]["run_id"][0]: [([0.1, 0.2], [1, 2])] * 3,
        curves[1]["run_id"][0]: [([0.3, 0.4, 0.5], [1, 2, 3])] * 3,
    }
    found = average_recall(read_classes(make_results(*curves, classes=classes)))
    last = found.filter(pl.col("cycle") == 2).select("dataset", "class", "recall")
    assert last.rows() == [
        ("d", "class 0", 0.1), ("d", "class 1", 0.2),
        ("e", "class 0", 0.3), ("e", "class 1", 0.4), ("e", "class 2", 0.5),
    ]  # fmt: skip


def test_labels_are_counted_where_no_test_row_has_the_classes():
    curves = make_curves({"s": [[0.5] * 3]})
    classes = {curves["run_id"][0]: [(None, [1, 2])] * 2 + [([], [1, 2])]}
    found = average_recall(read_classes(make_results(curves, classes=classes)))
    assert found["recall"].null_count() == found.height == 6
    assert found["class_labels"].to_list() == [1, 2] * 3
