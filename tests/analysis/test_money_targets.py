"""Labels needed to reach a target: against hand-made curves, a slow loop, and scipy."""

import numpy as np
import polars as pl
import pytest
from curve_samples import make_curves
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.slices import CELL
from tui_al.analysis.targets import (
    choose_targets,
    pair_with_random,
    reach_targets,
    summarise_needs,
    summarise_savings,
)

shares = st.floats(0, 1)
curve_values = st.lists(shares, min_size=1, max_size=12)


def _reach(curves, *targets):
    return reach_targets(curves, choose_targets(curves, "accuracy", targets), "accuracy")


def _reach_one(values, target, labels=None):
    labels = labels or [10 * (number + 1) for number in range(len(values))]
    (row,) = _reach(make_curves({"s": [values]}, labels), target).to_dicts()
    return row


def _slow_crossing(values, labels, target):
    """The definition, point by point: (labels, seconds at one a cycle) or None."""
    for cycle, value in enumerate(values):
        if value < target:
            continue
        if cycle == 0:
            return labels[0], 1.0
        share = (target - values[cycle - 1]) / (value - values[cycle - 1])
        return (
            labels[cycle - 1] + share * (labels[cycle] - labels[cycle - 1]),
            cycle + share,
        )
    return None


@pytest.mark.parametrize(
    ("values", "target", "labels", "at_start"),
    [
        ([0.1, 0.3, 0.7], 0.5, 25, False),
        ([0.1, 0.3, 0.7], 0.3, 20, False),
        ([0.1, 0.3, 0.7], 0.7, 30, False),
        ([0.6, 0.3, 0.7], 0.5, 10, True),
        ([0.5, 0.3, 0.7], 0.5, 10, True),
        ([0.1, 0.9, 0.2], 0.5, 15, False),  # what it loses later does not count
        ([0.1, 0.3, 0.7], 0.71, None, None),
        ([0.4], 0.3, 10, True),
        ([0.2], 0.3, None, None),
    ],
)
def test_first_crossing(values, target, labels, at_start):
    row = _reach_one(values, target)
    assert row["labels"] == (None if labels is None else pytest.approx(labels))
    assert row["at_start"] is at_start
    assert row["all_labels"] == 10 * len(values)


def test_seconds_up_to_the_crossing_are_interpolated_too():
    assert _reach_one([0.1, 0.3, 0.7], 0.5)["seconds"] == pytest.approx(2.5)
    assert _reach_one([0.6, 0.3, 0.7], 0.5)["seconds"] == pytest.approx(1)
    assert _reach_one([0.1, 0.3, 0.7], 0.5)["all_seconds"] == pytest.approx(3)


@settings(deadline=None, database=None)
@given(curve_values, st.floats(0.01, 1), st.data())
def test_crossing_equals_a_slow_loop(values, target, data):
    steps = data.draw(st.lists(st.integers(1, 50), min_size=len(values), max_size=len(values)))
    labels = np.cumsum(steps).tolist()
    if any(0 < target - value <= 1e-11 for value in values):
        return  # within rounding of the target: either is right
    row, expected = _reach_one(values, target, labels), _slow_crossing(values, labels, target)
    if expected is None:
        assert row["labels"] is row["seconds"] is row["at_start"] is None
    else:
        assert (row["labels"], row["seconds"]) == pytest.approx(expected)
        assert row["at_start"] is (values[0] >= target)


@settings(deadline=None, database=None)
@given(curve_values, st.lists(st.floats(0.01, 1), min_size=2, max_size=6, unique=True))
def test_a_higher_target_never_needs_less(values, targets):
    rows = _reach(
        make_curves({"s": [values]}, [10 * (n + 1) for n in range(len(values))]), *targets
    )
    needs = rows.sort("target")["labels"].fill_null(float("inf")).to_list()
    assert needs == sorted(needs)
    assert rows.height == len(targets)
    reached = rows.drop_nulls("labels")
    assert ((reached["labels"] >= 10) & (reached["labels"] <= reached["all_labels"])).all()


@settings(deadline=None, database=None)
@given(shares, st.integers(1, 9))
def test_equal_runs_reach_their_own_mean(value, seeds):
    curves = make_curves({"random": [[0.0, value / 2, value]] * seeds})
    assert _reach(curves)["labels"].null_count() == 0


def test_a_target_within_rounding_of_the_end_needs_all_labels():
    assert _reach_one([0.1, 0.3, 0.7], 0.7 + 5e-13)["labels"] == 30


def test_metrics_that_are_not_numbers_reach_nothing():
    nan = float("nan")
    assert _reach_one([0.1, nan, 0.7], 0.5)["labels"] == 30
    assert _reach_one([nan, nan, nan], 0.5)["labels"] is None
    assert choose_targets(make_curves({"random": [[nan] * 3]}), "accuracy").is_empty()


def test_default_target_is_the_mean_final_of_random():
    curves = make_curves({"random": [[0.1, 0.2, 0.5], [0.1, 0.2, 0.7]], "s": [[0.9] * 3]})
    (row,) = choose_targets(curves, "accuracy").to_dicts()
    assert (row["target"], row["basis"]) == (pytest.approx(0.6), "random")
    (row,) = choose_targets(curves, "macro_f1").to_dicts()
    assert row["target"] == pytest.approx(0.2)


def test_without_random_the_default_is_a_share_of_the_best():
    curves = make_curves({"s": [[0, 0, 0.7], [0, 0, 0.9]], "t": [[0, 0, 0.5], [0, 0, 1.0]]})
    (row,) = choose_targets(curves, "accuracy").to_dicts()
    assert (row["target"], row["basis"]) == (pytest.approx(0.95 * 0.8), "best")


