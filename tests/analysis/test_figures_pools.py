"""Initial pools: who wins, and what is gained over a random one, against plain Python."""

import statistics
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
import scipy.stats
from figure_samples import Made, made_runs, make_results
from hypothesis import given, settings

from tui_al.analysis.pools import mean_gains, mean_pools, pool_gains, pool_winners
from tui_al.analysis.slices import CELL

quick = settings(deadline=None, database=None)


def _pool(score, ips, **names):
    return Made([score], ips=ips, batch=0, **names)


def _winners(runs, metric="accuracy"):
    return pool_winners(make_results(runs).pools, metric)


def test_the_strictly_highest_wins_and_ties_are_excluded():
    runs = [_pool(0.5, "random"), _pool(0.75, "typiclust"),
            _pool(0.5, "random", seed=1), _pool(0.25, "typiclust", seed=1),
            _pool(0.0, "random", seed=2), _pool(0.5, "typiclust", seed=2),
            _pool(0.5, "random", seed=3), _pool(0.5, "typiclust", seed=3)]  # fmt: skip
    winners, n_kept, left_out = _winners(runs)
    assert (n_kept, left_out) == (4, 0)
    assert winners.rows() == [
        (10, "random", 1, 1, 4, 1 / 3),
        (10, "typiclust", 2, 1, 4, 2 / 3),
    ]
    assert _winners(runs, "balanced_accuracy")[0]["wins"].to_list() == [2, 1]


def test_where_all_tie_nobody_has_a_share():
    winners, *_ = _winners([_pool(0.5, "random"), _pool(0.5, "coreset")])
    assert winners.select("wins", "ties", "share").rows() == [(0, 1, None), (0, 1, None)]


def test_a_tie_below_the_winner_is_no_tie():
    winners, *_ = _winners([_pool(0.5, "a"), _pool(0.5, "b"), _pool(0.75, "c")])
    assert winners.select("wins", "ties").rows() == [(0, 0), (0, 0), (1, 0)]


def test_a_pool_that_several_strategies_started_from_counts_once():
    runs = [_pool(0.5, "random"), _pool(0.75, "typiclust")]
    repeated = [*runs, *(replace(run, strategy="badge") for run in runs)]
    assert _winners(repeated)[0].equals(_winners(runs)[0])
    assert mean_pools(make_results(repeated).pools, "accuracy")["seeds"].to_list() == [1, 1]


@quick
@given(made_runs(pools=True))
def test_winners_agree_with_plain_python(runs):
    blocks = defaultdict(dict)
    for run in runs:
        blocks[run.dataset, run.model, run.k0, run.seed][run.ips] = run.scores[0]
    everybody = {run.ips for run in runs}
    whole = {key: scores for key, scores in blocks.items() if scores.keys() == everybody}
    wins, ties, compared = Counter(), Counter(), Counter()
    for (_, _, k0, _), scores in whole.items():
        best = [ips for ips, score in scores.items() if score == max(scores.values())]
        compared[k0] += 1
        ties[k0] += len(best) > 1
        wins[k0, best[0]] += len(best) == 1
    winners, n_kept, left_out = _winners(runs)
    assert (n_kept, left_out) == (len(whole), len(blocks) - len(whole))
    assert [row[:5] for row in winners.iter_rows()] == [
        (k0, ips, wins[k0, ips], ties[k0], compared[k0])
        for k0 in sorted(compared)
        for ips in sorted(everybody)
    ]
    for _, shares in winners.drop_nulls("share").group_by("k0"):
        assert shares["share"].sum() == pytest.approx(1)


@quick
@given(made_runs(pools=True))
def test_mean_pools_agree_with_plain_python(runs):
    values = defaultdict(list)
    for run in runs:
        values[run.dataset, run.model, "labels", run.ips, run.k0].append(run.scores[0])
    found = {row[:5]: row[5:] for row in mean_pools(make_results(runs).pools, "accuracy").rows()}
    assert list(found) == sorted(values)
    for key, (seeds, mean, sd) in found.items():
        deviation = statistics.stdev(values[key]) if seeds > 1 else None
        assert (seeds, mean) == (len(values[key]), pytest.approx(statistics.mean(values[key])))
        assert sd == pytest.approx(deviation)


def test_gains_are_paired_by_everything_else():
    random = Made([0.25, 0.5], "badge")
    better = replace(random, ips="typiclust", scores=[0.75, 0.25])
    strangers = [replace(better, **other) for other in (
        {"seed": 1}, {"strategy": "margin"}, {"dataset": "e"}, {"model": "n"}, {"k0": 11},
        {"batch": 6}, {"oracle": "crowd"})]  # fmt: skip
    gains = pool_gains(make_results([random, better, *strangers]).curves, "accuracy")
    assert gains.select("ips", "cycle", "gain").rows() == [("typiclust", 0, 0.5),
                                                           ("typiclust", 1, -0.25)]  # fmt: skip


def test_mean_gain_of_tasks_with_unequal_seeds():
    """Two tasks, gains of 0.5 and 0.25 with two seeds, and of 1.0 with one: 0.6875."""
    runs = [Made([0.0, 0.0], seed=seed, dataset=dataset)
            for dataset, seed in (("a", 0), ("a", 1), ("b", 0))]  # fmt: skip
    gained = iter([0.5, 0.25, 1.0])
    runs += [replace(run, ips="typiclust", scores=[0.0, next(gained)]) for run in runs]
    means = mean_gains(pool_gains(make_results(runs).curves, "accuracy"), 0.9, ["cycle"])
    first, last = means.to_dicts()
    assert (first["mean"], first["se"], first["low"], first["high"]) == (0, 0, 0, 0)
    assert (last["tasks"], last["pairs"], last["mean"]) == (2, 3, 0.6875)
    low, high = scipy.stats.t.interval(0.9, 1, 0.6875, scipy.stats.sem([0.375, 1.0]))
    assert (last["low"], last["high"]) == (pytest.approx(low), pytest.approx(high))


@quick
@given(made_runs())
def test_mean_gains_agree_with_scipy(runs):
    gains = defaultdict(lambda: defaultdict(list))
    for mine in runs:
        for other in runs:
            if mine.ips != "random" == other.ips and mine.differs_only_by(other, "ips"):
                for cycle, (score, base) in enumerate(zip(mine.scores, other.scores, strict=True)):
                    cell = tuple(getattr(mine, name) for name in CELL)
                    gains[mine.ips, mine.strategy, cycle][cell].append(score - base)
    found = mean_gains(
        pool_gains(make_results(runs).curves, "accuracy"), 0.95, ["ips", "strategy", "cycle"]
    )
    assert found.select("ips", "strategy", "cycle").rows() == sorted(gains)
    for row in found.iter_rows(named=True):
        cells = list(gains[row["ips"], row["strategy"], row["cycle"]].values())
        assert (row["tasks"], row["pairs"]) == (len(cells), sum(map(len, cells)))
        units = [statistics.mean(cell) for cell in cells] if len(cells) > 1 else cells[0]
        mean = statistics.mean(units)
        assert row["mean"] == pytest.approx(mean)
        if len(units) == 1:
            assert row["se"] is row["low"] is row["high"] is None
            continue
        error = statistics.stdev(units) / len(units) ** 0.5
        reach = scipy.stats.t.ppf(0.975, len(units) - 1) * error
        assert row["se"] == pytest.approx(error)
        assert (row["low"], row["high"]) == (
            pytest.approx(mean - reach),
            pytest.approx(mean + reach),
        )
