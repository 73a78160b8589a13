"""Who is ahead at how many labels: by hand, and against every way to divide the cycles."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from curve_samples import make_curves
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.leaders import divide_cycles, find_leaders

NOISE = np.array([-0.01, 0.02, 0.0, -0.015, 0.005])


def _curves(means, noise=NOISE, labels=(10, 20, 30, 40, 50), **cell):
    """Five seeds around each strategy's mean curve, the noise rolled from cycle to cycle."""
    values = {
        name: [
            [mean + np.roll(noise, cycle + 2 * number)[seed] for cycle, mean in enumerate(curve)]
            for seed in range(len(noise))
        ]
        for number, (name, curve) in enumerate(means.items())
    }
    return make_curves(values, labels, **cell)


def _lead(curves, confidence=0.95):
    columns = ("stretch", "strategy", "from_labels", "to_labels", "others")
    return find_leaders(curves, "accuracy", confidence).select(columns).rows()


def test_a_crossing_beyond_the_noise_ends_a_stretch():
    curves = _curves({"s": [0.5, 0.6, 0.6, 0.6, 0.6], "t": [0.3, 0.4, 0.5, 0.8, 0.9]})
    assert _lead(curves) == [(0, "s", 10, 30, 0), (1, "t", 40, 50, 0)]


def test_a_crossing_inside_the_noise_does_not():
    curves = _curves({"s": [0.5, 0.602, 0.6, 0.602, 0.6], "t": [0.3, 0.601, 0.601, 0.6, 0.601]})
    assert _lead(curves) == [(0, "s", 10, 50, 0)]


def test_those_that_are_never_behind_are_counted():
    curves = _curves({"s": [0.6] * 5, "t": [0.6005] * 5, "u": [0.1] * 5})
    assert _lead(curves) == [(0, "t", 10, 50, 1)]


def test_cycles_at_which_all_are_equal_begin_no_stretch():
    pool = [[0.3, 0.5, 0.6], [0.4, 0.6, 0.7]]
    curves = make_curves({"s": pool, "t": [[0.3, 0.7, 0.8], [0.4, 0.81, 0.9]]})
    assert _lead(curves) == [(0, "t", 20, 30, 0)]
    assert _lead(make_curves({"s": pool, "t": pool})) == []


@pytest.mark.parametrize(
    "curves",
    [make_curves({"s": [[0.1, 0.2, 0.3]] * 3}), make_curves({"s": [[0.1] * 3], "t": [[0.2] * 3]})],
    ids=["one strategy", "one seed"],
)
def test_nothing_to_compare(curves):
    assert _lead(curves) == []


def test_a_strategy_with_fewer_seeds_is_compared_over_those():
    curves = _curves({"s": [0.5] * 5, "t": [0.9] * 5})
    fewer = curves.filter((pl.col("strategy") == "s") | (pl.col("seed") < 3))
    assert _lead(fewer) == [(0, "t", 10, 50, 0)]


def test_cells_are_apart_and_keep_their_names():
    curves = pl.concat(
        [_curves({"s": [0.5] * 5, "t": [0.9] * 5}),
         _curves({"s": [0.9] * 5, "t": [0.5] * 5}, model="n")]
    )  # fmt: skip
    rows = find_leaders(curves, "accuracy", 0.95)
    assert rows.select("model", "strategy").rows() == [("m", "t"), ("n", "s")]
    assert find_leaders(curves.clear(), "accuracy", 0.95).is_empty()


def test_other_metrics():
    curves = _curves({"s": [0.5] * 5, "t": [0.9] * 5}).with_columns(macro_f1=-pl.col("macro_f1"))
    assert find_leaders(curves, "macro_f1", 0.95)["strategy"].to_list() == ["s"]


def _slow_holds(values, risk):
    """Cycle by cycle, strategy by strategy, with scipy's paired t test."""
    holds = np.zeros(values.shape[:2], dtype=bool)
    for cycle, scores in enumerate(values):
        best = scores.mean(axis=1).argmax()
        for strategy, mine in enumerate(scores):
            behind = scores[best] - mine
            if behind.mean() <= 0 or np.ptp(behind) < 1e-9:
                holds[cycle, strategy] = True
                continue
            p = stats.ttest_rel(scores[best], mine).pvalue
            holds[cycle, strategy] = p * (values.shape[1] - 1) > risk
    return holds


def _fewest(holds):
    """The least number of stretches, over every place where the last one may begin."""
    fewest = [0]
    for end in range(1, len(holds) + 1):
        fewest.append(min(fewest[start] + 1 for start in range(end)
                          if holds[start:end].all(axis=0).any()))  # fmt: skip
    return fewest[-1]


@settings(deadline=None, database=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(2, 4), st.integers(2, 5))
def test_fewest_stretches_that_the_noise_allows(seed, cycles, strategies, seeds):
    rng = np.random.default_rng(seed)
    means = rng.normal(0.5, 0.1, (cycles, strategies, 1))
    values = means + rng.normal(0, 0.02, (cycles, strategies, seeds))
    holds, found = _slow_holds(values, 0.05), list(divide_cycles(values, 0.05))
    assert len(found) == _fewest(holds)
    assert (found[0].first, found[-1].last) == (0, cycles - 1)
    assert all(one.last + 1 == two.first for one, two in pairwise(found))
    for stretch in found:
        part = slice(stretch.first, stretch.last + 1)
        level = holds[part].all(axis=0)
        assert level[stretch.strategy]
        assert stretch.others == level.sum() - 1
        averages = values[part].mean(axis=(0, 2))
        assert averages[stretch.strategy] == averages[level].max()
