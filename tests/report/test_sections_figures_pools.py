"""Sections about initial pools: what they show of hand-made runs."""

from dataclasses import replace

import polars as pl
import pytest
from figure_samples import Made, make_results
from figure_sections import build, charts, grid, prose, sweep

from tui_al.analysis.slices import Slice
from tui_al.report.blocks import Bars, Lines, Table


def test_the_winning_pool_by_size():
    section = build("pool_wins", make_results(sweep()))
    (bars,), (table,) = charts(section, Bars), charts(section, Table)
    assert bars.frame.rows() == [(10, "typiclust", 1.0), (10, "random", 0.0),
                                 (100, "typiclust", 1.0), (100, "random", 0.0)]  # fmt: skip
    assert [column.title for column in table.columns] == [
        "labels", "typiclust", "random", "ties", "compared"]  # fmt: skip
    assert table.frame.rows() == [(10, 2, 0, 0, 2), (100, 2, 0, 0, 2)]


def test_where_all_tie_there_are_no_shares_to_draw():
    runs = [Made([0.5], ips=ips, batch=0) for ips in ("random", "typiclust")]
    section = build("pool_wins", make_results(runs))
    assert not charts(section, Bars)
    assert charts(section, Table)[0].frame["ties"].to_list() == [1]


def test_pools_without_a_rival_are_left_out_and_counted():
    runs = [*sweep(), Made([0.5], seed=7, k0=10, batch=0)]
    section = build("pool_wins", make_results(runs))
    assert "Left out 1 of 5 comparisons that lack some of the 2 initial pool" in prose(section)
    assert build("pool_wins", make_results(sweep()).of(Slice(ips=["random"]))) is None


def test_accuracy_of_pools_as_chart_and_table():
    runs = [*sweep(), *sweep(model="n")]
    section = build("pool_accuracy", make_results(runs))
    (chart,), (table,) = charts(section, Lines), charts(section, Table)
    assert chart.log_x
    assert chart.title == "d, mean of 2 models"
    assert chart.frame.select("ips", "k0", "mean").rows() == [
        ("random", 10, 0.25), ("random", 100, 0.5),
        ("typiclust", 10, 0.5), ("typiclust", 100, 0.75)]  # fmt: skip
    assert table.frame.rows()[:2] == [("m", "random", 25.0, 50.0), ("m", "typiclust", 50.0, 75.0)]


def test_a_model_that_lacks_a_size_is_in_the_table_alone():
    runs = [*sweep(), Made([1.0], model="n", batch=0)]
    section = build("pool_accuracy", make_results(runs))
    (chart,), (table,) = charts(section, Lines), charts(section, Table)
    assert chart.title == "d, m"
    assert table.frame.rows()[-1] == ("n", "random", 100.0, None)


def test_gain_of_a_selected_pool_by_strategy():
    section = build("pool_gain", make_results(grid()))
    (chart,) = charts(section, Lines)
    assert (chart.reference, chart.kind) == (0, "signed")
    means = chart.frame.select("strategy", "cycle", "mean").rows()
    assert means == [("badge", 0, 0.0), ("badge", 1, 0.25), ("badge", 2, 0.25),
                     ("random", 0, 0.0), ("random", 1, 0.0), ("random", 2, 0.0),
                     ("margin", 0, 0.0), ("margin", 1, -0.25), ("margin", 2, -0.25)]  # fmt: skip
    assert "95% interval of the mean over seeds" in prose(section)
    turned = build("pool_gain", make_results(grid()), metric="balanced_accuracy")
    assert charts(turned, Lines)[0].frame["strategy"][0] == "margin"


def test_gains_of_other_pools_and_of_each_dataset_are_in_the_rows():
    runs = [*grid(), *grid(dataset="e")]
    runs += [replace(run, ips="coreset") for run in runs if run.ips == "typiclust"]
    section = build("pool_gain", make_results(runs))
    assert [chart.title for chart in charts(section, Lines)] == [
        "typiclust minus random, over 2 cycles"]  # fmt: skip
    keys = section.rows.select("ips", "dataset").unique().sort("ips", "dataset").rows()
    assert keys == [(ips, name) for ips in ("coreset", "typiclust") for name in (None, "d", "e")]
    overall = section.rows.filter(pl.col("dataset").is_null())
    assert set(overall["tasks"]) == {2}
    assert set(overall["pairs"]) == {4}


def test_gains_average_over_seeds_that_have_all_strategies():
    extra = [Made([0.0, 0.0, 0.0], "badge", 2), Made([1.0, 1.0, 1.0], "badge", 2, ips="typiclust")]
    section = build("pool_gain", make_results([*grid(), *extra]))
    assert "Left out 1 of 3 comparisons" in prose(section)
    badge = charts(section, Lines)[0].frame.filter(strategy="badge")
    assert badge["mean"].to_list() == [0.0, 0.25, 0.25]
    by_dataset = section.rows.filter(dataset="d", strategy="badge", cycle=0)
    assert by_dataset["mean"].to_list() == [pytest.approx(1 / 3)]
