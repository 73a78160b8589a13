"""The figures of the benchmark as sections: what they show of hand-made and reference runs."""

import re
from dataclasses import replace

import pytest
from figure_samples import Made, made_runs, make_results
from figure_sections import build, charts, check_blocks, grid, prose, sweep
from hypothesis import given, settings

from tui_al.analysis.slices import Results, load_results
from tui_al.paths import find_reference
from tui_al.report.blocks import Bars, Lines, Matrix, Table
from tui_al.results.store import ResultStore

NAMES = ("curves", "pool_wins", "pool_accuracy", "pool_gain", "win_rates", "best_by_cycle",
         "best_share", "times")  # fmt: skip
quick = settings(deadline=None, database=None)


@pytest.fixture(scope="module")
def reference() -> Results:
    return load_results(ResultStore(find_reference()))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stored_makes_no_section(name):
    assert build(name, make_results([])) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "runs",
    [
        [Made([0.25, 0.5])],
        [Made([0.25, 0.5]), Made([0.25, 0.5], seed=1)],
        [Made([0.25], batch=0)],
        [Made([0.25], batch=0), Made([0.25, 0.5], "badge")],
        [Made([0.25, 0.5], "badge"), Made([0.25, 0.5], ips="typiclust")],
    ],
    ids=["one run", "one strategy", "one pool", "a pool and a run", "nothing comparable"],
)
def test_slices_with_little_in_them_do_not_fail(name, runs):
    section = build(name, make_results(runs))
    if section is not None:
        check_blocks(section)


@quick
@given(made_runs(), made_runs(pools=True))
def test_whatever_is_stored_every_section_can_be_drawn(curves, pools):
    results = make_results([*curves, *pools])
    for name in NAMES:
        section = build(name, results)
        if section is not None:
            check_blocks(section)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "macro_f1"])
def test_reference_results_have_every_section(name, metric, reference):
    section = build(name, reference, metric=metric)
    assert section is not None
    assert section.name == name.replace("_", "-")
    assert section.source.startswith(("Fig", "Table"))
    check_blocks(section)
    if name != "times":
        assert section.rows["metric"].unique().to_list() == [metric]
    assert "Left out" not in prose(section)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "times"])
def test_the_metric_decides_all_figures(name, reference):
    by_metric = [build(name, reference, metric=metric) for metric in ("accuracy", "macro_f1")]
    one, other = (section.rows.drop("metric") for section in by_metric)
    assert not one.equals(other)
    one, other = (section.blocks[0].frame for section in by_metric)
    assert not one.equals(other)


def test_curves_are_a_chart_a_cell(reference):
    section = build("curves", reference)
    lines = charts(section, Lines)
    assert len(lines) == len({chart.title for chart in lines}) == 4 * 3 * 3
    assert {chart.title.split(",")[0] for chart in lines[:4]} == {
        "trec6", "banking77", "sst2", "bbcnews"}  # fmt: skip
    assert len({tuple(chart.title.split(", ")[:2]) for chart in lines[:12]}) == 12
    assert section.rows.height == 36 * 8 * 21


def test_a_curve_has_labels_means_and_a_band_of_one_deviation():
    runs = [Made([0.25, 0.25], seed=0), Made([0.25, 0.75], seed=1)]
    (chart,) = charts(build("curves", make_results(runs)), Lines)
    assert chart.title == "d, m, random"
    first, last = chart.frame.rows()
    assert first == (10, "random", 0.25, 0.25, 0.25)
    deviation = 0.125**0.5
    assert last == (15, "random", 0.5, pytest.approx(0.5 - deviation),
                    pytest.approx(0.5 + deviation))  # fmt: skip


def test_one_seed_has_no_band():
    (chart,) = charts(build("curves", make_results([Made([0.25, 0.5])])), Lines)
    assert (chart.low, chart.high) == (None, None)


def test_curves_show_the_better_model_first_and_its_strategies_best_first():
    worse = [replace(run, model="a", scores=[0.0, 0.0, 0.0]) for run in grid()]
    lines = charts(build("curves", make_results([*worse, *grid(model="z")])), Lines)
    assert [chart.title for chart in lines] == [
        "d, z, random", "d, a, random", "d, z, typiclust", "d, a, typiclust"]  # fmt: skip
    assert lines[0].frame["strategy"].unique(maintain_order=True).to_list() == [
        "margin", "badge", "random"]  # fmt: skip
    turned = charts(build("curves", make_results([*worse, *grid(model="z")]),
                          metric="balanced_accuracy"), Lines)  # fmt: skip
    assert turned[0].title == "d, a, random"


def test_schedules_of_one_task_have_titles_of_their_own():
    runs = [Made([0.25, 0.5]), Made([0.25, 0.5], oracle="llm"), Made([0.25, 0.5, 0.5], k0=20)]
    titles = {chart.title for chart in charts(build("curves", make_results(runs)), Lines)}
    assert titles == {"d, m, random, 10+1×5 labels", "d, m, random, 10+1×5 labels from llm",
                      "d, m, random, 20+2×5 labels"}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_cannot_act_on_the_terminal(name):
    hostile = {"dataset": "d\x1b[2J", "model": "m\u202e"}
    runs = [*grid(**hostile), *sweep(**hostile)]
    runs += [replace(run, ips="t\x1b[1m\ny") for run in runs if run.ips == "typiclust"]
    section = build(name, make_results(runs))
    check_blocks(section)
    for table in charts(section, Table):
        assert all(column.title.isprintable() for column in table.columns)


