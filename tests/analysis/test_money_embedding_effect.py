"""Rankings of strategies under several models: against scipy and against hand-made orders."""

import numpy as np
import polars as pl
import pytest
from curve_samples import CELL_OF
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.embedding_effect import (
    compare_pairs,
    correlate_models,
    find_flips,
    rank_strategies,
)

NOISE = (-0.002, 0.001, 0.0, 0.002, -0.001)


def _scores(values, **cell):
    """As of `score_runs`: `values` maps strategy to the AULC of each seed."""
    base = CELL_OF | {"k0": 1, "batch": 1, "cycles": 2} | cell
    return pl.DataFrame(
        [
            base | {"strategy": strategy, "seed": seed, "aulc": float(value)}
            for strategy, seeds in values.items()
            for seed, value in enumerate(seeds)
            if value is not None
        ]
    )


def _around(mean, shift=0):
    return [mean + NOISE[(number + shift) % len(NOISE)] for number in range(len(NOISE))]


levels = st.integers(0, 5).map(lambda level: level / 10)


@settings(deadline=None, database=None)
@given(st.lists(st.lists(levels, min_size=2, max_size=2), min_size=1, max_size=7))
def test_ranks_equal_scipys(values):
    scores = _scores({f"s{number}": seeds for number, seeds in enumerate(values)})
    rows = rank_strategies(scores).sort("strategy")
    means = np.round(np.mean(values, axis=1), 9)
    assert rows["rank"].to_list() == stats.rankdata(-means).tolist()
    assert rows["strategies"].unique().to_list() == [len(values)]
    assert rows["aulc"].to_list() == pytest.approx(means.tolist())


def test_ranks_are_of_a_cell():
    scores = pl.concat([_scores({"s": [0.1], "t": [0.2]}), _scores({"s": [0.4]}, model="n")])
    rows = rank_strategies(scores).select("model", "strategy", "rank", "strategies").rows()
    assert sorted(rows) == [("m", "s", 2.0, 2), ("m", "t", 1.0, 2), ("n", "s", 1.0, 1)]


@settings(deadline=None, database=None)
@given(st.lists(st.tuples(levels, levels), min_size=2, max_size=8))
def test_tau_equals_scipys(pairs):
    scores = pl.concat(
        _scores({f"s{number}": [pair[model]] for number, pair in enumerate(pairs)}, model=name)
        for model, name in enumerate("mn")
    )
    (row,) = correlate_models(rank_strategies(scores)).to_dicts()
    expected = stats.kendalltau(*zip(*pairs, strict=True)).statistic
    assert row["tau"] == (None if np.isnan(expected) else pytest.approx(expected))
    assert (row["model"], row["other"], row["strategies"]) == ("m", "n", len(pairs))


def test_tau_is_of_strategies_that_both_models_have():
    scores = pl.concat(
        [
            _scores({"s": [0.1], "t": [0.2], "u": [0.3], "v": [0.9]}),
            _scores({"s": [0.3], "t": [0.2], "u": [0.1], "w": [0.9]}, model="n"),
            _scores({"s": [0.3]}, model="alone"),
            _scores({"s": [0.3], "t": [0.2]}, model="o", ips="j"),
        ]
    )
    (row,) = correlate_models(rank_strategies(scores)).to_dicts()
    assert (row["model"], row["other"]) == ("m", "n")
    assert (row["strategies"], row["tau"]) == (3, -1)


def _slow_holm(ps):
    """Step down from the smallest, each corrected p at least the one before."""
    corrected, worst = dict.fromkeys(ps), 0.0
    for step, name in enumerate(sorted(ps, key=ps.get)):
        worst = max(worst, min(1.0, (len(ps) - step) * ps[name]))
        corrected[name] = worst
    return corrected


