"""Paired comparisons, against scipy and statsmodels."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paired_samples import make_scores, spread
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tui_al.analysis.comparisons import compare
from tui_al.analysis.slices import CELL, load_results, score_runs
from tui_al.paths import find_reference
from tui_al.results.store import ResultStore


def _generator(seed=0):
    return np.random.default_rng(seed)


def _some(strategies=5, seeds=5, noise=0.01, seed=0):
    """Scores of a, b, c, ... with a difference of 0.01 from one to the next."""
    rng = _generator(seed)
    return {(chr(97 + i),): spread(0.9 - 0.01 * i, noise, rng, seeds) for i in range(strategies)}


def _pair(comparison, first, second):
    return comparison.pairs.filter(first=first, second=second).row(0, named=True)


def _leaders(comparison):
    return set(comparison.means.filter("leader")["name"])


@pytest.mark.parametrize(
    ("strategies", "seeds", "noise"), [(2, 5, 0.01), (5, 5, 0.004), (8, 3, 0.01)]
)
def test_p_is_that_of_scipy_and_its_correction_that_of_statsmodels(strategies, seeds, noise):
    scores = _some(strategies, seeds, noise)
    pairs = compare(make_scores(scores)).pairs
    assert pairs.height == strategies * (strategies - 1) // 2
    for row in pairs.to_dicts():
        first, second = scores[row["first"],], scores[row["second"],]
        test = stats.ttest_rel(first, second)
        assert (row["p"], row["seeds"]) == (pytest.approx(test.pvalue), seeds)
        assert row["difference"] == pytest.approx(np.mean(first) - np.mean(second))
        assert row["difference"] >= 0  # the better mean comes first
    rejected, corrected, *_ = multipletests(pairs["p"], alpha=0.05, method="holm")
    assert pairs["p_holm"].to_list() == pytest.approx(corrected.tolist())
    assert pairs["apart"].to_list() == rejected.tolist()


def test_interval_of_two_strategies_is_that_of_scipy():
    scores = _some(2)
    row = compare(make_scores(scores), confidence=0.9).pairs.row(0, named=True)
    expected = stats.ttest_rel(*scores.values()).confidence_interval(0.9)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected))
    assert row["p"] == row["p_holm"]


def test_intervals_have_the_level_of_the_step_that_decides():
    scores = _some(4)
    pairs = compare(make_scores(scores)).pairs.sort("p")
    assert 0 < pairs["apart"].sum() < 5
    stop = pairs["apart"].sum()
    for step, row in enumerate(pairs.to_dicts()):
        level = 0.05 / (6 - min(step, stop))
        test = stats.ttest_rel(scores[row["first"],], scores[row["second"],])
        expected = test.confidence_interval(1 - level)
        assert (row["low"], row["high"]) == pytest.approx(tuple(expected))


coarse = st.lists(
    st.lists(st.integers(0, 6).map(lambda n: n / 8), min_size=4, max_size=4),
    min_size=2,
    max_size=5,
)


@settings(deadline=None, database=None, max_examples=60)
@given(coarse, st.sampled_from([0.5, 0.8, 0.95]))
def test_interval_and_verdict_never_contradict_each_other(values, confidence):
    """Coarse scores: many ties, differences without noise, equal p values."""
    comparison = compare(
        make_scores({(f"s{i}",): scores for i, scores in enumerate(values)}), confidence=confidence
    )
    for row in comparison.pairs.to_dicts():
        if row["p"] is None:
            assert (row["low"], row["high"], row["p_holm"], row["apart"]) == (None,) * 3 + (False,)
            continue
        outside = row["low"] > 0 or row["high"] < 0
        assert row["apart"] == outside
        if abs(row["p_holm"] - (1 - confidence)) > 1e-9:
            assert outside == (row["p_holm"] <= 1 - confidence)
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["p"] <= row["p_holm"] <= 1
    tested = comparison.pairs.drop_nulls("p")
    if tested.height:
        _, corrected, *_ = multipletests(tested["p"], method="holm")
        assert tested["p_holm"].to_list() == pytest.approx(corrected.tolist())
    best = comparison.means.filter("best")
    assert best.height <= 1
    for name in best["name"]:
        others = comparison.pairs.filter((pl.col("first") == name) | (pl.col("second") == name))
        assert others["apart"].all()


def test_risk_over_all_pairs_is_kept_where_all_strategies_are_equal():
    rng = _generator()
    experiments = 600
    scores = {
        (f"s{i}", f"d{number}"): spread(0.5, 0.01, rng)
        for number in range(experiments)
        for i in range(5)
    }
    pairs = compare(make_scores(scores), by=["dataset"]).pairs
    wrong = pairs.filter("apart")["dataset"].n_unique() / experiments
    assert 0.01 < wrong < 0.07
    assert pairs.filter(pl.col("p") <= 0.05)["dataset"].n_unique() / experiments > 0.2


def test_cells_that_share_seeds_are_averaged_before_the_test():
    """Ten copies of a cell say nothing new."""
    scores = _some(2)
    once = compare(make_scores(scores)).pairs
    copies = {(*name, f"d{i}"): values for name, values in scores.items() for i in range(10)}
    comparison = compare(make_scores(copies))
    assert comparison.means["cells"].to_list() == [10, 10]
    for column in ("seeds", "difference", "low", "high", "p"):
        assert comparison.pairs[column][0] == pytest.approx(once[column][0])


def test_means_are_over_the_cells_that_all_have():
    rng = _generator()
    scores = {(name, dataset): spread(0.5, 0.01, rng) for name in "ab" for dataset in "xyz"}
    scores["a", "easy"] = [0.99] * 5  # b was never run there
    comparison = compare(make_scores(scores))
    rows = {row["name"]: row for row in comparison.means.to_dicts()}
    for name in "ab":
        expected = np.mean([scores[name, dataset] for dataset in "xyz"])
        assert rows[name]["score"] == pytest.approx(expected)
    assert {(row["cells"], row["found"]) for row in rows.values()} == {(3, 4)}


def test_a_strategy_that_ran_once_does_not_cost_the_others_their_cells():
    rng = _generator()
    scores = {(name, dataset): spread(0.5, 0.01, rng) for name in "ab" for dataset in "wxyz"}
    expected = compare(make_scores(scores))
    comparison = compare(make_scores(scores | {("new", "x"): [0.9]}))
    assert comparison.pairs.equals(expected.pairs)
    assert comparison.left_out.to_dicts() == [{"name": "new", "runs": 1}]


def test_two_strategies_are_compared_where_they_meet_however_little_that_is():
    rng = _generator()
    scores = {("a", dataset): spread(0.5, 0.01, rng) for dataset in "wxyz"}
    scores["b", "x"] = spread(0.5, 0.01, rng)
    comparison = compare(make_scores(scores))
    assert comparison.means["cells"].to_list() == [1, 1]
    assert comparison.pairs["p"][0] == pytest.approx(
        stats.ttest_rel(scores["a", "x"], scores["b", "x"]).pvalue
    )


def test_an_unfinished_cell_costs_no_seeds():
    rng = _generator()
    scores = {(name, dataset): spread(0.5, 0.01, rng) for name in "ab" for dataset in "xyz"}
    unfinished = {(name, "last"): [0.9, None, None, None, None] for name in "ab"}
    assert compare(make_scores(scores | unfinished)).pairs.equals(
        compare(make_scores(scores)).pairs
    )


def test_pairs_use_the_seeds_that_both_have():
    scores = _some(3, seeds=6)
    scores["b",][1] = None
    scores["c",][4] = None
    pairs = compare(make_scores(scores)).pairs
    assert {(row["first"], row["second"]): row["seeds"] for row in pairs.to_dicts()} == {
        ("a", "b"): 5, ("a", "c"): 5, ("b", "c"): 4
    }  # fmt: skip
    kept = [0, 2, 3, 5]
    expected = stats.ttest_rel(*([scores[name,][seed] for seed in kept] for name in "bc"))
    assert pairs.filter(first="b")["p"][0] == pytest.approx(expected.pvalue)


def test_seeds_are_paired_by_number_not_by_order():
    low, high = [0.1, 0.5, 0.9], [0.2, 0.61, 1.0]
    pairs = compare(make_scores({("a",): high, ("b",): low})).pairs
    assert pairs["apart"].all()
    unpaired = compare(make_scores({("a",): high, ("b",): low[::-1]})).pairs
    assert not unpaired["apart"].any()


def test_one_seed_tells_nothing():
    comparison = compare(make_scores(_some(3, seeds=1)))
    assert comparison.pairs.select("p", "p_holm", "low", "high").null_count().row(0) == (3,) * 4
    assert not comparison.pairs["apart"].any()
    assert comparison.means.select("judged", "leader", "best").unique().rows() == [
        (False, True, False)
    ]


def test_equal_scores_are_equal_and_count_as_a_test():
    scores = _some(2, noise=0.0005) | {("twin",): None}
    scores["twin",] = scores["b",]
    comparison = compare(make_scores(scores))
    row = _pair(comparison, "b", "twin")
    assert (row["p"], row["low"], row["high"], row["apart"]) == (1, 0, 0, False)
    ahead = _pair(comparison, "a", "twin")
    assert ahead["p_holm"] == pytest.approx(3 * ahead["p"])
    assert _leaders(comparison) == {"a"}


def test_a_difference_without_noise_is_no_evidence():
    comparison = compare(make_scores({("a",): [0.5, 0.75], ("b",): [0.25, 0.5]}))
    row = _pair(comparison, "a", "b")
    assert (row["difference"], row["p"], row["low"], row["apart"]) == (0.25, None, None, False)
    assert _leaders(comparison) == {"a", "b"}


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_rounding_is_not_taken_for_noise(names):
    """Equal scores in another order of datasets: sums that differ in their last digit."""
    rng = _generator()
    values = [spread(0.5, 0.01, rng, seeds=40) for _ in range(3)]
    scores = {(names[0], dataset): scores for dataset, scores in zip("xyz", values, strict=True)}
    scores |= {(names[1], dataset): scores for dataset, scores in zip("yzx", values, strict=True)}
    scores = make_scores(scores).sort("dataset", "seed")
    sums = scores.group_by("strategy", "seed", maintain_order=True).agg(pl.col("aulc").mean())
    assert sums["aulc"].n_unique() > 40
    row = compare(scores).pairs.row(0, named=True)
    assert row["first"] == "a"  # equal ones by name
    assert (row["p"], row["low"], row["apart"]) == (1, pytest.approx(0, abs=1e-15), False)


def test_best_is_only_who_is_ahead_of_every_other():
    rng = _generator()
    scores = {("a",): spread(0.9, 0.001, rng), ("b",): spread(0.8, 0.001, rng),
              ("c",): spread(0.7, 0.001, rng)}  # fmt: skip
    comparison = compare(make_scores(scores))
    assert comparison.means.filter("best")["name"].to_list() == ["a"]
    assert _leaders(comparison) == {"a"}
    scores["close",] = spread(0.9, 0.001, rng)
    comparison = compare(make_scores(scores))
    assert _leaders(comparison) == {"a", "close"}
    assert not comparison.means["best"].any()


def test_a_lucky_single_seed_hides_nobody_and_is_not_the_best():
    rng = _generator()
    scores = {("a",): spread(0.9, 0.001, rng), ("b",): spread(0.8, 0.001, rng)}
    comparison = compare(make_scores(scores | {("lucky",): [0.99]}))
    assert (comparison.leader, _leaders(comparison)) == ("a", {"a"})
    assert not comparison.means["best"].any()  # it was not shown to be ahead of lucky
    assert comparison.means.filter(name="lucky")["judged"].to_list() == [False]
    assert _pair(comparison, "a", "b")["p"] == _pair(comparison, "a", "b")["p_holm"]


def test_groups_are_what_they_are_alone():
    rng = _generator()
    scores = {
        (name, dataset): spread(0.5, 0.01, rng, seeds)
        for dataset, seeds in (("x", 5), ("y", 3), ("z", 1))
        for name in "abc"
    } | {("a", "alone"): [0.3, 0.4]}
    groups = dict(compare(make_scores(scores), by=["dataset"]).groups(["dataset"]))
    assert groups.keys() == {("x",), ("y",), ("z",)}
    for (dataset,), group in groups.items():
        alone = compare(make_scores({key: v for key, v in scores.items() if key[1] == dataset}))
        assert group.pairs.drop("dataset").equals(alone.pairs)
        assert group.means.drop("dataset").equals(alone.means)


def test_other_subjects_are_paired_over_strategies_too():
    rng = _generator()
    scores = {
        (strategy, "d", model): spread(centre, 0.01, rng)
        for strategy in "ab"
        for model, centre in (("large", 0.9), ("small", 0.5))
    }
    comparison = compare(make_scores(scores), subject="model")
    large, small = (
        np.mean([scores[strategy, "d", model] for strategy in "ab"], axis=0)
        for model in ("large", "small")
    )
    row = _pair(comparison, "large", "small")
    assert row["p"] == pytest.approx(stats.ttest_rel(large, small).pvalue)
    assert comparison.means["cells"].to_list() == [2, 2]


def test_nothing_in_common_is_no_comparison():
    rng = _generator()
    comparison = compare(make_scores({(name, name): spread(0.5, 0.01, rng) for name in "abc"}))
    assert comparison.means.is_empty()
    assert comparison.pairs.is_empty()
    assert comparison.left_out["name"].to_list() == ["a", "b", "c"]
    empty = compare(make_scores({("a",): [0.5]}).clear(), by=CELL)
    assert empty.pairs.is_empty()
    assert empty.pairs.columns == [*CELL, *comparison.pairs.columns]


def test_final_scores_can_be_compared_as_well():
    scores = make_scores(_some(2)).with_columns(final=1 - pl.col("aulc"))
    assert compare(scores).means["name"].to_list() == ["a", "b"]
    assert compare(scores, score="final").means["name"].to_list() == ["b", "a"]


def test_reference_results_pair_by_pair():
    scores = score_runs(load_results(ResultStore(find_reference())).curves, "accuracy")
    pairs = compare(scores, by=CELL).pairs
    assert pairs.height == 36 * 28
    by_seed = {
        key: table.sort("seed")["aulc"].to_numpy()
        for key, table in scores.partition_by(*CELL, "strategy", as_dict=True).items()
    }
    for row in pairs.sample(50, seed=0).to_dicts():
        cell = tuple(row[name] for name in CELL)
        first, second = (by_seed[*cell, row[side]] for side in ("first", "second"))
        if (first == second).all():
            assert (row["p"], row["difference"]) == (1, 0)
        else:
            assert row["p"] == pytest.approx(stats.ttest_rel(first, second).pvalue)