def test_win_rates_are_a_matrix_for_each_pool_random_first():
    runs = [*grid(), *(replace(run, ips="coreset") for run in grid() if run.ips == "random")]
    section = build("win_rates", make_results(runs))
    matrices = charts(section, Matrix)
    assert [matrix.title for matrix in matrices] == [
        "Win rates, random initial pool", "Win rates, coreset initial pool",
        "Win rates, typiclust initial pool"]  # fmt: skip
    assert [matrix.frame["strategy"][0] for matrix in matrices] == ["margin", "margin", "badge"]
    assert matrices[0].frame.rows() == [
        ("margin", "margin", None), ("margin", "badge", 1.0), ("margin", "random", 1.0),
        ("badge", "margin", 0.0), ("badge", "badge", None), ("badge", "random", 0.0),
        ("random", "margin", 0.0), ("random", "badge", 0.0), ("random", "random", None),
    ]  # fmt: skip
    assert "ties (33.3% over all)" in prose(section)


def test_strategies_that_never_met_have_an_empty_field():
    runs = [Made([0.0, 0.5], "a"), Made([0.0, 0.25], "b"),
            Made([0.0, 0.5], "b", 1), Made([0.0, 0.25], "c", 1)]  # fmt: skip
    (matrix,) = charts(build("win_rates", make_results(runs)), Matrix)
    assert matrix.frame.filter(strategy="a", rival="c")["win_rate"].to_list() == [None]


def test_the_best_strategy_by_cycle_and_by_model_and_dataset():
    runs = [*grid(), *grid(dataset="e")]
    (bars,) = charts(build("best_by_cycle", make_results(runs)), Bars)
    halves = [("badge", 0.5), ("margin", 0.5), ("random", 0.0)]
    assert bars.frame.rows() == [(cycle, *half) for cycle in (1, 2) for half in halves]
    by_model, by_dataset = charts(build("best_share", make_results(runs)), Bars)
    assert by_model.frame.rows() == [("m", *half) for half in halves]
    assert by_dataset.frame.rows() == [(name, *half) for name in ("d", "e") for half in halves]


@pytest.mark.parametrize("name", ["best_by_cycle", "best_share"])
def test_shares_count_only_runs_that_all_strategies_share(name):
    runs = [*grid(), Made([0.25, 1.0, 1.0], "random", 2), Made([0.25, 0.5, 0.5], "badge", 2)]
    section = build(name, make_results(runs))
    assert "Left out 1 of 5 comparisons that lack some of the 3 strategies" in prose(section)
    assert section.rows.filter(strategy="random")["share"].sum() == 0


@pytest.mark.parametrize("name", ["best_by_cycle", "best_share"])
def test_where_no_runs_are_shared_by_all_that_is_said(name):
    section = build(name, make_results([Made([0.0, 0.5], "a"), Made([0.0, 0.5], "b", 1)]))
    assert not charts(section, Bars)
    assert "Nothing has all 2 strategies" in prose(section)


def test_runs_of_other_lengths_have_a_chart_of_their_own():
    runs = [*grid(), *(replace(run, scores=run.scores[:2]) for run in grid())]
    bars = charts(build("best_by_cycle", make_results(runs)), Bars)
    assert [chart.frame["cycle"].unique().to_list() for chart in bars] == [[1], [1, 2]]
    lines = charts(build("pool_gain", make_results(runs)), Lines)
    assert [chart.frame["cycle"].max() for chart in lines] == [1, 2]
    for drawn in (bars, lines):
        assert [re.search(r"\d+ cycles?$", chart.title)[0] for chart in drawn] == [
            "1 cycle", "2 cycles"]  # fmt: skip


def test_times_have_a_column_a_dataset():
    runs = [*grid(), *grid(dataset="e"), *grid(dataset="f", k0=20), *grid(dataset="f")]
    section = build("times", make_results(runs))
    queries, totals = charts(section, Table)
    titles = ["d", "e", "f, 10+2×5 labels", "f, 20+2×5 labels"]
    assert [column.title for column in queries.columns] == ["strategy", *titles]
    (row,) = section.rows.filter(dataset="d", strategy="badge").to_dicts()
    for table, name in ((queries, "query_seconds"), (totals, "seconds")):
        column = table.columns[1]
        shown = table.frame.filter(strategy="badge").select(column.name, column.spread).row(0)
        assert shown == (row[name], row[f"{name}_sd"])
    assert "on a machine with 2 x86_64 cores." in prose(section)
    assert "Not over the same" not in prose(section)


def test_more_datasets_than_fit_a_line_make_more_tables():
    runs = [run for number in range(7) for run in grid(dataset=f"d{number}")]
    tables = charts(build("times", make_results(runs)), Table)
    assert [len(table.columns) for table in tables] == [6, 3, 6, 3]


def test_means_over_other_models_are_told():
    runs = [*grid(), *(run for run in grid(model="n") if run.strategy != "badge")]
    section = build("times", make_results(runs))
    assert "as the others in a column: badge." in prose(section)


@pytest.mark.parametrize("machine", [None, "{}", "[1]", "nonsense", '"text"'])
def test_an_unknown_machine_is_called_so(machine):
    assert "an unknown machine" in prose(build("times", make_results(grid(), machine)))
