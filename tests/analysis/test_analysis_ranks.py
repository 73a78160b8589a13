"""Ranks over datasets, against scipy and Demšar (2006)."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from paired_samples import make_scores, spread
from scipy import stats

from tui_al.analysis.ranks import critical_distance, friedman_test, rank_strategies

# Table 6 of Demšar 2006: AUC of four variants of C4.5 on 14 datasets, as ranks.
VARIANTS = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")
RANKS = np.array([
    (4, 3, 2, 1), (1, 2, 3, 4), (4, 1, 2, 3), (4, 1, 3, 2), (4, 2, 3, 1), (1, 2.5, 4, 2.5),
    (3, 2, 4, 1), (2.5, 2.5, 4, 1), (4, 3, 2, 1), (2.5, 2.5, 2.5, 2.5), (4, 2.5, 1, 2.5),
    (3, 2, 4, 1), (4, 1, 2, 3), (3, 1, 4, 2),
])  # fmt: skip


def _rank(confidence=0.95):
    scores = {
        (name, f"d{row:02}"): [float(1 - ranks[column] / 10)]
        for row, ranks in enumerate(RANKS)
        for column, name in enumerate(VARIANTS)
    }
    return rank_strategies(make_scores(scores), confidence=confidence)


@pytest.mark.parametrize(("strategies", "q"), [(2, 1.960), (4, 2.569), (8, 3.031), (10, 3.164)])
def test_published_critical_values(strategies, q):
    distance = critical_distance(strategies, 12, 0.95)
    assert distance / np.sqrt(strategies * (strategies + 1) / 72) == pytest.approx(q, abs=6e-4)


@pytest.mark.parametrize("strategies", [2, 3, 9, 40])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_critical_values_are_those_of_the_studentized_range(strategies, confidence):
    q = stats.studentized_range.ppf(confidence, strategies, np.inf) / np.sqrt(2)
    expected = q * np.sqrt(strategies * (strategies + 1) / (6 * 5))
    assert critical_distance(strategies, 5, confidence) == pytest.approx(expected, rel=1e-9)


def test_the_example_of_demsar():
    ranking = _rank()
    assert ranking.names == ("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5")
    assert ranking.ranks == pytest.approx((1.964, 2.000, 2.893, 3.143), abs=5e-4)
    assert ranking.distance == pytest.approx(1.25, abs=0.005)
    assert ranking.groups == (ranking.names,)
    ties = 1 - (3 * 6 + 60) / (14 * (4**3 - 4))  # which the paper leaves uncorrected
    assert ranking.friedman.chi_square * ties == pytest.approx(9.28, abs=0.01)


def test_a_shorter_distance_makes_overlapping_groups():
    ranking = _rank(confidence=0.9)
    assert ranking.distance == pytest.approx(1.12, abs=0.005)
    assert ranking.groups == (("C4.5+m+cf", "C4.5+m", "C4.5+cf"), ("C4.5+cf", "C4.5"))


def test_f_of_iman_and_davenport():
    ranks = np.array([(1, 2, 3)] * 3 + [(2, 1, 3), (1, 3, 2)], float)
    test = friedman_test(ranks)
    chi_square = 12 * 5 / (3 * 4) * ((ranks.mean(0) ** 2).sum() - 3 * 4**2 / 4)
    assert test.chi_square == pytest.approx(chi_square)
    assert test.f == pytest.approx(4 * chi_square / (5 * 2 - chi_square))
    assert test.p_f == pytest.approx(stats.f.sf(test.f, 2, 8))


@settings(deadline=None, database=None)
@given(
    arrays(np.int64, st.tuples(st.integers(2, 8), st.integers(3, 6)), elements=st.integers(0, 5))
)
def test_friedman_is_that_of_scipy_ties_or_not(values):
    assume(any(len(set(row)) > 1 for row in values))
    test = friedman_test(stats.rankdata(-values, axis=1))
    expected = stats.friedmanchisquare(*values.T)
    assert test.chi_square == pytest.approx(expected.statistic)
    assert test.p_chi_square == pytest.approx(expected.pvalue)


def test_nothing_but_ties_and_nothing_but_agreement():
    tied = friedman_test(np.full((4, 3), 2.0))
    assert (tied.chi_square, tied.p_chi_square, tied.p_f) == (0, 1, 1)
    agreed = friedman_test(np.array([[1.0, 2.0, 3.0]] * 4))
    assert (agreed.f, agreed.p_f) == (np.inf, 0)
    assert agreed.chi_square == pytest.approx(8)


def test_a_block_is_a_dataset_averaged_over_what_all_strategies_have():
    rng = np.random.default_rng(0)
    scores = {
        (name, dataset, model): spread(0.5, 0.1, rng)
        for name in "abc"
        for dataset in "xyz"
        for model in ("m1", "m2")
    }
    scores["a", "z", "m2"] = [None] * 4 + [0.5]
    ranking = rank_strategies(make_scores(scores))
    assert (ranking.datasets, ranking.seeds) == (("x", "y", "z"), 5)
    for dataset in "xyz":
        models = ("m1",) if dataset == "z" else ("m1", "m2")
        for name in "abc":
            row = ranking.table.filter(name=name, dataset=dataset).row(0, named=True)
            expected = np.mean([scores[name, dataset, model] for model in models])
            assert row["score"] == pytest.approx(expected)


def test_only_shared_seeds_count():
    scores = {("a", "x"): [0.5, 0.9, 0.9], ("b", "x"): [0.6, None, None]}
    ranking = rank_strategies(make_scores(scores))
    assert (ranking.names, ranking.seeds) == (("b", "a"), 1)


def test_scores_equal_but_for_rounding_share_their_rank():
    rng = np.random.default_rng(0)
    values = rng.uniform(size=(20, 3))
    scores = {
        (name, f"d{row}", f"m{column}"): [float(values[row, column if name == "a" else 2 - column])]
        for name in "ab"
        for row, column in np.ndindex(values.shape)
    }
    assert rank_strategies(make_scores(scores)).ranks == (1.5, 1.5)


def test_one_dataset_has_no_critical_difference():
    ranking = rank_strategies(make_scores({("a", "x"): [0.5], ("b", "x"): [0.6]}))
    assert (ranking.distance, ranking.friedman, ranking.groups) == (None, None, ())
    assert ranking.ranks == (1, 2)


@pytest.mark.parametrize(
    "scores",
    [
        {("a", "x"): [0.5]},
        {("a", "x"): [0.5], ("b", "y"): [0.5]},
        {("a", "x"): [0.5, None], ("b", "x"): [None, 0.5]},
    ],
    ids=["one strategy", "no dataset in common", "no seed in common"],
)
def test_nothing_to_rank(scores):
    assert rank_strategies(make_scores(scores)) is None
    assert rank_strategies(make_scores(scores).clear()) is None


@settings(deadline=None, database=None)
@given(
    arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(2, 6)), elements=st.integers(0, 5))
)
def test_groups_hold_exactly_the_pairs_that_are_closer_than_the_distance(values):
    scores = {
        (f"s{column}", f"d{row}"): [float(value) / 8]
        for (row, column), value in np.ndenumerate(values)
    }
    ranking = rank_strategies(make_scores(scores), confidence=0.5)
    rank = dict(zip(ranking.names, ranking.ranks, strict=True))
    assert np.mean(ranking.ranks) == pytest.approx((len(rank) + 1) / 2)
    assert list(ranking.ranks) == sorted(ranking.ranks)
    for first, second in combinations(rank, 2):
        together = any({first, second} <= set(group) for group in ranking.groups)
        assert together == (abs(rank[first] - rank[second]) < ranking.distance)
    for group in ranking.groups:
        assert not any(set(group) < set(other) for other in ranking.groups)
