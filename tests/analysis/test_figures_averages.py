"""Mean curves, complete comparisons and run times, against plain Python."""

import statistics
from collections import defaultdict

import pytest
from figure_samples import Made, made_runs, make_results
from hypothesis import given, settings

from tui_al.analysis.averages import SCHEDULE, keep_complete, mean_curves
from tui_al.analysis.slices import CELL
from tui_al.analysis.times import PARTS, mean_seconds, run_seconds

quick = settings(deadline=None, database=None)


def _key(run, names):
    return tuple(getattr(run, name) for name in names)


def _deviation(values):
    return statistics.stdev(values) if len(values) > 1 else None


def test_mean_curve_of_two_seeds():
    runs = [Made([0.25, 0.5], seed=0), Made([0.75, 0.5], seed=1)]
    first, last = mean_curves(make_results(runs).curves, "accuracy").to_dicts()
    assert (first["cycle"], first["n_labeled"], first["seeds"]) == (0, 10, 2)
    assert (first["mean"], first["sd"]) == (0.5, pytest.approx(0.5**0.5 / 2))
    assert (last["n_labeled"], last["mean"], last["sd"]) == (15, 0.5, 0.0)


def test_one_seed_has_no_deviation():
    means = mean_curves(make_results([Made([0.25, 0.5])]).curves, "balanced_accuracy")
    assert means["mean"].to_list() == [0.75, 0.5]
    assert means["sd"].to_list() == [None, None]


@quick
@given(made_runs())
def test_mean_curves_agree_with_plain_python(runs):
    values = defaultdict(list)
    for run in runs:
        for cycle, score in enumerate(run.scores):
            values[*_key(run, (*CELL, "strategy")), cycle].append(score)
    means = mean_curves(make_results(runs).curves, "accuracy")
    found = {row[:-4]: row[-4:] for row in means.rows()}
    assert list(found) == sorted(values)
    for key, (n_labeled, seeds, mean, sd) in found.items():
        k0, batch, cycle = key[CELL.index("k0")], key[CELL.index("batch")], key[-1]
        assert n_labeled == k0 + cycle * batch
        assert (seeds, mean) == (len(values[key]), pytest.approx(statistics.mean(values[key])))
        assert sd == pytest.approx(_deviation(values[key]))


def test_a_seed_that_lacks_a_strategy_is_left_out():
    complete = [Made([0.5, 0.5], strategy, seed) for strategy in ("a", "b") for seed in (0, 1)]
    curves = make_results([*complete, Made([0.5, 0.5], "a", 2)]).curves
    kept, n_kept, left_out = keep_complete(curves, (*CELL, "seed"), "strategy")
    assert (n_kept, left_out) == (2, 1)
    assert kept.equals(curves.filter(curves["seed"] < 2))  # in their order


@quick
@given(made_runs())
def test_complete_comparisons_agree_with_plain_python(runs):
    names = (*CELL, "seed")
    present = defaultdict(set)
    for run in runs:
        present[_key(run, names)].add(run.strategy)
    strategies = {run.strategy for run in runs}
    whole = {key for key, found in present.items() if found == strategies}
    kept, n_kept, left_out = keep_complete(make_results(runs).curves, names, "strategy")
    assert (n_kept, left_out) == (len(whole), len(present) - len(whole))
    expected = {run.run_id for run in runs if _key(run, names) in whole}
    assert set(kept["run_id"]) == expected


def test_seconds_of_a_run_are_its_initial_pool_its_queries_and_its_fits():
    run = Made([0.5, 0.5, 0.5])
    (row,) = run_seconds(make_results([run]).curves).to_dicts()
    fits, queries = zip(*(run.seconds(cycle) for cycle in range(3)), strict=True)
    assert row["initial_seconds"] == queries[0]
    assert row["query_seconds"] == queries[1] + queries[2]
    assert row["fit_seconds"] == sum(fits)
    assert row["seconds"] == sum(fits) + sum(queries)


@quick
@given(made_runs())
def test_mean_seconds_weigh_cells_alike(runs):
    seconds = run_seconds(make_results(runs).curves)
    by_run = {row["run_id"]: row for row in seconds.iter_rows(named=True)}
    settings_of = defaultdict(lambda: defaultdict(list))
    for run in runs:
        setting = _key(run, ("dataset", *SCHEDULE, "strategy"))
        settings_of[setting][_key(run, CELL)].append(by_run[run.run_id])
    means = mean_seconds(seconds).rows(named=True)
    assert len(means) == len(settings_of)
    for row in means:
        cells = settings_of[tuple(row[name] for name in ("dataset", *SCHEDULE, "strategy"))]
        assert (row["cells"], row["runs"]) == (len(cells), sum(map(len, cells.values())))
        for part in PARTS:
            values = [[run[part] for run in cell] for cell in cells.values()]
            spreads = [statistics.variance(cell) for cell in values if len(cell) > 1]
            pooled = statistics.mean(spreads) ** 0.5 if spreads else None
            assert row[part] == pytest.approx(statistics.mean(map(statistics.mean, values)))
            assert row[f"{part}_sd"] == pytest.approx(pooled)
