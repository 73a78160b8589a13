"""Intervals for means over seeds, against brute force, scipy and simulation."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tui_al.analysis.intervals import (
    can_resample,
    expanded_interval,
    expanded_level,
    mean_intervals,
)

shares = st.floats(0, 1).map(lambda share: round(share, 4))


def _generator():
    return np.random.default_rng(0)


def _resampled_means(values):
    """All n**n resamples of each row (groups, n), equally likely."""
    n = values.shape[1]
    chosen = np.array(list(product(range(n), repeat=n)))
    return values[:, chosen].mean(2)


@pytest.mark.parametrize(("n", "level"), [(5, 0.00095), (10, 0.00855), (20, 0.01588)])
def test_level_of_hesterberg(n, level):
    assert expanded_level(n, 0.95) == pytest.approx(level, abs=5e-6)
    t = stats.t.ppf(0.025, n - 1)
    assert expanded_level(n, 0.95) == pytest.approx(stats.norm.cdf(t * np.sqrt(n / (n - 1))))


def test_level_tends_to_the_plain_one():
    assert expanded_level(100_000, 0.95) == pytest.approx(0.025, abs=1e-5)


@pytest.mark.parametrize(
    ("n", "confidence", "can"),
    [(2, 0.5, False), (4, 0.95, False), (5, 0.95, True), (5, 0.99, False), (200, 0.95, True)],
)
def test_too_few_values_for_the_bootstrap_have_the_interval_of_student(n, confidence, can):
    values = _generator().normal(size=(3, n))
    mean, error = values.mean(1), stats.sem(values, axis=1)
    student = stats.t.interval(confidence, n - 1, mean, error)
    found = expanded_interval(values, confidence, _generator())
    assert can_resample(n, confidence) == can
    assert np.allclose(found, student) != can


@pytest.mark.parametrize(("n", "confidence"), [(3, 0.5), (4, 0.8), (5, 0.95), (6, 0.9)])
def test_every_resample_counts_with_its_probability(n, confidence):
    values = _generator().normal(size=(20, n))
    level = expanded_level(n, confidence)
    means = _resampled_means(values)
    low, high = expanded_interval(values, confidence, _generator())
    assert low == pytest.approx(np.quantile(means, level, axis=1, method="inverted_cdf"))
    assert high == pytest.approx(-np.quantile(-means, level, axis=1, method="inverted_cdf"))


@pytest.mark.parametrize(("n", "tolerance"), [(5, 1e-9), (7, 0.02), (12, 0.05)])
def test_agrees_with_scipy_at_the_adjusted_level(n, tolerance):
    values = _generator().normal(size=(1, n))
    low, high = expanded_interval(values, 0.95, _generator())
    other = stats.bootstrap(
        (values[0],), np.mean, method="percentile", n_resamples=200_000, batch=20_000,
        confidence_level=1 - 2 * expanded_level(n, 0.95), rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert (low[0], high[0]) == pytest.approx(tuple(other), abs=tolerance)


def test_drawn_resamples_are_cut_at_the_level_too():
    values = np.arange(8.0)[None]
    shares = _generator().multinomial(8, np.full(8, 1 / 8), size=10_000) / 8
    means = shares @ values[0]
    level = expanded_level(8, 0.95)
    low, high = expanded_interval(values, 0.95, _generator())
    assert low[0] == np.quantile(means, level, method="inverted_cdf")
    assert high[0] == -np.quantile(-means, level, method="inverted_cdf")


@pytest.mark.parametrize(
    ("draw", "mean", "least"),
    [
        (lambda rng, size: rng.normal(size=size), 0.0, 0.91),
        (lambda rng, size: rng.exponential(size=size), 1.0, 0.86),
        (lambda rng, size: rng.uniform(size=size), 0.5, 0.91),
    ],
    ids=["normal", "skewed", "flat"],
)
def test_coverage_of_five_seeds_is_near_what_it_says(draw, mean, least):
    values = draw(_generator(), (4000, 5))
    low, high = expanded_interval(values, 0.95, _generator())
    covered = np.mean((low <= mean) & (mean <= high))
    plain = np.quantile(_resampled_means(values), (0.025, 0.975), axis=1)
    plainly_covered = np.mean((plain[0] <= mean) & (mean <= plain[1]))
    assert least < covered < 0.96
    assert covered > plainly_covered + 0.05


@pytest.mark.parametrize("n", [2, 3, 4])
def test_where_no_resample_is_rare_enough_student_takes_over(n):
    values = _generator().normal(size=(4000, n))
    low, high = expanded_interval(values, 0.95, _generator())
    expected = stats.t.interval(0.95, n - 1, values.mean(1), stats.sem(values, axis=1))
    assert low == pytest.approx(expected[0])
    assert high == pytest.approx(expected[1])
    assert np.mean((low <= 0) & (low <= high) & (high >= 0)) == pytest.approx(0.95, abs=0.012)


@settings(deadline=None, database=None)
@given(arrays(np.float64, (3, 5), elements=shares), st.sampled_from([0.8, 0.95]))
def test_interval_holds_the_mean_and_stays_within_the_values(values, confidence):
    low, high = expanded_interval(values, confidence, _generator())
    assert (low <= values.mean(1) + 1e-12).all()
    assert (values.mean(1) <= high + 1e-12).all()
    assert (low >= values.min(1) - 1e-12).all()
    assert (high <= values.max(1) + 1e-12).all()
    mirrored = expanded_interval(1 - values, confidence, _generator())
    assert 1 - mirrored[1] == pytest.approx(low)


def _frame(groups):
    return pl.DataFrame(
        [(name, value) for name, values in groups.items() for value in values],
        schema={"name": pl.String, "value": pl.Float64},
        orient="row",
    )


def test_groups_of_any_size_at_once():
    rng = _generator()
    groups = {f"{n} seeds": rng.normal(size=n).tolist() for n in (5, 1, 2, 9, 5, 7)}
    groups["none"] = [None]
    groups["with a gap"] = [None, *groups["5 seeds"]]
    table = mean_intervals(_frame(groups), ["name"], "value", 0.95)
    assert table["name"].to_list() == [name for name in groups if name != "none"]
    rows = {row.pop("name"): row for row in table.to_dicts()}
    assert rows["1 seeds"] == {"seeds": 1, "mean": groups["1 seeds"][0],
                               "std": None, "low": None, "high": None}  # fmt: skip
    assert rows["with a gap"] == rows["5 seeds"]
    for name, row in rows.items():
        alone = mean_intervals(_frame({name: groups[name]}), ["name"], "value", 0.95)
        assert alone.drop("name").row(0, named=True) == row  # whoever else is in the table


def test_equal_values_have_an_interval_of_no_width():
    groups = {str(n): [0.7] * n for n in (2, 5, 12)}
    table = mean_intervals(_frame(groups), ["name"], "value", 0.95)
    for name in ("mean", "low", "high"):
        assert table[name].to_list() == pytest.approx([0.7] * 3)


def test_no_rows_give_no_groups():
    table = mean_intervals(_frame({}), ["name"], "value", 0.95)
    assert table.is_empty()
    assert table.columns == ["name", "seeds", "mean", "std", "low", "high"]