def test_pairs_equal_scipys_t_test_with_holms_correction():
    rng = np.random.default_rng(3)
    values = {name: rng.normal(mean, 0.02, 6) for name, mean in zip("abcd", (0, 0.01, 0.05, 0.06),
                                                                    strict=True)}  # fmt: skip
    rows = compare_pairs(_scores(values))
    ps = {
        (one, two): stats.ttest_rel(values[one], values[two]).pvalue
        for one in "abcd" for two in "abcd" if one < two
    }  # fmt: skip
    expected = _slow_holm(ps)
    assert rows.height == 6
    for row in rows.to_dicts():
        pair = (row["strategy"], row["rival"])
        assert row["p_holm"] == pytest.approx(expected[pair])
        assert row["difference"] == pytest.approx(np.mean(values[pair[0]] - values[pair[1]]))
        assert row["seeds"] == 6
    assert len({*rows["p_holm"]}) > 2


def test_correction_counts_the_pairs_of_a_cell_alone():
    one = _scores({"s": _around(0.5), "t": _around(0.51, 1)})
    alone = compare_pairs(one)["p_holm"].to_list()
    both = compare_pairs(
        pl.concat([one, _scores({"s": _around(0.5), "t": _around(0.9, 1)}, model="n")])
    )
    assert both.filter(pl.col("model") == "m")["p_holm"].to_list() == alone


def test_pairs_that_cannot_be_tested_have_no_p_and_do_not_count():
    values = {"a": _around(0.5), "b": _around(0.51, 1)}
    alone = compare_pairs(_scores(values))["p_holm"].item()
    shifted = [value + 0.011 for value in values["a"]]  # close to b
    rows = compare_pairs(_scores(values | {"few": [0.9], "shifted": shifted}))
    ps = {(row["strategy"], row["rival"]): row["p_holm"] for row in rows.to_dicts()}
    assert ps["a", "shifted"] is None  # the same difference in every seed: no noise to measure
    assert ps["a", "few"] is ps["b", "few"] is ps["few", "shifted"] is None
    assert ps["a", "b"] == pytest.approx(2 * alone)  # a, b and b, shifted


def test_equal_runs_are_not_apart():
    rows = compare_pairs(_scores({"s": _around(0.5), "t": _around(0.5)}))
    assert rows["p_holm"].to_list() == [1.0]


def _flips(first, second, risk=0.05, **cell):
    scores = pl.concat([_scores(first), _scores(second, **({"model": "n"} | cell))])
    return find_flips(compare_pairs(scores), risk)


def test_an_order_that_another_model_reverses():
    (row,) = _flips(
        {"s": _around(0.5), "t": _around(0.6, 1)}, {"s": _around(0.7), "t": _around(0.5, 2)}
    ).to_dicts()
    assert (row["model"], row["strategy"]) == ("m", "t")
    assert (row["other"], row["rival"]) == ("n", "s")
    assert (row["difference"], row["other_difference"]) == pytest.approx((0.1, -0.2))


@pytest.mark.parametrize(
    ("second", "cell"),
    [
        ({"s": _around(0.4), "t": _around(0.5, 1)}, {}),  # the same order
        ({"s": _around(0.7), "t": [0.1, 0.9, 0.9, 0.5, 0.6]}, {}),  # reversed within the noise
        ({"s": [0.7], "t": [0.5]}, {}),  # one seed
        ({"s": _around(0.7), "u": _around(0.5, 2)}, {}),  # another pair
        ({"s": _around(0.7), "t": _around(0.5, 2)}, {"ips": "j"}),
        ({"s": _around(0.7), "t": _around(0.5, 2)}, {"budget": 7}),
        ({"s": _around(0.7), "t": _around(0.5, 2)}, {"dataset": "e"}),
    ],
)
def test_no_flip(second, cell):
    assert _flips({"s": _around(0.5), "t": _around(0.6, 1)}, second, **cell).is_empty()


def test_the_clearest_flip_comes_first():
    rows = _flips(
        {"s": _around(0.5), "t": _around(0.6, 1), "u": _around(0.9, 2)},
        {"s": _around(0.7), "t": _around(0.6, 2), "u": _around(0.1, 1)},
    )
    assert rows.select("strategy", "rival").row(0) == ("u", "s")
    assert rows.height == 3
    smaller = rows.select(pl.min_horizontal("difference", -pl.col("other_difference")))
    assert smaller.to_series().is_sorted(descending=True)
