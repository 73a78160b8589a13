"""What a better model is worth in labels, by hand."""

import polars as pl
import pytest
from curve_samples import make_curves
from scipy import stats

from tui_al.analysis.embedding_worth import choose_runs, value_models
from tui_al.analysis.slices import score_runs


def _value(*curves, basis="random", confidence=0.9):
    rows = pl.concat(curves)
    return value_models(rows, score_runs(rows, "accuracy"), basis, "accuracy", confidence)


def _rise(*ends):
    """To these values at 30 labels, linearly from 0 at 10."""
    return [[0, end / 2, end] for end in ends]


def test_labels_for_what_the_weaker_model_ends_with_seed_by_seed():
    weak = make_curves({"random": _rise(0.4, 0.5, 0.3)}, model="weak")
    good = make_curves({"random": _rise(0.8, 0.8, 0.9)}, model="good")
    (row,) = _value(good, weak).to_dicts()
    needs = [20, 10 + 20 * 0.5 / 0.8, 10 + 20 * 0.3 / 0.9]
    saved = [30 - labels for labels in needs]
    low, high = stats.t.interval(0.9, 2, sum(saved) / 3, stats.sem(saved))
    assert (row["weaker"], row["better"]) == ("weak", "good")
    assert row["labels"] == pytest.approx(sum(needs) / 3)
    assert row["saved"] == pytest.approx(sum(saved) / 3)
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["share"] == pytest.approx(sum(needs) / 90)
    assert (row["weaker_final"], row["better_final"]) == pytest.approx((0.4, 2.5 / 3))
    assert (row["all_labels"], row["pairs"], row["reached"], row["at_start"]) == (30, 3, 3, 0)


def test_no_mean_where_a_seed_never_gets_there():
    weak = make_curves({"random": _rise(0.4, 0.7)}, model="weak")
    good = make_curves({"random": _rise(0.9, 0.6)}, model="good")
    (row,) = _value(weak, good).to_dicts()
    assert (row["pairs"], row["reached"]) == (2, 1)
    assert row["labels"] is row["saved"] is row["share"] is row["low"] is None


def test_a_model_that_begins_above():
    weak = make_curves({"random": _rise(0.4, 0.4)}, model="weak")
    good = make_curves({"random": [[0.9] * 3] * 2}, model="good")
    (row,) = _value(weak, good).to_dicts()
    assert (row["labels"], row["at_start"], row["saved"], row["low"]) == (10, 2, 20, None)


def test_best_is_each_models_own_strategy_by_aulc():
    weak = make_curves(
        {"random": _rise(0.2), "s": _rise(0.5), "t": [[0, 0, 0.6]]}, model="weak"
    )  # t ends higher, s has the larger area
    good = make_curves({"random": _rise(0.5), "t": _rise(1.0), "s": _rise(0.9)}, model="good")
    (row,) = _value(weak, good, basis="best").to_dicts()
    assert (row["weaker_strategy"], row["better_strategy"]) == ("s", "t")
    assert row["labels"] == pytest.approx(20)
    (row,) = _value(weak, good).to_dicts()
    assert (row["weaker_strategy"], row["better_strategy"]) == ("random", "random")
    assert row["labels"] == pytest.approx(18)
    scores = score_runs(weak, "accuracy")
    assert choose_runs(scores, "best")["strategy"].to_list() == ["s"]


def test_all_pairs_of_models_in_the_order_of_the_weaker():
    curves = [make_curves({"random": _rise(end, end)}, model=name)
              for name, end in (("c", 0.9), ("a", 0.3), ("b", 0.6))]  # fmt: skip
    rows = _value(*curves)
    assert rows.select("weaker", "better").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    assert rows["labels"].to_list() == pytest.approx([20, 10 + 20 / 3, 10 + 40 / 3])


@pytest.mark.parametrize("cell", [{"ips": "j"}, {"budget": 7}, {"dataset": "e"}])
def test_models_are_compared_with_everything_else_equal(cell):
    weak = make_curves({"random": _rise(0.4)}, model="weak")
    assert _value(weak, make_curves({"random": _rise(0.9)}, model="good", **cell)).is_empty()


def test_each_pool_says_which_model_is_better():
    ends = {("i", "a"): 0.4, ("i", "b"): 0.5, ("j", "a"): 0.9, ("j", "b"): 0.3}
    rows = _value(*(make_curves({"random": _rise(end)}, ips=ips, model=model)
                    for (ips, model), end in ends.items()))  # fmt: skip
    assert rows.select("ips", "weaker", "better").rows() == [("i", "a", "b"), ("j", "b", "a")]


def test_equal_models_and_single_models_are_worth_nothing():
    one = make_curves({"random": _rise(0.4)})
    assert _value(one, make_curves({"random": _rise(0.4)}, model="n")).is_empty()
    assert _value(one).is_empty()
    assert _value(
        make_curves({"s": _rise(0.4)}), make_curves({"s": _rise(0.9)}, model="n")
    ).is_empty()


def test_seeds_without_a_counterpart_are_left_out():
    weak = make_curves({"random": [*_rise(0.4, 0.4), None]}, model="weak")
    good = make_curves({"random": [None, *_rise(0.8, 0.9)]}, model="good")
    (row,) = _value(weak, good).to_dicts()
    assert (row["pairs"], row["labels"], row["low"]) == (1, 20, None)