def test_each_cell_has_its_own_default_and_all_given_targets():
    curves = pl.concat(
        [
            make_curves({"random": [[0, 0, 0.5]]}),
            make_curves({"random": [[0, 0, 0.7]]}, model="n"),
            make_curves({"s": [[0, 0, 1.0]]}, budget=7),
        ]
    )
    assert choose_targets(curves, "accuracy").select("model", "budget", "target").rows() == [
        ("m", 99, 0.5), ("n", 99, 0.7), ("m", 7, pytest.approx(0.95))
    ]  # fmt: skip
    given = choose_targets(curves, "accuracy", (0.9, 0.5, 0.9))
    assert given.height == 6
    assert given["basis"].unique().to_list() == ["given"]
    assert _reach(curves).select("model", "budget", "labels").rows() == [
        ("m", 99, 30), ("n", 99, 30), ("m", 7, pytest.approx(29.5))
    ]  # fmt: skip


def _slopes(*ends):
    """Curves that rise to these values at 30 labels, linearly from 0 at 10."""
    return [[0, end / 2, end] for end in ends]


def test_needs_are_means_with_students_interval():
    curves = make_curves({"s": _slopes(0.5, 0.6, 0.8, 1.0)})
    (row,) = summarise_needs(_reach(curves, 0.5), 0.9).to_dicts()
    needs = [10 + 20 * 0.5 / end for end in (0.5, 0.6, 0.8, 1.0)]
    low, high = stats.t.interval(0.9, 3, np.mean(needs), stats.sem(needs))
    assert row["labels"] == pytest.approx(np.mean(needs))
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))
    assert (row["seeds"], row["reached"], row["at_start"]) == (4, 4, 0)


def test_no_mean_where_a_seed_never_gets_there():
    curves = make_curves({"s": _slopes(0.5, 0.4), "t": _slopes(0.9, 0.8), "u": _slopes(0.3, 0.1)})
    rows = summarise_needs(_reach(curves, 0.5), 0.95)
    assert rows.select("strategy", "seeds", "reached").rows() == [
        ("t", 2, 2), ("s", 2, 1), ("u", 2, 0)
    ]  # fmt: skip
    assert rows["labels"].is_null().to_list() == [False, True, True]
    assert rows["low"].is_null().to_list() == rows["seconds"].is_null().to_list()
    assert rows["low"].is_null().to_list() == [False, True, True]


def test_no_interval_of_one_seed_or_without_spread():
    curves = make_curves({"one": _slopes(0.9), "same": [[0.9] * 3] * 3})
    rows = summarise_needs(_reach(curves, 0.5), 0.95)
    assert rows["labels"].null_count() == 0
    assert rows["low"].to_list() == rows["high"].to_list() == [None, None]
    assert dict(rows.select("strategy", "at_start").iter_rows()) == {"one": 0, "same": 3}


def test_intervals_of_labels_are_cut_at_zero():
    curves = make_curves({"s": [[0.9] * 3, [0, 0, 0.5]]})
    (row,) = summarise_needs(_reach(curves, 0.5), 0.99).to_dicts()
    assert row["low"] == 0 < row["high"]


def _save(curves, *targets, confidence=0.95):
    return summarise_savings(pair_with_random(_reach(curves, *targets)), confidence)


def test_savings_are_paired_by_seed():
    theirs, ours = (0.5, 0.7, 0.6), (0.9, 0.8, 1.0)
    curves = make_curves({"random": _slopes(*theirs), "s": _slopes(*ours)})
    (row,) = _save(curves, 0.5, confidence=0.9).to_dicts()
    rival, own = ([10 + 10 / end for end in ends] for ends in (theirs, ours))
    interval = stats.ttest_rel(rival, own).confidence_interval(0.9)
    assert row["saved"] == pytest.approx(np.mean(rival) - np.mean(own))
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["share"] == pytest.approx(1 - np.mean(own) / np.mean(rival))
    assert row["extra_seconds"] == pytest.approx((np.mean(own) - np.mean(rival)) / 10)
    assert (row["pairs"], row["at_least"]) == (3, 0)


def test_random_that_never_gets_there_counts_with_all_its_labels():
    curves = make_curves({"random": _slopes(0.4, 1.0), "s": _slopes(1.0, 1.0)})
    (row,) = _save(curves, 0.5).to_dicts()
    assert (row["saved"], row["at_least"]) == (pytest.approx(5), 1)
    assert row["extra_seconds"] == pytest.approx(-0.5)


def test_no_saving_where_the_strategy_does_not_always_get_there():
    curves = make_curves({"random": _slopes(0.5, 0.5), "s": _slopes(0.9, 0.4)})
    (row,) = _save(curves, 0.5).to_dicts()
    assert row["saved"] is row["share"] is row["low"] is row["extra_seconds"] is None
    assert row["pairs"] == 2


def test_seeds_without_a_counterpart_are_left_out():
    curves = make_curves(
        {"random": [None, *_slopes(0.5, 0.6)], "s": [*_slopes(0.1, 1.0), None],
         "alone": _slopes(0.9)}
    )  # fmt: skip
    (row,) = _save(curves, 0.5).to_dicts()
    assert (row["strategy"], row["pairs"], row["saved"]) == ("s", 1, pytest.approx(10))
    assert row["low"] is None


def test_no_savings_without_random():
    savings = _save(make_curves({"s": _slopes(0.9)}), 0.5)
    assert savings.is_empty()
    assert {*CELL, "target", "strategy", "saved", "low"} <= set(savings.columns)


def test_equal_curves_save_nothing_for_certain():
    curves = make_curves({"random": _slopes(0.5, 0.7), "s": _slopes(0.5, 0.7)})
    (row,) = _save(curves, 0.4).to_dicts()
    assert (row["saved"], row["low"], row["high"], row["share"]) == (0, 0, 0, 0)
