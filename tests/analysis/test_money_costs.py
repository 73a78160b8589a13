"""Costs of reaching a target, and the label price that decides: by hand and by brute force."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from curve_samples import make_curves
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.costs import (
    Prices,
    break_even,
    compare_costs,
    find_embedding_seconds,
    summarise_costs,
)
from tui_al.analysis.targets import choose_targets, reach_targets

CURVES = make_curves({"random": [[0, 0.25, 0.5], [0, 0.3, 0.6]], "s": [[0, 0.5, 1], [0, 0.4, 0.8]]})
UNKNOWN = pl.DataFrame(
    {"dataset": "d", "model": "m", "embedding_seconds": None},
    schema_overrides={"embedding_seconds": pl.Float64},
)


def _reach(curves=CURVES, target=0.5):
    return reach_targets(curves, choose_targets(curves, "accuracy", (target,)), "accuracy")


def _costs(prices, embedding=UNKNOWN, curves=CURVES):
    rows = summarise_costs(_reach(curves), embedding, prices, 0.9)
    return {row["strategy"]: row for row in rows.to_dicts()}


def test_labels_and_hours_at_their_prices():
    needs = {"random": [30, 10 + 20 * 0.5 / 0.6], "s": [20, 22.5]}
    rows = _costs(Prices(2.0, 36.0))
    for strategy, labels in needs.items():
        seconds = [n / 10 for n in labels]  # a second a cycle of ten labels
        costs = [2 * n + s / 100 for n, s in zip(labels, seconds, strict=True)]
        low, high = stats.t.interval(0.9, 1, np.mean(costs), stats.sem(costs))
        row = rows[strategy]
        assert row["cost"] == pytest.approx(np.mean(costs))
        assert row["low"] == pytest.approx(max(low, 0))
        assert row["high"] == pytest.approx(high)
        assert row["labels"] == pytest.approx(np.mean(labels))
        assert row["seconds"] == pytest.approx(np.mean(seconds))
    assert list(rows) == ["s", "random"]  # the cheapest first


def test_embedding_counts_where_it_is_known():
    known = UNKNOWN.with_columns(embedding_seconds=pl.lit(100.0))
    with_it, without = _costs(Prices(None, 36.0), known), _costs(Prices(None, 36.0))
    for strategy in ("s", "random"):
        assert with_it[strategy]["cost"] - without[strategy]["cost"] == pytest.approx(1.0)
    assert with_it["s"]["embedding_seconds"] == 100
    assert without["s"]["embedding_seconds"] is None
    assert _costs(Prices(2.0, None), known)["s"]["cost"] == pytest.approx(2 * 21.25)


def test_embedding_seconds_are_those_of_the_last_run_that_knows():
    hours = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (3, 2, 1, 0)]
    runs = pl.DataFrame(
        {"dataset": "d", "model": ["m", "m", "m", "n"], "finished_at": hours,
         "embedding_seconds": [None, 7.0, 5.0, None]}
    )  # fmt: skip
    assert find_embedding_seconds(runs).rows() == [("d", "m", 7.0), ("d", "n", None)]


def test_no_cost_where_a_seed_never_gets_there():
    curves = make_curves({"s": [[0, 0, 1], [0, 0, 0.1]], "random": [[0, 0, 1]] * 2})
    row = _costs(Prices(1.0, 1.0), curves=curves)["s"]
    assert row["cost"] is row["low"] is row["labels"] is row["seconds"] is None
    assert (row["seeds"], row["reached"]) == (2, 1)
    (row,) = compare_costs(_reach(curves), Prices(1.0, 1.0), 0.9).to_dicts()
    assert row["cost_saved"] is row["break_even"] is row["cheaper"] is None


def test_saved_costs_are_paired():
    (row,) = compare_costs(_reach(), Prices(2.0, 36.0), 0.9).to_dicts()
    rival, own = [30, 10 + 20 * 0.5 / 0.6], [20, 22.5]
    cost = [[2 * n + n / 1000 for n in labels] for labels in (rival, own)]
    interval = stats.ttest_rel(*cost).confidence_interval(0.9)
    assert row["cost_saved"] == pytest.approx(np.mean(cost[0]) - np.mean(cost[1]))
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["labels_saved"] == pytest.approx(np.mean(rival) - np.mean(own))
    assert (row["cheaper"], row["break_even"]) == ("always", None)


def _decide(saved, extra_seconds, hour_price):
    frame = pl.DataFrame({"labels_saved": [float(saved)], "extra_seconds": [float(extra_seconds)]})
    return frame.select(*break_even(hour_price)).row(0)


@pytest.mark.parametrize(
    ("saved", "extra_hours", "expected"),
    [
        (10, 2, ("above", 1.0)),
        (-10, -2, ("below", 1.0)),
        (10, -2, ("always", None)),
        (10, 0, ("always", None)),
        (0, -2, ("always", None)),
        (-10, 2, ("never", None)),
        (-10, 0, ("never", None)),
        (0, 2, ("never", None)),
        (0, 0, (None, None)),
    ],
)
def test_break_even(saved, extra_hours, expected):
    assert _decide(saved, 3600 * extra_hours, 5.0) == expected


def test_break_even_needs_a_price_for_hours():
    assert _decide(10, 3600, None) == (None, None)
    assert _decide(10, 3600, 0.0) == ("always", None)  # computing is free
    assert _decide(-10, 3600, 0.0) == ("never", None)


@settings(deadline=None, database=None)
@given(st.integers(-500, 500), st.integers(-9000, 9000), st.floats(0.01, 100), st.floats(0, 50))
def test_break_even_says_who_is_cheaper_at_any_price(saved, extra, hour_price, label_price):
    cheaper, price = _decide(saved, extra, hour_price)
    gain = saved * label_price - extra / 3600 * hour_price
    if cheaper in ("always", "never"):
        assert gain >= -1e-9 if cheaper == "always" else gain <= 1e-9
    elif cheaper is None:
        assert gain == 0
    elif abs(label_price - price) > 1e-9:
        assert (gain > 0) is ((label_price > price) is (cheaper == "above"))
